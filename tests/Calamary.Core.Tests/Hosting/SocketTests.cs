namespace Calamary.Core.Tests.Hosting;

/// <summary>Tests that count descriptors of the process or depend on its speed run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class SocketTests
{
    public const string Name = "sockets";
}
