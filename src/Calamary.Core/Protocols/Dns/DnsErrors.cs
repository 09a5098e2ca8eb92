namespace Calamary.Core.Protocols.Dns;

/// <summary>Why a message is no query, though its header is one of a query.</summary>
internal static class DnsErrors
{
    public const string QuestionName = "DNS: name of the question";
    public const string Question = "DNS: question cut off";
    public const string QuestionClass = "DNS: class of the question";
    public const string UpdateZone = "DNS: zone of the update";
    public const string Records = "DNS: records cut off";
    public const string SecondOpt = "DNS: second OPT record";
    public const string Trailing = "DNS: bytes behind the message";
}
