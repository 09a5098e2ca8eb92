namespace Calamary.Core.Tests.Protocols.Stun;

public sealed class StunDatagramParserTests : DatagramParserContract<StunDatagramVectors>;
