namespace Calamary.Core.Tests.Protocols.Dns;

public sealed class DnsStreamParserTests : ParserContract<DnsStreamVectors>;
