namespace Calamary.Core.Transport;

/// <summary>Something with a descriptor whose readiness a reactor reports.</summary>
internal interface IWatched
{
    int Descriptor { get; }

    /// <summary>Set by the reactor: tells an event for this from one for an earlier user of the descriptor.</summary>
    uint Generation { get; set; }

    /// <summary>Called on the reactor's thread with epoll's event mask.</summary>
    void OnEvents(uint mask);
}
