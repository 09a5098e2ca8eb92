namespace Calamary.Core.Protocols.Postgres;

/// <summary>PostgreSQL's frontend/backend protocol, versions 2 and 3.</summary>
public static class PostgresProtocol
{
    /// <summary>The protocol's identity in rules, logs and metrics.</summary>
    public static ProtocolId Id { get; } = new("postgres", "PostgreSQL");
}
