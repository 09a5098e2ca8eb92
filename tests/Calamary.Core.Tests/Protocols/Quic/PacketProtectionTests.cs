using System.Buffers.Binary;
using System.Security.Cryptography;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

public sealed class PacketProtectionTests
{
    private static readonly byte[] Id = Convert.FromHexString("8394C8F03E515708");

    // RFC 9001 appendix A.3 and A.2; RFC 9369 appendix A.3: a server's packet, protected by other people's code.
    [Theory]
    [InlineData(1, "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f58891850abbdca3d20398c276456cbc42158407dd074ee")]
    [InlineData(0x6B3343CF, "dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017915358230035f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140")]
    public void The_server_packet_of_the_RFC(uint version, string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(QuicPacket.TryRead(bytes, out var packet));
        Assert.Equal(QuicPacketType.Initial, packet.Type);
        QuicVersion.TryGet(version, out var of);
        Assert.True(PacketProtection.TryOpen(InitialKeys.OfServer(of, Id), packet, new byte[bytes.Length], out var payload));
        // ACK, then CRYPTO with a ServerHello.
        Assert.Equal("02000000000600405a020000560303", Convert.ToHexStringLower(payload[..15]));
        Assert.False(PacketProtection.TryOpen(InitialKeys.OfClient(of, Id), packet, new byte[bytes.Length], out _));
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var bytes = Initials.Packet(Initials.Crypto(0, Initials.Hello("a.example")), length: 300);
        QuicVersion.TryGet(1, out var version);
        var keys = InitialKeys.OfClient(version, Initials.A);
        var buffer = new byte[bytes.Length];
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(QuicPacket.TryRead(bytes, out var packet) && PacketProtection.TryOpen(keys, packet, buffer, out _), $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
    }

    [Fact]
    public void As_the_framework_does()
    {
        var random = new Random(1);
        QuicVersion.TryGet(1, out var version);
        // RFC 9001 appendix A.1
        var key = Convert.FromHexString("1F369613DD76D5467730EFCBE3B1A22D");
        var iv = Convert.FromHexString("FA044B2F42A3FD3B46FB255C");
        using var framework = new AesGcm(key, 16);
        var keys = InitialKeys.OfClient(version, Id);
        for (var i = 0; i < 500; i++)
        {
            var header = new byte[random.Next(1, 60)];
            var text = new byte[random.Next(0, 200)];
            random.NextBytes(header);
            random.NextBytes(text);
            var number = random.NextInt64(1L << 62);
            var nonce = iv.ToArray();
            BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), BinaryPrimitives.ReadInt64BigEndian(iv.AsSpan(4)) ^ number);
            var (expected, expectedTag) = (new byte[text.Length], new byte[16]);
            framework.Encrypt(nonce, text, expected, expectedTag, header);

            keys.Cipher(number, text);
            Assert.Equal(expected, text);
            var hash = Ghash.Compute(keys.HashKey, header, text);
            var tag = keys.Tag(number, hash);
            Assert.Equal(System.Runtime.Intrinsics.Vector128.Create(expectedTag), tag);
            Assert.True(keys.TryGetNumber(tag, hash, out var found));
            Assert.Equal(number, found);
            Assert.False(keys.TryGetNumber(~tag, hash, out _));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData((1L << 62) - 1)]
    public void The_packet_number_is_found(long number)
    {
        var bytes = Initials.Packet([1], number: number);
        QuicVersion.TryGet(1, out var version);
        Assert.True(QuicPacket.TryRead(bytes, out var packet));
        Assert.True(PacketProtection.TryOpen(InitialKeys.OfClient(version, Initials.A), packet, new byte[2000], out var payload));
        Assert.Equal(1, payload[0]);
    }

    [Fact]
    public void A_number_beyond_62_bits_is_none()
    {
        var bytes = Initials.Packet([1], number: 1L << 62);
        QuicVersion.TryGet(1, out var version);
        Assert.True(QuicPacket.TryRead(bytes, out var packet));
        Assert.False(PacketProtection.TryOpen(InitialKeys.OfClient(version, Initials.A), packet, new byte[2000], out _));
    }
}
