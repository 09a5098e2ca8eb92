namespace Calamary.Core.Protocols.Dns;

/// <summary>What <see cref="DnsEch"/> found in a message.</summary>
public enum DnsEchOutcome : byte
{
    /// <summary>No ECH configuration; the message is as it was.</summary>
    Unchanged,
    /// <summary>ECH configurations were taken out; the message is shorter.</summary>
    Stripped,
    /// <summary>The message cannot be read to its end, so nobody can say what a client would find in it: to be dropped. Its bytes may have
    /// been changed.</summary>
    Malformed,
}
