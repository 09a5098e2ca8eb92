namespace Calamary.Core.Tests.Protocols.Socks;

public sealed class SocksGreetingTests : ParserContract<SocksGreetingVectors>;

public sealed class SocksCredentialsTests : ParserContract<SocksCredentialsVectors>;

public sealed class SocksRequestTests : ParserContract<SocksRequestVectors>;

public sealed class SocksDatagramTests : ParserContract<SocksDatagramVectors>;
