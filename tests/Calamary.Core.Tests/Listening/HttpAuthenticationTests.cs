using System.Net.Sockets;
using System.Text;
using Calamary.Core.Tests.Hosting;

namespace Calamary.Core.Tests.Listening;

[Collection(SocketTests.Name)]
public sealed class HttpAuthenticationTests : IDisposable
{
    /// <summary>The password is <c>a</c>.</summary>
    private const string Users = "alice:$2y$04$X0JAJxuIwunzxKF08BQ2LewSCkodgMmLx7ZybxW2jAXcU8bqKdwVG\nbob:$2y$04$X0JAJxuIwunzxKF08BQ2LewSCkodgMmLx7ZybxW2jAXcU8bqKdwVG\n";
    private const string Alice = "alice:a";

    private readonly string _file = Path.GetTempFileName();

    public HttpAuthenticationTests() => File.WriteAllText(_file, Users);

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task A_client_answers_on_the_same_connection()
    {
        using var server = new LoopbackServer(LoopbackServer.EchoAsync);
        await using var proxy = await StartAsync();
        using var client = await proxy.OpenAsync();
        Assert.Equal((407, false), await ConnectAsync(client, server.Port, null));
        Assert.Equal((407, false), await ConnectAsync(client, server.Port, "alice:b"));
        Assert.Equal((407, false), await ConnectAsync(client, server.Port, "Alice:a"));
        Assert.Equal((200, false), await ConnectAsync(client, server.Port, Alice));
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(1, await client.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_list_of_passwords_needs_many_connections()
    {
        await using var proxy = await StartAsync();
        using var client = await proxy.OpenAsync();
        for (var i = 1; i < 8; i++) Assert.Equal((407, false), await ConnectAsync(client, 1, null));
        Assert.Equal((407, true), await ConnectAsync(client, 1, null));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_request_with_a_body_is_answered_and_closed()
    {
        await using var proxy = await StartAsync();
        using var client = await proxy.OpenAsync();
        await client.SendAsync("POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"u8.ToArray());
        Assert.Equal((407, true), await AnswerAsync(client));
        Assert.Equal(0, await client.ReceiveAsync(new byte[1]));
    }

    [Theory]
    [InlineData("Proxy-Authorization: Basic {0}\r\nProxy-Authorization: Basic {0}\r\n", 400)]
    [InlineData("Proxy-Authorization: Bearer {0}\r\n", 407)]
    [InlineData("Proxy-Authorization: Basic {0} \t{0}\r\n", 407)]
    [InlineData("Authorization: Basic {0}\r\n", 407)]
    public async Task What_could_be_read_in_two_ways_is_no_password(string fields, int status)
    {
        await using var proxy = await StartAsync();
        using var client = await proxy.OpenAsync();
        var sent = fields.Replace("{0}", Convert.ToBase64String(Encoding.ASCII.GetBytes(Alice)), StringComparison.Ordinal);
        await client.SendAsync(Encoding.ASCII.GetBytes($"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n{sent}\r\n"));
        Assert.Equal(status, (await AnswerAsync(client)).Status);
    }

    [Fact]
    public async Task Every_request_of_a_connection_is_somebodys()
    {
        using var server = new LoopbackServer(AnswerRequestsAsync);
        await using var proxy = await StartAsync("rules:\n  - {match: {user: alice}, action: accept}\n");
        using var client = await proxy.OpenAsync();
        Assert.Equal(200, (await GetAsync(client, server.Port, Alice)).Status);
        Assert.Equal((407, false), await GetAsync(client, server.Port, null));
        Assert.Equal(200, (await GetAsync(client, server.Port, Alice)).Status);
        Assert.Equal(403, (await GetAsync(client, server.Port, "bob:a")).Status);
    }

    [Fact]
    public async Task Who_guesses_gets_503()
    {
        await using var proxy = await StartAsync();
        var statuses = new List<int>();
        for (var i = 0; i < 21; i++)
        {
            using var client = await proxy.OpenAsync();
            statuses.Add((await ConnectAsync(client, 1, $"alice:guess{i}")).Status);
        }
        Assert.Equal([.. Enumerable.Repeat(407, 20), 503], statuses);
    }

    private Task<InProcessProxy> StartAsync(string rules = InProcessProxy.AcceptAll) =>
        InProcessProxy.StartAsync(rules: rules, listener: $", users: '{_file}'");

    private static Task<(int Status, bool Closes)> ConnectAsync(Socket client, int port, string? credentials) =>
        RequestAsync(client, $"CONNECT 127.0.0.1:{port}", credentials);

    private static Task<(int Status, bool Closes)> GetAsync(Socket client, int port, string? credentials) =>
        RequestAsync(client, $"GET http://127.0.0.1:{port}/", credentials);

    private static async Task<(int Status, bool Closes)> RequestAsync(Socket client, string line, string? credentials)
    {
        var field = credentials is null ? "" : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))}\r\n";
        await client.SendAsync(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x\r\n{field}\r\n"));
        return await AnswerAsync(client);
    }

    private static async Task<(int Status, bool Closes)> AnswerAsync(Socket client)
    {
        var head = await InProcessProxy.ReadHeadAsync(client);
        var length = head.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.Ordinal))?[16..];
        for (var left = int.Parse(length ?? "0", null); left > 0;) left -= await client.ReceiveAsync(new byte[left]);
        return (int.Parse(head.Split(' ')[1], null), head.Contains("Connection: close", StringComparison.Ordinal));
    }

    private static async Task AnswerRequestsAsync(Socket socket)
    {
        while ((await InProcessProxy.ReadHeadAsync(socket)).Length > 0)
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray());
    }
}
