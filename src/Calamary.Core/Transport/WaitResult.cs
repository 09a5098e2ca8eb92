namespace Calamary.Core.Transport;

/// <summary>What came of waiting for a socket.</summary>
internal enum WaitResult : byte
{
    /// <summary>Try the call again.</summary>
    Ready,
    /// <summary>The deadline passed first.</summary>
    TimedOut,
    /// <summary>The flow was ended from elsewhere.</summary>
    Aborted,
}
