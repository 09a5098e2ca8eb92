using Calamary.Core.Names;

namespace Calamary.Core.Tests.Names;

public class SystemResolverTests
{
    private readonly SystemResolver _resolver = new(TimeSpan.FromSeconds(5), TimeProvider.System);

    [Fact]
    public async Task The_hosts_file_is_asked()
    {
        var result = await _resolver.ResolveAsync("localhost", default);
        Assert.Equal(NameStatus.Found, result.Status);
        Assert.Contains(Address.FromIPv4(0x7F000001), result.Addresses);
        Assert.Equal(TimeSpan.FromSeconds(30), result.Ttl);
    }

    [Fact]
    public async Task An_impossible_name_is_a_result()
    {
        Assert.Equal(NameStatus.NotFound, (await _resolver.ResolveAsync(new string('a', 300), default)).Status);
        Assert.NotEqual(NameStatus.Found, (await _resolver.ResolveAsync(new string('a', 64) + ".invalid", default)).Status);
    }

    [Fact]
    public void The_configuration_chooses()
    {
        Assert.NotNull(NameResolvers.Create([], TimeSpan.FromSeconds(1), 0, TimeProvider.System));
        Assert.NotNull(NameResolvers.Create([new(Address.FromIPv4(0x7F000001), 53)], TimeSpan.FromSeconds(1), 4096, TimeProvider.System));
    }
}
