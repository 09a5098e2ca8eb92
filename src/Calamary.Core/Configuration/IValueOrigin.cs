namespace Calamary.Core.Configuration;

/// <summary>Tells where values come from, for problems.</summary>
internal interface IValueOrigin
{
    /// <summary>Where the value with this number stands.</summary>
    ConfigPosition Locate(int number);
}
