using System.Globalization;
using System.Text;
using Calamary.Core;
using Calamary.Core.Configuration;
using Calamary.Core.Names;
using Calamary.Core.Protocols.Http;
using Calamary.Core.Rules.Criteria;

namespace Calamary.Inspection.Explain;

/// <summary>The keys that describe flows, on the command line and in files, and how their values are read.</summary>
internal static class FlowKeys
{
    private static readonly WordTable<TransportProtocol> Transports = new("transport protocol", [new("tcp", TransportProtocol.Tcp), new("udp", TransportProtocol.Udp)]);

    private static readonly WordTable<TlsVersion> Versions = new("TLS version",
        [.. new[] { TlsVersion.Tls10, TlsVersion.Tls11, TlsVersion.Tls12, TlsVersion.Tls13, TlsVersion.Ssl30 }.Select(static v => KeyValuePair.Create(v.ToName(), v))]);

    private static readonly WordTable<string> Modes = new("listener mode",
        [.. Enum.GetValues<ListenerMode>().Select(static mode => KeyValuePair.Create(mode.ToName(), mode.ToName()))]);

    private static readonly OrderedDictionary<string, FlowKey> Keys = new(StringComparer.Ordinal)
    {
        ["src"] = new(FlowValueKinds.None, "IP", "The client's address.",
            static (flow, text) => ReadAddress(text, address => flow.Source = address)),
        ["dest"] = new(FlowValueKinds.None, "IP", "The destination's address.",
            static (flow, text) => ReadAddress(text, address => flow.Destination = address)),
        ["port"] = new(FlowValueKinds.Number, "N", "The destination's port.",
            static (flow, text) => ReadPort(text, port => flow.Port = port)),
        ["sport"] = new(FlowValueKinds.Number, "N", "The client's port.",
            static (flow, text) => ReadPort(text, port => flow.SourcePort = port)),
        ["proto"] = new(FlowValueKinds.None, "tcp|udp", "The transport protocol.",
            static (flow, text) => ReadWord(Transports, text, transport => flow.Transport = transport)),
        ["l5"] = new(FlowValueKinds.None, "NAME", "What the first bytes are: tls, http, quic, dns, …, unknown.",
            static (flow, text) => ReadWord(FlowProtocols.Words, text, protocol => flow.Protocol = protocol)),
        ["sni"] = new(FlowValueKinds.None, "NAME", "The server name of the hello; of a DNS query, the name in question.",
            static (flow, text) => Set(flow.ServerName = text)),
        ["alpn"] = new(FlowValueKinds.List, "A,B", "The protocols that the hello offers.",
            ReadAlpn),
        ["tls_version"] = new(FlowValueKinds.Number, "1.0…1.3", "The highest version that the hello offers.",
            static (flow, text) => ReadWord(Versions, text, version => flow.TlsVersion = version)),
        ["ech"] = new(FlowValueKinds.Truth, "BOOL", "Whether the hello carries ECH.",
            static (flow, text) => ReadWord(BooleanWords.Table, text, ech => flow.Ech = ech)),
        ["user"] = new(FlowValueKinds.None, "NAME", "Who has authenticated.",
            static (flow, text) => text.Length > 0 ? Set(flow.User = text) : "a user's name is not empty"),
        ["listener"] = new(FlowValueKinds.None, "MODE[:PORT]", "Where the flow comes in.",
            ReadListener),
        ["host"] = new(FlowValueKinds.None, "NAME", "Inside an intercepted flow: the host of the request.",
            ReadHost),
        ["path"] = new(FlowValueKinds.None, "PATH", "Inside an intercepted flow: its path.",
            static (flow, text) => Set(flow.Path = HttpPath.Normalise(Encoding.UTF8.GetBytes(text)))),
        ["method"] = new(FlowValueKinds.None, "NAME", "Inside an intercepted flow: its method.",
            ReadMethod),
        ["cert"] = new(FlowValueKinds.List, "WORDS", "What the check of the server's certificate finds: valid, expired, …",
            static (flow, text) => CertificateWords.TryRead(text, out var check) is { } error ? error : Set(flow.Certificate = check)),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names => Keys.Keys;

    /// <summary>The key, null for an unknown one.</summary>
    public static FlowKey? Find(string name) => Keys.GetValueOrDefault(name);

    /// <summary>Writes a value to the flow.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="name">A key of <see cref="Names"/>.</param>
    /// <param name="text">The value; several are separated by commas.</param>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public static string? Read(FlowDescription flow, string name, string text) => Keys[name].Read(flow, text);

    private static string? Set(object? _) => null;

    private static string? ReadAddress(string text, Action<Address> set)
    {
        if (!Address.TryParse(text, out var address)) return $"'{text}' is no IP address";
        set(address);
        return null;
    }

    private static string? ReadPort(string text, Action<ushort> set)
    {
        if (!ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return $"'{text}' is no port between 0 and 65535";
        set(port);
        return null;
    }

    private static string? ReadWord<T>(WordTable<T> words, string text, Action<T> set)
    {
        if (!words.TryParse(text, out var value, out var error)) return error.Message + Suggestion.Say(error.Suggestion);
        set(value);
        return null;
    }

    private static string? ReadAlpn(FlowDescription flow, string text)
    {
        string[] names = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
        if (Array.Exists(names, static name => name.Length is 0 or > 255)) return $"'{text}' has a protocol of no character, or of more than 255";
        flow.Alpn = names;
        return null;
    }

    private static string? ReadListener(FlowDescription flow, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0 && ReadPort(text[(colon + 1)..], port => flow.ListenerPort = port) is { } error) return error;
        return ReadWord(Modes, colon < 0 ? text : text[..colon], mode => flow.ListenerMode = mode);
    }

    // As in a Host field: a name, an address, an IPv6 address in brackets, and perhaps a port, which is not compared.
    private static string? ReadHost(FlowDescription flow, string text)
    {
        if (HttpAuthority.TryParse(Encoding.UTF8.GetBytes(text), defaultPort: 443, out var authority)) flow.Host = authority.Host;
        else if (HostName.TryNormalize(text, out var name)) flow.Host = name;
        else if (Address.TryParse(text, out var address)) flow.Host = new HttpAuthority(null, address, 443).Host;
        else return $"'{text}' is no host";
        return null;
    }

    private static string? ReadMethod(FlowDescription flow, string text)
    {
        if (!HttpChars.IsToken(Encoding.UTF8.GetBytes(text))) return $"'{text}' is no method";
        flow.Method = text;
        return null;
    }
}
