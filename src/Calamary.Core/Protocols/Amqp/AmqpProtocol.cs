namespace Calamary.Core.Protocols.Amqp;

/// <summary>AMQP 0-8 to 0-10 and 1.0.</summary>
public static class AmqpProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("amqp", "AMQP");
}
