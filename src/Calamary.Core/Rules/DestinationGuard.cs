using Calamary.Core.Rules.Sets;

namespace Calamary.Core.Rules;

/// <summary>Refuses destinations before any rule is asked: the proxy's own listeners (a loop) and <c>denyAlways</c>.</summary>
/// <param name="denyAlways">The networks that are never reached.</param>
/// <param name="listeners">Where the proxy listens itself.</param>
/// <param name="ownAddresses">The machine's addresses; loopback need not be among them.</param>
internal sealed class DestinationGuard(
    IReadOnlyCollection<AddressRange> denyAlways, IReadOnlyCollection<Endpoint> listeners, IEnumerable<Address> ownAddresses)
{
    private readonly AddressSet _denyAlways = new(denyAlways);
    private readonly Endpoint[] _listeners = [.. listeners];
    private readonly HashSet<Address> _ownAddresses = [.. ownAddresses];

    /// <summary>Whether the destination is refused, and why. A 6to4, Teredo or NAT64 address is judged as the IPv4 address that it carries
    /// as well.</summary>
    public bool TryRefuse(Endpoint destination, out VerdictBasis basis)
    {
        var carried = destination.Address.TryGetEmbeddedIPv4(out var embedded) ? embedded : destination.Address;
        // A loop is told first: it usually goes to an address of denyAlways, and is the more telling reason.
        if (IsOwnListener(destination) || IsOwnListener(destination with { Address = carried }))
        {
            basis = VerdictBasis.Loop;
            return true;
        }
        basis = VerdictBasis.DenyAlways;
        return _denyAlways.Contains(destination.Address) || _denyAlways.Contains(carried);
    }

    private bool IsOwnListener(Endpoint destination)
    {
        foreach (var listener in _listeners)
        {
            if (listener.Port != destination.Port) continue;
            if (listener.Address == destination.Address) return true;
            // A wildcard socket may serve both families (IPV6_V6ONLY off), so it stands for all addresses of the machine.
            if (listener.Address.IsUnspecified && IsOwnAddress(destination.Address)) return true;
            // Linux connects to the loopback when asked for 0.0.0.0 or ::.
            if (destination.Address.IsUnspecified && IsLoopback(listener.Address)) return true;
        }
        return false;
    }

    /// <summary>Whether it is one of the machine's own addresses.</summary>
    public bool IsOwnAddress(Address address) => address.IsUnspecified || IsLoopback(address) || _ownAddresses.Contains(address);

    private static bool IsLoopback(Address address) => address.IsIPv6 ? address.Bits == UInt128.One : address.Bits >> 24 == 127;
}
