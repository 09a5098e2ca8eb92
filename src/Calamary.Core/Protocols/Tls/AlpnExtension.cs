using System.Text;

namespace Calamary.Core.Protocols.Tls;

/// <summary>The application_layer_protocol_negotiation extension (RFC 7301 §3.1).</summary>
internal static class AlpnExtension
{
    // Clients offer two or three; a list without bound would let 128 KB of hello become megabytes of strings. The first ones count.
    private const int MaxProtocols = 1024;

    /// <summary>Checks the structure.</summary>
    /// <param name="data">The extension's data.</param>
    /// <param name="protocols">The list of ProtocolName, without its length.</param>
    public static bool TryParse(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> protocols)
    {
        var reader = new WireReader(data);
        if (!reader.TryReadVector16(out protocols) || !reader.IsEmpty || protocols.IsEmpty) return false;
        var names = new WireReader(protocols);
        while (!names.IsEmpty)
            if (!names.TryReadVector8(out var name) || name.IsEmpty) return false;
        return true;
    }

    /// <summary>The protocols as text, in order, without GREASE.</summary>
    /// <param name="protocols">A list that <see cref="TryParse"/> has checked.</param>
    public static IReadOnlyList<string> ToNames(ReadOnlySpan<byte> protocols)
    {
        if (protocols.IsEmpty) return [];
        var names = new List<string>();
        var reader = new WireReader(protocols);
        while (names.Count < MaxProtocols && reader.TryReadVector8(out var name))
            if (!Grease.IsReserved(name)) names.Add(ToName(name));
        return names;
    }

    private static string ToName(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("h2"u8)) return "h2";
        if (name.SequenceEqual("http/1.1"u8)) return "http/1.1";
        // A name that itself starts with "hex:" must not pass for another one.
        var printable = name.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) < 0 && !name.StartsWith("hex:"u8);
        return printable ? Encoding.ASCII.GetString(name) : string.Concat("hex:", Convert.ToHexStringLower(name));
    }
}
