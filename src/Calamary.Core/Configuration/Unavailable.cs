namespace Calamary.Core.Configuration;

/// <summary>Keys of later versions: their off value is taken, anything else is an error and never ignored.</summary>
internal static class Unavailable
{
    public const string Message = "not available in this version";

    /// <summary>A flag that must be off.</summary>
    public static void MustBeOff(this Section section, string key)
    {
        if (section.Flag(key, false)) section.Error(key, Message);
    }

    /// <summary>A key that must not be there.</summary>
    public static void MustBeAbsent(this Section section, string key)
    {
        if (section.Has(key)) section.Error(key, Message);
    }
}
