namespace Calamary.Core.Configuration;

/// <summary>The shape of log lines.</summary>
public enum LogFormat : byte
{
    /// <summary>Five columns.</summary>
    Text,
    /// <summary>One JSON object a line.</summary>
    Json,
}
