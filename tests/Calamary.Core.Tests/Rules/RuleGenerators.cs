using CsCheck;

namespace Calamary.Core.Tests.Rules;

/// <summary>Random rules and flows out of small pools, so that they meet often.</summary>
internal static class RuleGenerators
{
    // One address on either side of every border in Networks, so that a check over all of them stands for all addresses.
    public static readonly string[] Addresses =
    [
        "10.0.0.1", "10.1.2.3", "10.1.2.4", "10.2.0.0", "11.0.0.0", "127.255.255.255", "128.0.0.0", "0.0.0.0", "255.255.255.255",
        "192.0.2.9",
        "::", "2001:db8::1", "2001:db8:0:1::", "2001:db9::", "7fff::", "8000::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ];

    // One of every kind that the patterns below tell apart.
    public static readonly string[] Names =
        ["example.com", "www.example.com", "ftp.example.com", "a.www.example.com", "evilexample.com", "com", "example.net", "other.test"];

    public static readonly string[][] AlpnLists = [["h2", "http/1.1"], ["http/1.1"], ["H2"], ["h2"], ["h3"], ["acme-tls/1"]];

    public static readonly string[] Versions = ["1.0", "1.1", "1.2", "1.3"];

    // The words that hold of one certificate each.
    public static readonly string[] Certs =
        ["valid", "unreachable", "invalid expired", "invalid mismatch", "invalid untrusted", "invalid untrusted selfsigned", "invalid expired untrusted mismatch"];

    // Paths that do not begin with a slash, too: a pattern is not certain by what paths are like.
    public static readonly string[] Requests =
    [
        "GET example.com /", "GET www.example.com /a/b", "POST example.com /a", "PUT other.test /b/a/b", "get a.example /a.html", "GET a.example /b",
        "GET a.example /b.html", "OPTIONS a.example x", "GET a.example x.html", "GET a.example x/a/b",
    ];

    // SSL 3.0 and what may follow 1.3 count too when "certain" is to mean certain.
    public static readonly string[] PossibleVersions = ["0.9", .. Versions, "1.4"];

    private static readonly (string Key, string[] Values)[] Pools =
    [
        ("src", ["10.0.0.0/8", "10.1.2.3", "10.1.0.0-10.1.255.255", "0.0.0.0/0", "::/0", "2001:db8::/32", "0.0.0.0/1", "128.0.0.0/1"]),
        ("dest", ["10.0.0.0/8", "10.1.2.3", "10.1.0.0-10.1.255.255", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::/64", "::/1",
            "8000::/1"]),
        ("port", ["443", "80", "1-1024", "0-65535", "1025-65535", "0-79"]),
        ("sport", ["1024-65535", "50000", "0"]),
        ("protoL3", ["ip4", "ipv6", "ip6"]),
        ("protoL4", ["tcp"]),
        ("protoL5", ["tls", "http", "unknown"]),
        ("dns", ["example.com", "*.example.com", ".example.com", "www.example.com", ".com", "*.com", "*.www.example.com", "other.test"]),
        ("encrypted", ["true", "false", "yes", "no"]),
        ("alpn", ["h2", "http/1.1", "h3", "acme-tls/1"]),
        ("tlsVersion", ["1.3", "1.2", "<1.2", "<=1.2", ">1.0", ">=1.3"]),
        ("ech", ["true", "false"]),
        ("user", ["alice", "Alice", "bob"]),
        ("cert", ["valid", "invalid", "expired", "untrusted", "mismatch", "selfsigned", "unreachable"]),
        ("host", ["example.com", "*.example.com", "*", "*test"]),
        ("path", ["/", "/*", "/a*", "*/a/b", "*.html", "/a/b"]),
        ("method", ["GET", "P*", "*"]),
        ("listener", ["transparent", "http", "http:4130", "transparent:4128"]),
    ];

    public static readonly Gen<NaiveRule[]> Rules =
        (from action in Gen.Enum<RuleAction>()
         from match in Match().Array[0, 4]
         select new NaiveRule(action, [.. match.DistinctBy(m => m.Key)])).Array[1, 5];

    public static readonly Gen<NaiveFlow> Flows =
        from src in Gen.OneOf(Addresses)
        from dest in Gen.OneOf(Addresses)
        from port in Gen.OneOf(0, 79, 80, 443, 1024, 1025, 65535)
        from sport in Gen.OneOf(0, 1024, 50000)
        from listener in Gen.OneOf(("transparent", 4128), ("http", 4130), ("http", 4131))
        from l5 in Gen.OneOf("tls", "tls", "http", "unknown")
        from sni in Gen.OneOf([.. Names, null])
        from host in Gen.OneOf([.. Names, null, null, null, null, null])
        from alpn in Gen.OneOf([.. AlpnLists, []])
        from version in Gen.OneOf(Versions)
        from user in Gen.OneOf("alice", "bob", null)
        from cert in Gen.OneOf([.. Certs, null])
        from request in Gen.OneOf([.. Requests, null])
        from flags in Gen.Int[0, 31]
        select new NaiveFlow(
            src, sport, dest, port, listener.Item1, listener.Item2, l5, sni, host, alpn, version,
            (flags & 1) != 0, user, (flags & 2) != 0, (flags & 4) != 0,
            cert, (flags & 8) != 0, (flags & 16) != 0, request);

    private static Gen<(string Key, string[] Values)> Match() =>
        from pool in Gen.OneOf(Pools)
        from values in Gen.Select(Gen.OneOf(pool.Values), Gen.Bool, static (value, negated) => negated ? "!" + value : value).Array[1, 4]
        select (pool.Key, values);
}
