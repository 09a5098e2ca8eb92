namespace Calamary.Core.Configuration;

/// <summary>An address to listen on.</summary>
/// <param name="Endpoint">Address and port, 1 to 65535.</param>
/// <param name="IsDefault">Not stated by the user: that the machine lacks it is a warning; for a stated one, an error.</param>
public readonly record struct ListenAddress(Endpoint Endpoint, bool IsDefault);
