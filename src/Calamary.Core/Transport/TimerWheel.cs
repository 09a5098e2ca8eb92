using System.Numerics;

namespace Calamary.Core.Transport;

/// <summary>Something that a reactor's timer wheel can call. A node is in at most one slot.</summary>
internal abstract class TimerNode
{
    internal TimerNode? Next, Previous;
    internal int Slot = -1;

    /// <summary>When it is due, in the reactor's milliseconds.</summary>
    public long Due { get; internal set; }

    /// <summary>Called on the reactor's thread once, when due.</summary>
    protected internal abstract void OnTimer();
}

/// <summary>A hashed timer wheel: arming and cancelling are O(1), the next slot in use is found by bit scan. Timers fire up to
/// one slot (16 ms) late, never early.</summary>
internal sealed class TimerWheel
{
    private const int SlotBits = 4;
    private const int Slots = 4096;
    private readonly TimerNode?[] _heads = new TimerNode?[Slots];
    private readonly ulong[] _used = new ulong[Slots / 64];
    private long _tick;
    private int _count;

    public TimerWheel(long now) => _tick = now >> SlotBits;

    public void Arm(TimerNode node, long due)
    {
        Cancel(node);
        node.Due = due;
        // Rounded up: the slot is visited only when all of it is past. The past goes to the next tick.
        var slot = (int)(Math.Max((due >> SlotBits) + 1, _tick + 1) & (Slots - 1));
        node.Slot = slot;
        node.Previous = null;
        node.Next = _heads[slot];
        if (node.Next is { } next) next.Previous = node;
        _heads[slot] = node;
        _used[slot >> 6] |= 1UL << (slot & 63);
        _count++;
    }

    public void Cancel(TimerNode node)
    {
        if (node.Slot < 0) return;
        if (node.Previous is { } previous) previous.Next = node.Next;
        else if ((_heads[node.Slot] = node.Next) is null) _used[node.Slot >> 6] &= ~(1UL << (node.Slot & 63));
        if (node.Next is { } next) next.Previous = node.Previous;
        node.Next = node.Previous = null;
        node.Slot = -1;
        _count--;
    }

    /// <summary>Milliseconds until a slot in use comes up; -1 for none.</summary>
    public int UntilNext(long now)
    {
        if (_count == 0) return -1;
        for (var step = 1; step <= Slots;)
        {
            var slot = (int)((_tick + step) & (Slots - 1));
            var word = _used[slot >> 6] >> (slot & 63);
            if (word != 0)
                return (int)Math.Max(0, ((_tick + step + BitOperations.TrailingZeroCount(word)) << SlotBits) - now);
            step += 64 - (slot & 63);
        }
        return -1;
    }

    /// <summary>Fires what is due. A node whose turn of the wheel has not come yet stays.</summary>
    public void Advance(long now)
    {
        var target = now >> SlotBits;
        if (_count == 0) _tick = Math.Max(_tick, target);
        else if (target - _tick > Slots) _tick = target - Slots;
        while (_tick < target)
        {
            _tick++;
            var node = _heads[(int)(_tick & (Slots - 1))];
            while (node is not null)
            {
                var next = node.Next;
                if (node.Due <= now)
                {
                    Cancel(node);
                    node.OnTimer();
                    // What fired may have changed the list: start it over, nothing fires twice.
                    next = _heads[(int)(_tick & (Slots - 1))];
                }
                node = next;
            }
        }
    }
}
