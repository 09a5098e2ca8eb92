using System.Text.RegularExpressions;

namespace Calamary.EndToEnd.Lab;

/// <summary>The lines a process wrote so far; a reader can await one.</summary>
public sealed class OutputLines
{
    private readonly List<string> lines = [];
    private TaskCompletionSource added = NewSignal();

    public void Add(string line)
    {
        TaskCompletionSource signal;
        lock (lines)
        {
            lines.Add(line);
            signal = added;
            added = NewSignal();
        }
        signal.SetResult();
    }

    public IReadOnlyList<string> Snapshot()
    {
        lock (lines) return [.. lines];
    }

    public int Count(string pattern) => Snapshot().Count(line => Regex.IsMatch(line, pattern));

    /// <summary>Waits for so many lines, which are written behind what they tell of; returns how many there are then.</summary>
    public async Task<int> CountedAsync(string pattern, int expected)
    {
        await Eventually.TrueAsync(() => Count(pattern) >= expected, $"{expected} times {pattern}");
        return Count(pattern);
    }

    /// <summary>Awaits the first line that matches, starting at line <paramref name="from"/>.</summary>
    public async Task<string> WaitForAsync(string pattern, int from = 0, double seconds = 10)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            Task next;
            lock (lines)
            {
                for (; from < lines.Count; from++)
                    if (Regex.IsMatch(lines[from], pattern)) return lines[from];
                next = added.Task;
            }
            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"no line matches /{pattern}/ in:\n{string.Join('\n', Snapshot())}");
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
