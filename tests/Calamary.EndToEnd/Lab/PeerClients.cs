using System.Text.Json;

namespace Calamary.EndToEnd.Lab;

/// <summary>What a scripted client saw.</summary>
/// <param name="End"><c>eof</c>, <c>reset</c>, <c>timeout</c>, <c>refused</c>, or <c>left</c> when the client itself went.</param>
/// <param name="Received">Bytes received.</param>
/// <param name="Seconds">From the established connection to the end.</param>
/// <param name="FirstByte">Seconds to the first byte received, or -1.</param>
/// <param name="Text">The first kilobyte received.</param>
/// <param name="Sha256">Of everything received.</param>
public sealed record PeerOutcome(string End, long Received, double Seconds, double FirstByte, string Text, string Sha256);

/// <summary>Clients that no product offers: see <c>scripts/peer.py</c> and <c>scripts/tls_peer.py</c>.</summary>
public static class PeerClients
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNameCaseInsensitive = true };

    public static Task<PeerOutcome> PeerAsync(this NetNamespace machine, string address, int port, params string[] options) =>
        RunAsync(machine, ["peer.py", address, $"{port}", .. options]);

    /// <summary>A TLS handshake with an oddly cut hello, then GET /.</summary>
    public static async Task<PeerOutcome> TlsPeerAsync(this NetNamespace machine, string address, string sni, params string[] options) =>
        await RunAsync(machine, ["tls_peer.py", address, "443", sni, (await Certificates.GetAsync()).Authority, .. options]);

    private static async Task<PeerOutcome> RunAsync(NetNamespace machine, string[] command)
    {
        var result = await machine.RunAsync(["/usr/bin/python3", LabFiles.Script(command[0]), .. command[1..]], null, 60);
        return JsonSerializer.Deserialize<PeerOutcome>(result.Succeeded().Output, Names)!;
    }
}
