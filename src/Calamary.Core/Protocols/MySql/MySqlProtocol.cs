namespace Calamary.Core.Protocols.MySql;

/// <summary>MySQL's and MariaDB's client/server protocol.</summary>
public static class MySqlProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("mysql", "MySQL");
}
