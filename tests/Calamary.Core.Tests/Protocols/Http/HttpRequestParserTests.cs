namespace Calamary.Core.Tests.Protocols.Http;

public sealed class HttpRequestParserTests : ParserContract<HttpRequestVectors>;
