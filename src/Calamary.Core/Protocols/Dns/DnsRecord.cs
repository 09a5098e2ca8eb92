namespace Calamary.Core.Protocols.Dns;

/// <summary>Where a record's parts are in its message (RFC 1035 §4.1.3).</summary>
/// <param name="Type">The type.</param>
/// <param name="OwnerPointer">Where the compression pointer of the owner's name is; -1 for none.</param>
/// <param name="Data">Where the data begins; the two bytes in front of it are its length.</param>
/// <param name="DataLength">The data's length.</param>
internal readonly record struct DnsRecord(ushort Type, int OwnerPointer, int Data, int DataLength)
{
    /// <summary>Where the data ends.</summary>
    public int End => Data + DataLength;
}
