using System.Collections;

namespace Calamary.Core.Observability;

/// <summary>One event of the log with its facts as typed fields. <see cref="Id"/> says which of them hold.
/// It is a list of key-value pairs for other log providers; that view allocates, the line provider does not use it.</summary>
internal readonly struct LogEvent : IReadOnlyList<KeyValuePair<string, object?>>
{
    public LogEventId Id { get; init; }

    /// <summary>The flow; meaningless for events of the area <c>service</c>.</summary>
    public FlowFacts Facts { get; init; }

    /// <summary>Accepted, Denied, Redirected.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Failed, Ended.</summary>
    public EndReason Reason { get; init; }

    /// <summary>Bytes from client to server: BytesSent, Ended.</summary>
    public long Sent { get; init; }

    /// <summary>Bytes from server to client: BytesReceived, Ended.</summary>
    public long Received { get; init; }

    /// <summary>Ended.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The rule's index: Compared, Applied.</summary>
    public int Rule { get; init; }

    /// <summary>The whole text of Text and Compared, the detail of Failed, the action of Applied; not yet escaped.</summary>
    public string? Text { get; init; }

    /// <summary>AcceptedSocket.</summary>
    public Endpoint Listener { get; init; }

    /// <summary>ForwardedBy.</summary>
    public Endpoint Sender { get; init; }

    /// <summary>Whether the event belongs to a flow.</summary>
    public bool HasFlow => Id >= LogEventId.Parsing;

    public int Count => Pairs().Count;

    public KeyValuePair<string, object?> this[int index] => Pairs()[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Pairs().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The message, as in the last column of a line.</summary>
    public override string ToString()
    {
        var line = new LineBuilder(stackalloc byte[1024]);
        LogMessage.Append(ref line, in this);
        return line.ToString();
    }

    private List<KeyValuePair<string, object?>> Pairs()
    {
        var pairs = new PairFields([]);
        LogFields.Visit(in this, ref pairs);
        return pairs.Pairs;
    }

    private readonly struct PairFields(List<KeyValuePair<string, object?>> pairs) : ILogFieldVisitor
    {
        public List<KeyValuePair<string, object?>> Pairs { get; } = pairs;

        public void Text(string name, string value) => Pairs.Add(new(name, value));

        public void Number(string name, long value) => Pairs.Add(new(name, value));

        public void Address(string name, Address value) => Pairs.Add(new(name, value));
    }
}
