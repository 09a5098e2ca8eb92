using System.Text;
using Calamary.Core.Configuration;

namespace Calamary.Inspection.Explain;

/// <summary>Files of flows. They are text in UTF-8; other bytes are an error that <see cref="BoundedFile.IsExpected"/> knows.</summary>
internal static class FlowFile
{
    private const int MaxMegabytes = 1 << 14;

    public static StreamReader Open(string path) => BoundedFile.Open(path, MaxMegabytes);

    public static StreamReader OpenStandardInput() =>
        new(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true), bufferSize: 1 << 16);
}
