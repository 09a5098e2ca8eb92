namespace Calamary.Benchmarks;

/// <summary>The vectors that tests and benchmarks share.</summary>
internal static class TestData
{
    public static byte[] Read(string path) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "TestData", path));
}
