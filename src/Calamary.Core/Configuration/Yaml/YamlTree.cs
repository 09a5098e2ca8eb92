using YamlDotNet.Core;

namespace Calamary.Core.Configuration.Yaml;

/// <summary>A YAML document as nodes that know where they stand.</summary>
/// <param name="Root">Null for an empty document, and when the text could not be read to its end.</param>
/// <param name="Errors">Everything that was not taken.</param>
internal sealed record YamlTree(YamlNode? Root, IReadOnlyList<YamlError> Errors)
{
    /// <summary>Lists and mappings inside each other.</summary>
    public const int MaxDepth = 32;

    /// <summary>Values, keys, lists and mappings together.</summary>
    public const int MaxNodes = 4_000_000;

    /// <summary>Reads a whole document. Only the reader's own I/O errors are thrown.</summary>
    public static YamlTree Parse(TextReader text, int maxNodes = MaxNodes)
    {
        var builder = new YamlTreeBuilder(maxNodes);
        var scanner = new Scanner(text, skipComments: true);
        var parser = new Parser(scanner);
        try
        {
            // Event by event, so that nesting is stopped here and never becomes recursion.
            while (parser.MoveNext())
                if (!builder.Take(parser.Current!)) return new YamlTree(null, builder.Errors);
        }
        catch (YamlException e)
        {
            // Some errors carry the start of the text instead of their place.
            var at = e.Start.Index == 0 ? scanner.CurrentPosition : e.Start;
            builder.Fail(at, Sentence(e.Message));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // The scanner throws these for a flow list without its end and for escapes that are no characters.
            builder.Fail(scanner.CurrentPosition, "this is not YAML; is a bracket or a quote not closed, or a value with special characters not quoted?");
        }
        return new YamlTree(builder.IsFailed ? null : builder.Root, builder.Errors);
    }

    private static string Sentence(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
