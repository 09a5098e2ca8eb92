using System.Buffers.Binary;
using System.Diagnostics;

namespace Calamary.Load.Udp;

/// <summary>One way at a fixed rate, up or down; the far end counts.</summary>
internal sealed class Streams(Associations associations, StreamOrder order)
{
    private const int RetryMs = 100;
    private const int Retries = 30;
    private const int OpenRetries = 5;

    // What is still on its way, in the buffers of a proxy that is too slow.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    public int Sent { get; private set; }

    /// <summary>Seconds that sending took.</summary>
    public double Seconds { get; private set; }

    public Receipt Receipt { get; private set; } = new(associations.Session, order.Size);

    /// <summary>Opens all associations, a few at a time so that all get through, and tells the server of them.</summary>
    public void Open()
    {
        const int AtOnce = 32;
        for (var first = 0; first < order.Associations; first += AtOnce)
        {
            var waiting = Enumerable.Range(first, Math.Min(AtOnce, order.Associations - first)).ToHashSet();
            for (var attempt = 0; waiting.Count > 0 && attempt < OpenRetries; attempt++)
            {
                foreach (var association in waiting)
                    Request(Kind.Subscribe, association);
                associations.Flush();
                while (waiting.Count > 0 && associations.Turn(RetryMs, (in header, _) => waiting.Remove(header.Association)))
                {
                }
            }
            associations.Error("not opened", waiting.Count);
        }
    }

    public void Up()
    {
        var pacer = new Pacer(order.Rate, order.Count);
        while (!pacer.IsDone)
        {
            var number = pacer.Sent;
            for (var end = number + pacer.Take(); number < end; number++)
                new Datagram(associations.Session, Kind.Up, number % order.Associations, number)
                    .Write(associations.Add(number % order.Associations, order.Size));
            associations.Flush();
            if (!pacer.IsDone)
                Pacer.Nap();
        }
        (Sent, Seconds) = (pacer.Sent, pacer.Seconds);

        for (var before = -1; Receipt.Received > before;)
        {
            before = Receipt.Received;
            Thread.Sleep(Quiet);
            Account(isUp: true);
        }
    }

    public void Down()
    {
        var began = Stopwatch.GetTimestamp();
        var latest = began;
        var asked = 0;
        while (Receipt.Received < order.Count && Stopwatch.GetElapsedTime(latest) < Quiet + TimeSpan.FromSeconds(asked == 0 ? 0 : RetryMs / 1000.0))
        {
            // Asked once more as long as nothing comes: the datagram that asks may be lost, too.
            if (Receipt.Received == 0 && asked < Retries && Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(asked * RetryMs))
            {
                Request(Kind.Begin, 0);
                associations.Flush();
                latest = Stopwatch.GetTimestamp();
                asked++;
            }
            if (associations.Turn(RetryMs, Received))
                latest = Stopwatch.GetTimestamp();
        }
        Account(isUp: false);
    }

    private void Received(in Datagram header, ReadOnlySpan<byte> datagram)
    {
        if (header.Kind == Kind.Down)
            Receipt.Add(header, datagram, peer: default);
    }

    private void Request(Kind kind, int association)
    {
        var request = associations.Add(association, Datagram.HeaderSize + 64);
        new Datagram(associations.Session, kind, association, 0).Write(request);
        order.Write(request[Datagram.HeaderSize..]);
    }

    private void Account(bool isUp)
    {
        var answered = false;
        void Answered(in Datagram header, ReadOnlySpan<byte> datagram)
        {
            if (header.Kind != Kind.Account)
                return;
            answered = true;
            var wire = datagram[Datagram.HeaderSize..];
            if (isUp)
                Receipt = Receipt.Read(wire);
            else
                (Sent, Seconds) = (
                    BinaryPrimitives.ReadInt32BigEndian(wire[Receipt.WireSize..]),
                    BinaryPrimitives.ReadDoubleBigEndian(wire[(Receipt.WireSize + sizeof(int))..]));
        }

        for (var attempt = 0; !answered && attempt < Retries; attempt++)
        {
            Request(Kind.Account, 0);
            associations.Flush();
            var asked = Stopwatch.GetTimestamp();
            while (!answered && Stopwatch.GetElapsedTime(asked).TotalMilliseconds < RetryMs)
                associations.Turn(RetryMs, Answered);
        }
        if (!answered)
            associations.Error("no account");
    }
}
