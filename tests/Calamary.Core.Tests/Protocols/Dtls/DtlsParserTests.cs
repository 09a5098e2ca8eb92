namespace Calamary.Core.Tests.Protocols.Dtls;

public sealed class DtlsParserTests : DatagramParserContract<DtlsVectors>;
