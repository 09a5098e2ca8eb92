using System.Diagnostics;

namespace Calamary.EndToEnd.Hosting;

public sealed class CommandLineTests(NetworkLab lab) : IClassFixture<NetworkLab>
{
    [Fact]
    public async Task Version_is_told()
    {
        var result = await RunAsync("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\d+\.\d+\.\d+", result.Output);
    }

    [Fact]
    public async Task Help_is_told()
    {
        var result = await RunAsync("--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("-f", result.Output, StringComparison.Ordinal);
        Assert.Contains("-v", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("bogus")]
    [InlineData("-f")]
    public async Task Wrong_usage_is_exit_2(string argument) => Assert.Equal(2, (await RunAsync(argument)).ExitCode);

    [Fact]
    public async Task Valid_file_validates()
    {
        var file = LabFiles.NewFile("good.yml", Settings.Dnat.Rule("{dns: a.example.test}", "accept").ToString());
        Assert.Equal(0, (await RunAsync("-v", "-f", file)).ExitCode);
    }

    [Fact]
    public async Task Every_problem_is_listed_with_its_place()
    {
        var file = LabFiles.NewFile("bad.yml", """
            service:
              listen:
                - mode: 'transparant'
                  port: 99999
              timeoutt: {connect: 1}
            rules:
              - match: {dest: '300.1.1.1'}
                action: 'acept'
              - match: {prot: 443, port: '$nowhere'}
                action: 'deny'
            """);
        var result = await RunAsync("-v", "-f", file);
        Assert.Equal(1, result.ExitCode);
        var escaped = System.Text.RegularExpressions.Regex.Escape(file);
        foreach (var line in new[] { 3, 4, 5, 7, 8, 9 }) Assert.Matches($@"(?m)^{escaped}:{line}:\d+: error: \S+: .+", result.AllOutput);
        foreach (var meant in new[] { "transparent", "timeout", "accept", "port" })
            Assert.Matches($@"(?i)did you mean ['""`]?{meant}\b", result.AllOutput);
        Assert.True(result.AllOutput.Split('\n').Count(line => line.StartsWith(file, StringComparison.Ordinal)) >= 7);
    }

    [Fact]
    public async Task Invalid_file_does_not_start()
    {
        var file = LabFiles.NewFile("bad.yml", "rules: [{match: {port: 1}, action: maybe}]");
        var result = await RunAsync("-f", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("maybe", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[')]
    [InlineData('{')]
    public async Task Deeply_nested_file_is_an_error_and_no_crash(char bracket)
    {
        var file = LabFiles.NewFile("deep.yml", new string(bracket, 200_000));
        var watch = Stopwatch.StartNew();
        var result = await RunAsync("-v", "-f", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@":1:\d+: error: ", result.AllOutput);
        Assert.True(watch.Elapsed.TotalSeconds < 5, $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task Missing_file_is_exit_1()
    {
        var result = await RunAsync("-f", "/nowhere/calamary.yml");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("/nowhere/calamary.yml", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_that_the_machine_lacks_is_exit_1()
    {
        var file = LabFiles.NewFile("lacks.yml", "service: {listen: [{mode: http, ip4: ['198.51.100.7'], ip6: []}]}\nrules: []");
        var result = await RunAsync("-f", file);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("198.51.100.7", result.Error, StringComparison.Ordinal);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => lab.Proxy.RunAsync([CalamaryProcess.Binary, .. arguments]);
}
