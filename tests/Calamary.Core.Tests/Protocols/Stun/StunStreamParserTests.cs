namespace Calamary.Core.Tests.Protocols.Stun;

public sealed class StunStreamParserTests : ParserContract<StunStreamVectors>;
