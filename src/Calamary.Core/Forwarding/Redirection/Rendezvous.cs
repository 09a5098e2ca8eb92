namespace Calamary.Core.Forwarding.Redirection;

/// <summary>Rendezvous hashing (Thaler and Ravishankar, 1998): each pair of client and proxy has a weight, and the heaviest proxy has the
/// client. When a proxy goes, only its clients move; every redirector comes to the same result.</summary>
internal static class Rendezvous
{
    public static ulong Weight(Address client, Endpoint proxy)
    {
        var weight = Mix(Mix((ulong)proxy.Address.Bits) ^ (ulong)(proxy.Address.Bits >> 64) ^ ((ulong)proxy.Port << 48));
        weight = Mix(weight ^ (ulong)client.Bits);
        return Mix(weight ^ (ulong)(client.Bits >> 64));
    }

    /// <summary>The finalizer of SplitMix64: neighbouring addresses come out far apart.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
