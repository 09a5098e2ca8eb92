namespace Calamary.Core.Configuration;

/// <summary>How much depends on a file. What nothing depends on is read all the same, and its problems are warnings: published examples
/// name files that only some machines have.</summary>
internal enum Need : byte
{
    /// <summary>Problems are errors.</summary>
    Required,
    /// <summary>No listener uses it.</summary>
    NoListener,
    /// <summary>No rule uses it.</summary>
    NoRule,
}
