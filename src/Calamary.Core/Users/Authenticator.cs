using System.Text;

namespace Calamary.Core.Users;

/// <summary>Whether a password belongs to a bcrypt hash. It takes its time, by design.</summary>
internal delegate bool PasswordCheck(string password, string hash);

/// <summary>Compares names and passwords with users. bcrypt is slow on purpose, so answers are remembered, and one comparison runs at a
/// time, outside the reactors. One for the process; it outlives reloads. Any thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="check">bcrypt.</param>
internal sealed class Authenticator(TimeProvider time, PasswordCheck check)
{
    /// <summary>Comparisons that wait.</summary>
    public const int MaxWaiting = 256;

    /// <summary>Those of one source: the others come to their turn as well.</summary>
    public const int MaxWaitingPerSource = 128;

    /// <summary>Answers that are remembered, of either kind.</summary>
    public const int MaxRemembered = 10_000;

    /// <summary>How long a comparison may wait.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // A wrong password costs its time thrice again: guessing never takes more than a quarter of one core.
    private const int RestFactor = 3;

    private static readonly TimeSpan RememberAccepted = TimeSpan.FromHours(1);
    private static readonly TimeSpan RememberRefused = TimeSpan.FromMinutes(1);

    private readonly Credentials _credentials = new();
    private readonly ExpiringKeys _accepted = new(MaxRemembered, RememberAccepted, time);
    private readonly ExpiringKeys _refused = new(MaxRemembered, RememberRefused, time);
    private readonly SourceFailures _failures = new(time);
    private readonly Dictionary<UInt128, Verification> _pending = [];
    private readonly Queue<Verification> _waiting = new();
    private readonly Lock _gate = new();
    private bool _isWorking;

    public Authenticator() : this(TimeProvider.System, static (password, hash) => BCrypt.Net.BCrypt.Verify(password, hash))
    {
    }

    /// <summary>Compares. What was asked before is answered at once; the rest waits for its turn, and the caller goes on where it was.</summary>
    /// <param name="users">The listener's users.</param>
    /// <param name="user">The name as the client sent it; read before this returns.</param>
    /// <param name="password">The password as the client sent it; read before this returns.</param>
    /// <param name="source">The client's address.</param>
    public ValueTask<AuthenticationResult> VerifyAsync(UserFile users, ReadOnlyMemory<byte> user, ReadOnlyMemory<byte> password, Address source)
    {
        if (!Credentials.ArePossible(user.Span, password.Span)) return new(AuthenticationResult.Refused);
        var known = users.Find(user.Span);
        var hash = known?.Hash ?? users.UnknownHash;
        var key = _credentials.KeyOf(user.Span, password.Span, hash);
        if (Recall(key) is { } answer) return new(answer);
        return Wait(key, password.Span, hash, known is not null, SourceFailures.SourceOf(source));
    }

    private AuthenticationResult? Recall(UInt128 key) =>
        _accepted.Contains(key) ? AuthenticationResult.Accepted : _refused.Contains(key) ? AuthenticationResult.Refused : null;

    private ValueTask<AuthenticationResult> Wait(UInt128 key, ReadOnlySpan<byte> password, string hash, bool isKnown, Address source)
    {
        lock (_gate)
        {
            if (_pending.TryGetValue(key, out var same)) return new(same.Answer);
            if (Recall(key) is { } answer) return new(answer);
            if (_failures.IsOver(source) || _waiting.Count >= MaxWaiting || _waiting.Count(w => w.Source == source) >= MaxWaitingPerSource)
                return new(AuthenticationResult.Busy);
            var verification = new Verification(key, Encoding.UTF8.GetString(password), hash, isKnown, source, time.GetTimestamp());
            _pending.Add(key, verification);
            _waiting.Enqueue(verification);
            if (!_isWorking) _ = Task.Run(WorkAsync);
            _isWorking = true;
            return new(verification.Answer);
        }
    }

    private async Task WorkAsync()
    {
        while (Next() is { } next)
        {
            var rest = Compare(next);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, time);
        }
    }

    private Verification? Next()
    {
        lock (_gate)
        {
            _isWorking = _waiting.TryDequeue(out var next);
            return next;
        }
    }

    /// <summary>Compares, and says how long to rest after it.</summary>
    private TimeSpan Compare(Verification verification)
    {
        try
        {
            var started = time.GetTimestamp();
            var result = IsGivenUp(verification) ? AuthenticationResult.Busy
                : check(verification.Password, verification.Hash) && verification.IsKnown ? AuthenticationResult.Accepted
                : AuthenticationResult.Refused;
            var rest = result == AuthenticationResult.Refused ? time.GetElapsedTime(started) * RestFactor : default;
            Remember(verification, result);
            verification.Complete(result);
            return rest;
        }
        catch (Exception bug)
        {
            Remember(verification, AuthenticationResult.Busy);
            verification.Fail(bug);
            return default;
        }
    }

    private bool IsGivenUp(Verification verification)
    {
        lock (_gate) return time.GetElapsedTime(verification.Since) > Patience || _failures.IsOver(verification.Source);
    }

    private void Remember(Verification verification, AuthenticationResult result)
    {
        lock (_gate)
        {
            _pending.Remove(verification.Key);
            if (result == AuthenticationResult.Accepted) _accepted.Add(verification.Key);
            if (result != AuthenticationResult.Refused) return;
            _refused.Add(verification.Key);
            _failures.Add(verification.Source);
        }
    }
}
