namespace Calamary.Core.Configuration;

/// <summary>What runs when there is no configuration file: safe to start anywhere.</summary>
internal static class DefaultConfig
{
    public const string Name = "(embedded default)";

    public const string Text = """
        service:
          listen:
            - mode: 'transparent'
            - mode: 'http'
            - mode: 'socks5'
          metrics:
            enabled: true
        rules:
          - name: 'TLS'
            match: {protoL5: 'tls'}
            action: 'accept'
          - name: 'plain HTTP'
            match: {protoL5: 'http'}
            action: 'redirect'

        """;
}
