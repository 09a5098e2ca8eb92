namespace Calamary.Core.Users;

/// <summary>A name and a password that wait for their turn, and all flows that wait for the answer.</summary>
/// <param name="Key">What they are remembered by.</param>
/// <param name="Password">The password.</param>
/// <param name="Hash">The hash to compare it with.</param>
/// <param name="IsKnown">Whether the hash is that of a user.</param>
/// <param name="Source">Who is blamed when it is wrong.</param>
/// <param name="Since">When it began to wait.</param>
internal sealed record Verification(UInt128 Key, string Password, string Hash, bool IsKnown, Address Source, long Since)
{
    // Flows go on on their own threads.
    private readonly TaskCompletionSource<AuthenticationResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<AuthenticationResult> Answer => _answer.Task;

    public void Complete(AuthenticationResult result) => _answer.SetResult(result);

    public void Fail(Exception bug) => _answer.SetException(bug);
}
