namespace Calamary.Core;

/// <summary>Whether a flow is, or can be, decrypted.</summary>
public enum Interception : byte
{
    /// <summary>Not so far: rules with the action <c>intercept</c> count.</summary>
    None,
    /// <summary>It cannot be, or there is nothing to decrypt: rules with the action <c>intercept</c> are passed over.</summary>
    Skipped,
    /// <summary>The facts are those of what is inside; rules with the action <c>intercept</c> are passed over.</summary>
    Inside,
}
