using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Calamary.Core.Protocols.Quic;

namespace Calamary.Core.Tests.Protocols.Quic;

public sealed class Aes128Tests
{
    // FIPS 197 appendix B.
    [Fact]
    public void The_standards_example()
    {
        var cipher = new Aes128(Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C"));
        var text = Vector128.Create(Convert.FromHexString("3243F6A8885A308D313198A2E0370734"));
        var encrypted = Vector128.Create(Convert.FromHexString("3925841D02DC09FBDC118597196A0B32"));
        Assert.Equal(encrypted, cipher.Encrypt(text));
        Assert.Equal(encrypted, cipher.EncryptSoftware(text));
        Assert.Equal(text, cipher.Decrypt(encrypted));
        Assert.Equal(text, cipher.DecryptSoftware(encrypted));
    }

    [Fact]
    public void As_the_framework_does()
    {
        var random = new Random(1);
        var (key, block) = (new byte[16], new byte[16]);
        for (var i = 0; i < 500; i++)
        {
            random.NextBytes(key);
            random.NextBytes(block);
            using var framework = Aes.Create();
            framework.Key = key;
            var text = Vector128.Create(block);
            var encrypted = Vector128.Create(framework.EncryptEcb(block, PaddingMode.None));
            var cipher = new Aes128(key);
            Assert.Equal(encrypted, cipher.Encrypt(text));
            Assert.Equal(encrypted, cipher.EncryptSoftware(text));
            Assert.Equal(text, cipher.Decrypt(encrypted));
            Assert.Equal(text, cipher.DecryptSoftware(encrypted));
        }
    }

    [Fact]
    public void Carryless_products_are_the_same_in_software()
    {
        var random = new Random(1);
        Assert.Equal((0x5555555555555555UL, 0x5555555555555555UL), Carryless.MultiplySoftware(ulong.MaxValue, ulong.MaxValue));
        for (var i = 0; i < 1000; i++)
        {
            var (a, b) = ((ulong)random.NextInt64() << 1, (ulong)random.NextInt64() << (i & 1));
            Assert.Equal(Carryless.MultiplySoftware(a, b), Carryless.Multiply(a, b));
        }
    }
}
