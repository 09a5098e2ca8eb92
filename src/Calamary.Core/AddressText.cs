namespace Calamary.Core;

/// <summary>Reads addresses and numbers as inet_pton does, and no other spelling; without allocation.</summary>
internal static class AddressText
{
    private const int Groups = 8;

    /// <summary>Either family.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Address address) =>
        text.Contains((byte)':') ? TryReadIPv6(text, out address) : TryReadIPv4(text, out address);

    /// <summary>Digits without a leading zero.</summary>
    public static bool TryReadDecimal(ReadOnlySpan<byte> text, int max, out int value)
    {
        value = 0;
        if (text.Length is 0 or > 5 || (text[0] == '0' && text.Length > 1)) return false;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            value = value * 10 + (digit - '0');
        }
        return value <= max;
    }

    /// <summary>Four decimal numbers. inet_aton's forms ("10.1", "0x7f.1", "010.0.0.1") are how filters get tricked.</summary>
    public static bool TryReadIPv4(ReadOnlySpan<byte> text, out Address address)
    {
        var read = TryReadIPv4(text, out uint bits);
        address = Address.FromIPv4(bits);
        return read;
    }

    /// <summary>RFC 4291 §2.2: groups of one to four hexadecimal digits, one <c>::</c> for at least one group, the last two groups perhaps
    /// as IPv4. A mapped address becomes IPv4.</summary>
    public static bool TryReadIPv6(ReadOnlySpan<byte> text, out Address address)
    {
        address = default;
        UInt128 bits = 0, high = 0;
        int count = 0, highCount = 0;
        var gap = text.StartsWith("::"u8);
        if (gap) text = text[2..];
        else if (text.IsEmpty) return false;
        while (!text.IsEmpty)
        {
            var colon = text.IndexOf((byte)':');
            var part = colon < 0 ? text : text[..colon];
            if (colon < 0 && TryReadIPv4(part, out uint last)) (bits, count) = (bits << 32 | last, count + 2);
            else if (TryReadGroup(part, out var group)) (bits, count) = (bits << 16 | group, count + 1);
            else return false;
            if (count + highCount > Groups) return false;
            if (colon < 0) break;
            text = text[(colon + 1)..];
            if (text.IsEmpty) return false;
            if (text[0] != ':') continue;
            if (gap) return false;
            (gap, high, highCount, bits, count) = (true, bits, count, 0, 0);
            text = text[1..];
        }
        if (gap ? count + highCount >= Groups : count != Groups) return false;
        // Without groups before the gap the shift is by 128, which is by 0, of 0.
        address = Address.FromIPv6(high << (16 * (Groups - highCount)) | bits);
        return true;
    }

    private static bool TryReadIPv4(ReadOnlySpan<byte> text, out uint bits)
    {
        bits = 0;
        for (var part = 0; part < 4; part++)
        {
            var dot = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (dot < 0 || !TryReadDecimal(text[..dot], byte.MaxValue, out var value)) return false;
            bits = bits << 8 | (uint)value;
            text = text[Math.Min(dot + 1, text.Length)..];
        }
        return true;
    }

    private static bool TryReadGroup(ReadOnlySpan<byte> text, out ushort group)
    {
        group = 0;
        if (text.Length is 0 or > 4) return false;
        foreach (var digit in text)
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
            group = (ushort)(group << 4 | (char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }
        return true;
    }
}
