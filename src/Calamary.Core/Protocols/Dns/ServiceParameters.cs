using System.Buffers.Binary;

namespace Calamary.Core.Protocols.Dns;

/// <summary>The data of SVCB and HTTPS records: priority, target, parameters (RFC 9460 §2.2). Their order and number are not checked: clients
/// that read records which break the rules find no <c>ech</c> either.</summary>
internal static class ServiceParameters
{
    private const ushort Mandatory = 0;
    private const ushort Ech = 5;
    private const int PriorityLength = 2;
    // Key and length.
    private const int HeaderLength = 4;
    private const int KeyLength = 2;

    /// <summary>How many pieces <see cref="CutEch"/> will cut at most; 0 without <c>ech</c>. False when the data cannot be read to its end.</summary>
    /// <param name="message">The message, up to the record's end.</param>
    /// <param name="at">Where the record's data begins.</param>
    /// <param name="cuts">The number of pieces.</param>
    public static bool TryCountEch(ReadOnlySpan<byte> message, int at, out int cuts)
    {
        var (parameters, mandatory) = (0, 0);
        cuts = 0;
        if (!TrySkipTarget(message, ref at)) return false;
        while (at < message.Length)
        {
            if (!TryRead(message, at, out var key, out var value)) return false;
            if (key == Mandatory && value.Length % KeyLength != 0) return false;
            if (key == Mandatory) mandatory += CountEch(value);
            if (key == Ech) parameters++;
            at += HeaderLength + value.Length;
        }
        if (parameters > 0) cuts = parameters + mandatory;
        return true;
    }

    /// <summary>Notes what to cut, and corrects the lengths of lists of mandatory keys. Does nothing without <c>ech</c>.</summary>
    /// <param name="message">The message, up to the record's end, as <see cref="TryCountEch"/> has seen it.</param>
    /// <param name="at">Where the record's data begins.</param>
    /// <param name="cuts">The pieces.</param>
    /// <returns>How many bytes they have.</returns>
    public static int CutEch(Span<byte> message, int at, ref DnsCuts cuts)
    {
        if (!TryCountEch(message, at, out var found) || found == 0) return 0;
        var removed = 0;
        for (TrySkipTarget(message, ref at); TryRead(message, at, out var key, out var value); at += HeaderLength + value.Length)
        {
            if (key == Ech)
            {
                cuts.Add(at, HeaderLength + value.Length);
                removed += HeaderLength + value.Length;
            }
            else if (key == Mandatory)
            {
                removed += CutFromList(message, at, value, ref cuts);
            }
        }
        return removed;
    }

    // A list that becomes empty is no longer a valid parameter (RFC 9460 §8).
    private static int CutFromList(Span<byte> message, int at, ReadOnlySpan<byte> list, ref DnsCuts cuts)
    {
        var removed = CountEch(list) * KeyLength;
        if (removed == 0) return 0;
        if (removed == list.Length)
        {
            cuts.Add(at, HeaderLength + list.Length);
            return HeaderLength + list.Length;
        }
        BinaryPrimitives.WriteUInt16BigEndian(message[(at + KeyLength)..], (ushort)(list.Length - removed));
        for (var i = 0; i < list.Length; i += KeyLength)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(list[i..]) == Ech) cuts.Add(at + HeaderLength + i, KeyLength);
        }
        return removed;
    }

    private static int CountEch(ReadOnlySpan<byte> list)
    {
        var count = 0;
        for (; list.Length >= KeyLength; list = list[KeyLength..])
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(list) == Ech) count++;
        }
        return count;
    }

    private static bool TrySkipTarget(ReadOnlySpan<byte> message, ref int at)
    {
        at += PriorityLength;
        return DnsName.TrySkip(message, ref at, out _);
    }

    private static bool TryRead(ReadOnlySpan<byte> message, int at, out ushort key, out ReadOnlySpan<byte> value)
    {
        key = 0;
        value = default;
        if (message.Length - at < HeaderLength) return false;
        key = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        if (message.Length - at - HeaderLength < length) return false;
        value = message.Slice(at + HeaderLength, length);
        return true;
    }
}
