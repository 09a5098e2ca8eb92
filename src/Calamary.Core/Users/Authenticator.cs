using System.Text;

namespace Calamary.Core.Users;

/// <summary>Whether a password belongs to a bcrypt hash. It takes its time, by design.</summary>
internal delegate bool PasswordCheck(string password, string hash);

/// <summary>Compares names and passwords with users. bcrypt is slow on purpose, so answers are remembered, and one comparison runs at a
/// time, outside the reactors. One for the process; it outlives reloads. Any thread.</summary>
internal sealed class Authenticator
{
    /// <summary>Answers that are remembered, of either kind.</summary>
    public const int MaxRemembered = 10_000;

    private static readonly TimeSpan RememberAccepted = TimeSpan.FromHours(1);
    private static readonly TimeSpan RememberRefused = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly PasswordCheck _check;
    private readonly Credentials _credentials = new();
    private readonly ExpiringKeys _accepted;
    private readonly ExpiringKeys _refused;
    private readonly SourceFailures _failures;
    private readonly Turns _turns;
    private readonly Dictionary<UInt128, Verification> _pending = [];
    private readonly Lock _gate = new();
    private readonly ITimer _alarm;
    private bool _isWorking;

    /// <param name="time">The clock.</param>
    /// <param name="check">bcrypt.</param>
    public Authenticator(TimeProvider time, PasswordCheck check)
    {
        (_time, _check) = (time, check);
        _accepted = new(MaxRemembered, RememberAccepted, time);
        _refused = new(MaxRemembered, RememberRefused, time);
        _failures = new(time);
        _turns = new(_failures, time, GiveUp);
        _alarm = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

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
        var hash = known?.Hash ?? users.UnknownHash(user.Span);
        var key = _credentials.KeyOf(user.Span, password.Span, hash);
        if (Recall(key) is { } answer) return new(answer);
        return Wait(key, password.Span, hash, known is not null, source.ClientNetwork);
    }

    private AuthenticationResult? Recall(UInt128 key) =>
        _accepted.Contains(key) ? AuthenticationResult.Accepted : _refused.Contains(key) ? AuthenticationResult.Refused : null;

    private ValueTask<AuthenticationResult> Wait(UInt128 key, ReadOnlySpan<byte> password, string hash, bool isKnown, Address source)
    {
        lock (_gate)
        {
            if (_pending.TryGetValue(key, out var same)) return new(same.Answer);
            if (Recall(key) is { } answer) return new(answer);
            if (_failures.IsOver(source)) return new(AuthenticationResult.Busy);
            var verification = new Verification(key, Encoding.UTF8.GetString(password), hash, isKnown, source, _time.GetTimestamp());
            if (!_turns.TryAdd(verification)) return new(AuthenticationResult.Busy);
            _pending.Add(key, verification);
            Wake();
            return new(verification.Answer);
        }
    }

    /// <summary>Goes on with the work, now or after the pause.</summary>
    private void Wake()
    {
        lock (_gate)
        {
            if (_isWorking || _turns.Wait is not { } wait) return;
            _isWorking = wait <= TimeSpan.Zero;
            if (_isWorking) _ = Task.Run(Work);
            else _alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    private void Work()
    {
        while (Next() is { } next) Compare(next);
    }

    private Verification? Next()
    {
        lock (_gate)
        {
            if (_turns.Take() is { } next) return next;
            _isWorking = false;
            Wake();
            return null;
        }
    }

    private void Compare(Verification verification)
    {
        try
        {
            var started = _time.GetTimestamp();
            var isRight = _check(verification.Password, verification.Hash) && verification.IsKnown;
            Remember(verification, isRight, _time.GetElapsedTime(started));
            verification.Complete(isRight ? AuthenticationResult.Accepted : AuthenticationResult.Refused);
        }
        catch (Exception bug)
        {
            lock (_gate) _pending.Remove(verification.Key);
            verification.Fail(bug);
        }
    }

    private void Remember(Verification verification, bool isRight, TimeSpan length)
    {
        lock (_gate)
        {
            _pending.Remove(verification.Key);
            (isRight ? _accepted : _refused).Add(verification.Key);
            if (isRight) return;
            _failures.Add(verification.Source);
            _turns.Pause(length);
        }
    }

    private void GiveUp(Verification verification)
    {
        _pending.Remove(verification.Key);
        verification.Complete(AuthenticationResult.Busy);
    }
}
