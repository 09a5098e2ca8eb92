namespace Calamary.Core.Protocols.Http2;

/// <summary>Settings (RFC 9113 §6.5.2, RFC 8441 §3) that the proxy reads or changes.</summary>
internal enum SettingId : ushort
{
    HeaderTableSize = 1,
    EnablePush = 2,
    InitialWindowSize = 4,
    MaxFrameSize = 5,
    MaxHeaderListSize = 6,
    EnableConnectProtocol = 8,
}
