using Calamary.Core.Transport;

namespace Calamary.Core.Tests.Transport;

public class TimerWheelTests
{
    private sealed class Node : TimerNode
    {
        public int Fired { get; private set; }

        public Action? Then { get; init; }

        protected internal override void OnTimer()
        {
            Fired++;
            Then?.Invoke();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(30_000)]
    [InlineData(200_000)] // more than a turn of the wheel
    public void Fires_once_and_never_early(long delay)
    {
        var wheel = new TimerWheel(5);
        var node = new Node();
        wheel.Arm(node, 5 + delay);
        for (var now = 5L; now < 5 + delay; now += 7) wheel.Advance(now);
        wheel.Advance(5 + delay - 1);
        Assert.Equal(0, node.Fired);
        for (var now = 5 + delay; now <= 5 + delay + 32; now++) wheel.Advance(now);
        Assert.Equal(1, node.Fired);
        Assert.Equal(-1, wheel.UntilNext(5 + delay + 32));
    }

    [Fact]
    public void Cancelled_timers_do_not_fire()
    {
        var wheel = new TimerWheel(0);
        Node[] nodes = [new(), new(), new()];
        foreach (var node in nodes) wheel.Arm(node, 100);
        wheel.Cancel(nodes[1]);
        wheel.Cancel(nodes[1]);
        wheel.Advance(200);
        Assert.Equal([1, 0, 1], nodes.Select(n => n.Fired));
    }

    [Fact]
    public void A_timer_that_fires_may_cancel_or_rearm_others()
    {
        var wheel = new TimerWheel(0);
        var victim = new Node();
        Node? again = null;
        var first = new Node { Then = () => wheel.Cancel(victim) };
        again = new Node { Then = () => { if (again!.Fired < 3) wheel.Arm(again, 100); } };
        wheel.Arm(victim, 100);
        wheel.Arm(again, 100);
        wheel.Arm(first, 100); // the last armed stands first in its slot
        for (var now = 0; now < 400; now++) wheel.Advance(now);
        Assert.Equal((1, 0, 3), (first.Fired, victim.Fired, again.Fired));
    }

    [Fact]
    public void The_wait_for_the_next_timer_is_never_longer_than_a_slot_past_it()
    {
        var wheel = new TimerWheel(0);
        var node = new Node();
        wheel.Arm(node, 5000);
        var until = wheel.UntilNext(0);
        Assert.InRange(until, 5000, 5016);
        wheel.Advance(until);
        Assert.Equal(1, node.Fired);
    }

    [Fact]
    public void A_long_pause_of_the_thread_loses_nothing()
    {
        var wheel = new TimerWheel(0);
        var nodes = Enumerable.Range(0, 1000).Select(_ => new Node()).ToArray();
        for (var i = 0; i < nodes.Length; i++) wheel.Arm(nodes[i], i * 97);
        wheel.Advance(1_000_000);
        Assert.All(nodes, n => Assert.Equal(1, n.Fired));
    }
}
