namespace Calamary.Core.Names;

/// <summary>Counts the lookups that are under way, so that neither all of them nor those of one client become too many. Any thread.</summary>
internal sealed class PendingLookups
{
    /// <summary>How many names are looked up at the same time.</summary>
    public const int Max = 1024;

    /// <summary>Those that one client has begun: the nameservers' silence on its names must not stop the others.</summary>
    public const int MaxPerAsker = 64;

    private readonly Dictionary<Address, int> _askers = [];
    private readonly Lock _gate = new();
    private int _count;

    /// <summary>Whether one more may begin, for nobody in particular when <paramref name="asker"/> is null.</summary>
    public bool TryEnter(Address? asker, out NameResult refusal)
    {
        lock (_gate)
        {
            var own = asker is { } address ? _askers.GetValueOrDefault(address) : 0;
            refusal = own >= MaxPerAsker ? NameResult.SourceBusy : NameResult.Busy;
            if (own >= MaxPerAsker || _count >= Max) return false;
            _count++;
            if (asker is { } known) _askers[known] = own + 1;
            return true;
        }
    }

    /// <summary>One has ended.</summary>
    public void Leave(Address? asker)
    {
        lock (_gate)
        {
            _count--;
            if (asker is { } known && --_askers[known] == 0) _askers.Remove(known);
        }
    }
}
