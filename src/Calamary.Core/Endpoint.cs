namespace Calamary.Core;

/// <summary>An address and a port.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port, 0 to 65535.</param>
public readonly record struct Endpoint(Address Address, ushort Port) : ISpanFormattable
{
    /// <summary><c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>.</summary>
    public override string ToString() => string.Create(null, stackalloc char[64], $"{this}");

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        Address.IsIPv6
            ? destination.TryWrite($"[{Address}]:{Port}", out charsWritten)
            : destination.TryWrite($"{Address}:{Port}", out charsWritten);
}
