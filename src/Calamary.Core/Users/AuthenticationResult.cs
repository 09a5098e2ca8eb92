namespace Calamary.Core.Users;

/// <summary>What came of comparing a name and a password with the users.</summary>
internal enum AuthenticationResult : byte
{
    /// <summary>They are a user's.</summary>
    Accepted,
    /// <summary>They are not.</summary>
    Refused,
    /// <summary>They were not compared: too many wait, or too many from this source were wrong.</summary>
    Busy,
}
