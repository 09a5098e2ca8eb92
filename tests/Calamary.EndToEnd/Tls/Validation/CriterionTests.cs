namespace Calamary.EndToEnd.Tls.Validation;

/// <summary>Every kind of certificate against every word of the criterion <c>cert</c>. There is a port for each word, and a rule.</summary>
[Collection(TlsLab.Collection)]
public sealed class CriterionTests(TlsLab lab)
{
    public static TheoryData<Way> All => Ways.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task Words_match_as_they_should(Way way)
    {
        await using var calamary = await StartAsync(way);
        await VerifyAsync(way, 0);
    }

    [Fact]
    public async Task Words_match_with_tls_1_2_clients() => await VerifyTransparentAsync(0, "--tls-max", "1.2");

    [Fact]
    public async Task Words_match_with_tls_1_2_servers() => await VerifyTransparentAsync(TlsServers.WordsOfTls12);

    [Fact]
    public async Task Words_match_with_http_1_clients() => await VerifyTransparentAsync(0, "--http1.1");

    private async Task VerifyTransparentAsync(int shift, params string[] options)
    {
        await using var calamary = await StartAsync(Way.Transparent, shift);
        await VerifyAsync(Way.Transparent, shift, options);
    }

    [Fact]
    public async Task Negated_words_match_what_the_words_do_not()
    {
        var settings = TlsServers.Words.Aggregate(
            await Way.Transparent.SettingsAsync(), (made, word) => made.Rule($"{{port: {TlsServers.PortOf(word)}, cert: '!{word}'}}", "accept"));
        await using var calamary = await lab.StartAsync(settings);
        var found = await AcceptedAsync(Way.Transparent, 0);
        Assert.Equal(Expected((certificate, word) => !certificate.Matches(word)), found);
    }

    [Fact]
    public async Task Name_of_a_flow_without_sni_is_its_address()
    {
        var settings = (await Way.Transparent.SettingsAsync()).Rule("{cert: valid}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        // nginx shows the certificate for its address then.
        var outcome = await lab.TlsGetAsync(Way.Transparent, "valid.tls.test", TlsServers.Port, "--sni", "");
        Assert.StartsWith("HTTP/1.1 200", outcome.Text, StringComparison.Ordinal);
        // The odd servers show one for names only.
        outcome = await lab.TlsAsync(Way.Transparent, "valid.tls.test", OddTlsServer.Echo, "--sni", "", "--send", "x", "--expect", "x");
        Assert.NotEqual("expected", outcome.End);
        await calamary.Log.WaitForAsync($@"=> 10\.77\.2\.5:{OddTlsServer.Echo} \| Denied by default");
    }

    [Fact]
    public async Task Name_without_sni_is_the_requested_host()
    {
        var settings = (await Way.Http.SettingsAsync()).Rule("{cert: valid}", "accept");
        await using var calamary = await lab.StartAsync(settings);
        var outcome = await lab.TlsAsync(Way.Http, "valid.tls.test", OddTlsServer.Echo, "--sni", "", "--send", "x", "--expect", "x");
        Assert.Equal("expected", outcome.End);
    }

    private async Task VerifyAsync(Way way, int shift, params string[] options) =>
        Assert.Equal(Expected((certificate, word) => certificate.Matches(word)), await AcceptedAsync(way, shift, options));

    private async Task<CalamaryProcess> StartAsync(Way way, int shift = 0) => await lab.StartAsync(
        TlsServers.Words.Aggregate(await way.SettingsAsync(), (made, word) => made.Rule($"{{port: {TlsServers.PortOf(word) + shift}, cert: {word}}}", "accept")), way);

    private static string[] Expected(Func<ServerCertificate, string, bool> matches) =>
    [
        .. from certificate in Pki.Instance.All
           select $"{certificate.Kind}: {string.Join(' ', TlsServers.Words.Where(word => matches(certificate, word)))}",
    ];

    /// <summary>By which words each certificate was let through.</summary>
    private async Task<string[]> AcceptedAsync(Way way, int shift, params string[] options)
    {
        var all = (from certificate in Pki.Instance.All from word in TlsServers.Words select (certificate, word)).ToArray();
        var result = await lab.CurlAsync(way, Pki.Instance.Root,
        [
            "-k", "-Z", "--parallel-max", "20", "-w", @"%{stderr}\n@%{http_code} %{http_connect} %{num_connects} %{time_total}\n%{stdout}%{http_code} %{url}\n", .. options,
            .. all.SelectMany(one => new[] { "-o", "/dev/null", $"https://{one.certificate.Host}:{TlsServers.PortOf(one.word) + shift}/" }),
        ]);
        var accepted = result.Output.Split('\n').Where(line => line.StartsWith("200 ", StringComparison.Ordinal)).Select(line => line[4..]).ToHashSet();
        return
        [
            .. from certificate in Pki.Instance.All
               select $"{certificate.Kind}: {string.Join(' ', TlsServers.Words.Where(word => accepted.Contains($"https://{certificate.Host}:{TlsServers.PortOf(word) + shift}/")))}",
        ];
    }
}
