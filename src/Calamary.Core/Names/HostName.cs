using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Calamary.Core.Names;

/// <summary>Temporary stub.</summary>
public static class HostName
{
    /// <summary>Temporary stub.</summary>
    public static bool TryNormalize(ReadOnlySpan<byte> ascii, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (ascii.EndsWith("."u8)) ascii = ascii[..^1];
        if (ascii.IsEmpty || ascii.Length > 253) return false;
        foreach (var b in ascii)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'.' or (byte)'_')) return false;
        if (ascii[0] == '.' || ascii.IndexOf(".."u8) >= 0) return false;
        if (ascii[(ascii.LastIndexOf((byte)'.') + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) return false;
        name = Encoding.ASCII.GetString(ascii).ToLowerInvariant();
        return true;
    }
}
