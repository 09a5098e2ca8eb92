using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;

namespace Calamary.Core;

/// <summary>An IPv4 or IPv6 address as a number, without a heap object. An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2)
/// is the IPv4 address, everywhere.</summary>
public readonly struct Address : IEquatable<Address>, IComparable<Address>, ISpanFormattable
{
    /// <summary>Of eight groups with an IPv4 address in the last two.</summary>
    private const int MaxTextLength = 45;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly bool _v6;

    private Address(ulong high, ulong low, bool v6) => (_high, _low, _v6) = (high, low, v6);

    /// <summary>True for IPv6.</summary>
    public bool IsIPv6 => _v6;

    /// <summary>True for 0.0.0.0 and ::.</summary>
    public bool IsUnspecified => _high == 0 && _low == 0;

    /// <summary>The address as a number: 0 to 2^32-1 for IPv4, 0 to 2^128-1 for IPv6.</summary>
    public UInt128 Bits => new(_high, _low);

    /// <summary>The number of bits in the address: 32 or 128.</summary>
    public int BitLength => _v6 ? 128 : 32;

    /// <summary>Who counts as one client: an IPv4 address, or an IPv6 network of 64 bits, of which any host has all addresses.</summary>
    internal Address ClientNetwork => _v6 ? new(_high, 0, true) : this;

    /// <summary>An IPv4 address from its number (192.0.2.1 is 0xC0000201).</summary>
    public static Address FromIPv4(uint bits) => new(0, bits, false);

    /// <summary>An IPv6 address from its number; a mapped one becomes IPv4.</summary>
    public static Address FromIPv6(UInt128 bits)
    {
        var high = (ulong)(bits >> 64);
        var low = (ulong)bits;
        return high == 0 && low >> 32 == 0xFFFF ? FromIPv4((uint)low) : new Address(high, low, true);
    }

    /// <summary>From 4 or 16 bytes in network order. False for any other length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Address address)
    {
        switch (bytes.Length)
        {
            case 4: address = FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)); return true;
            case 16: address = FromIPv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)); return true;
            default: address = default; return false;
        }
    }

    /// <summary>Writes 4 or 16 bytes in network order and returns how many.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is too short.</exception>
    public int Write(Span<byte> destination)
    {
        if (_v6)
        {
            BinaryPrimitives.WriteUInt128BigEndian(destination, Bits);
            return 16;
        }
        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
        return 4;
    }

    /// <summary>From the framework's type (a scope id is dropped).</summary>
    public static Address From(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        TryRead(bytes[..length], out var result);
        return result;
    }

    /// <summary>To the framework's type.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..Write(bytes)]);
    }

    /// <summary>Parses dotted IPv4 (four decimal parts, no leading zeros) or RFC 4291 IPv6 text without brackets or scope.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        address = default;
        if (text.Length > MaxTextLength) return false;
        Span<byte> ascii = stackalloc byte[MaxTextLength];
        return Ascii.FromUtf16(text, ascii, out var length) == OperationStatus.Done && AddressText.TryRead(ascii[..length], out address);
    }

    /// <summary>The IPv4 address that a 6to4 (RFC 3056), Teredo (RFC 4380) or NAT64 (RFC 6052, RFC 8215) address leads to.</summary>
    public bool TryGetEmbeddedIPv4(out Address embedded)
    {
        embedded = default;
        if (!_v6) return false;
        if (_high >> 48 == 0x2002) embedded = FromIPv4((uint)(_high >> 16));
        else if (_high >> 32 == 0x20010000) embedded = FromIPv4(~(uint)_low);
        else if ((_high == 0x0064_ff9b_0000_0000 && _low >> 32 == 0) || _high >> 16 == 0x0064_ff9b_0001) embedded = FromIPv4((uint)_low);
        else return false;
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Address other) => _low == other._low && _high == other._high && _v6 == other._v6;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _v6);

    /// <summary>IPv4 before IPv6, then by number.</summary>
    public int CompareTo(Address other) => _v6 != other._v6 ? _v6.CompareTo(other._v6)
        : _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <summary>The text of RFC 5952.</summary>
    public override string ToString() => ToIPAddress().ToString();

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        if (_v6) return ToIPAddress().TryFormat(destination, out charsWritten);
        var ip = (uint)_low;
        return destination.TryWrite($"{ip >> 24}.{(ip >> 16) & 255}.{(ip >> 8) & 255}.{ip & 255}", out charsWritten);
    }

    /// <summary>Same address.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Another address.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Order as in <see cref="CompareTo"/>.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Order as in <see cref="CompareTo"/>.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Order as in <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Order as in <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;
}
