namespace Calamary.Core.Protocols.Mqtt;

/// <summary>MQTT 3.1, 3.1.1 and 5.0.</summary>
public static class MqttProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("mqtt", "MQTT");
}
