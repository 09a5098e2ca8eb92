namespace Calamary.Core.Observability;

/// <summary>The areas of the log: category names and the third column.</summary>
internal static class LogAreas
{
    public const string Service = "service";
    public const string Parse = "parse";
    public const string Filter = "filter";
    public const string Forward = "forward";
    public const string Send = "send";

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [Service, Parse, Filter, Forward, Send];
}
