namespace Calamary.Load;

/// <summary>What the two ends say to each other; the port chooses it.</summary>
internal static class Script
{
    /// <summary>hello → 4 KB → 100 bytes → 2 KB, then the server closes.</summary>
    public const int RequestPort = 443;

    /// <summary>hello → a long answer, then the server closes.</summary>
    public const int BulkPort = 444;

    /// <summary>hello → 4 KB, then both stay.</summary>
    public const int IdlePort = 445;

    public const int Hello = ClientHello.Size;
    public const int FirstAnswer = 4096;
    public const int SecondRequest = 100;
    public const int SecondAnswer = 2048;
}
