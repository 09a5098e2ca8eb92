using System.Security.Cryptography;

namespace Calamary.EndToEnd.Lab;

/// <summary>200 MB of noise with a known checksum.</summary>
public static class BigFile
{
    public const long Length = 200L * 1024 * 1024;
    private static readonly Lazy<(string Path, string Sha256)> Made = new(Create);

    public static string FilePath => Made.Value.Path;
    public static string Sha256 => Made.Value.Sha256;

    public static async Task<string> Sha256OfAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    private static (string, string) Create()
    {
        var path = Path.Combine(LabFiles.NewDirectory("big"), "big.bin");
        using var file = File.Create(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(77);
        var block = new byte[1024 * 1024];
        for (long written = 0; written < Length; written += block.Length)
        {
            random.NextBytes(block);
            hash.AppendData(block);
            file.Write(block);
        }
        return (path, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
