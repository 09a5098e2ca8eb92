using Calamary.Core.Protocols.Socks;

namespace Calamary.Core.Listening.Socks5;

/// <summary>The reply that tells a client why its request failed (SPEC 5).</summary>
internal static class Socks5Replies
{
    public static SocksReply For(EndReason reason) => reason switch
    {
        EndReason.DeniedByRule or EndReason.DeniedByDefault or EndReason.DeniedByDenyAlways or EndReason.LoopDetected => SocksReply.NotAllowed,
        EndReason.DialNoRoute => SocksReply.NetworkUnreachable,
        EndReason.NameNotFound or EndReason.NameLookupFailed or EndReason.DialUnreachable => SocksReply.HostUnreachable,
        EndReason.DialRefused => SocksReply.ConnectionRefused,
        EndReason.DialTimeout => SocksReply.TimedOut,
        EndReason.CommandNotSupported => SocksReply.CommandNotSupported,
        _ => SocksReply.GeneralFailure,
    };

    /// <summary>The reply to a request that could not be read. A name that is no host name does not exist.</summary>
    public static SocksReply ForMalformed(string? error) => error switch
    {
        SocksErrors.AddressType => SocksReply.AddressTypeNotSupported,
        SocksErrors.Name => SocksReply.HostUnreachable,
        _ => SocksReply.GeneralFailure,
    };
}
