using System.Text;
using Calamary.Core.Transport.Native;

namespace Calamary.Core.Transport;

/// <summary>What every connection towards servers carries (SPEC 3 <c>output</c>).</summary>
/// <param name="Mark">SO_MARK, 0 for none.</param>
/// <param name="Interface">SO_BINDTODEVICE, empty for none.</param>
/// <param name="SourceIPv4">The source address towards IPv4 servers, or null.</param>
/// <param name="SourceIPv6">The same for IPv6.</param>
internal sealed unsafe record OutboundOptions(uint Mark = 0, string Interface = "", Address? SourceIPv4 = null, Address? SourceIPv6 = null)
{
    /// <summary>Tries the options on a socket that goes nowhere. Returns the system's words for what fails, or null.</summary>
    public string? Probe()
    {
        foreach (var ipv6 in new[] { false, true })
        {
            var descriptor = Libc.CreateSocket(ipv6 ? Native.Socket.Inet6 : Native.Socket.Inet, Native.Socket.Stream);
            if (descriptor < 0) continue;
            var result = Apply(descriptor, ipv6);
            _ = Libc.Close(descriptor);
            if (result < 0) return Errno.Describe(-result);
        }
        return null;
    }

    /// <summary>Returns 0 or a negated errno.</summary>
    public int Apply(int descriptor, bool ipv6)
    {
        var result = 0;
        if (Mark != 0) result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.Mark, (int)Mark);
        if (result >= 0 && Interface.Length > 0)
        {
            var bytes = Encoding.UTF8.GetBytes(Interface);
            fixed (byte* name = bytes)
                result = Libc.SetOption(descriptor, Native.Socket.LevelSocket, Native.Socket.BindToDevice, name, (uint)bytes.Length);
        }
        if (result >= 0 && (ipv6 ? SourceIPv6 : SourceIPv4) is { } source)
        {
            // The port is chosen at connect, when the kernel knows the whole 4-tuple: no limit of 28,000 connections per address.
            _ = Libc.SetOption(descriptor, Native.Socket.LevelIp, Native.Socket.BindAddressNoPort, 1);
            var address = SockAddr.From(new Endpoint(source, 0));
            result = Libc.Bind(descriptor, &address, address.Capacity);
        }
        return result;
    }
}
