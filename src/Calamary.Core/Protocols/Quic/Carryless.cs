using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmAes = System.Runtime.Intrinsics.Arm.Aes;

namespace Calamary.Core.Protocols.Quic;

/// <summary>Multiplies polynomials over GF(2).</summary>
internal static class Carryless
{
    /// <summary>The product's upper and lower 64 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (ulong High, ulong Low) Multiply(ulong a, ulong b)
    {
        Vector128<ulong> product;
        if (Pclmulqdq.IsSupported)
            product = Pclmulqdq.CarrylessMultiply(Vector128.CreateScalar(a), Vector128.CreateScalar(b), 0);
        else if (ArmAes.IsSupported)
            product = ArmAes.PolynomialMultiplyWideningLower(Vector64.Create(a), Vector64.Create(b));
        else
            return MultiplySoftware(a, b);
        return (product.GetElement(1), product.GetElement(0));
    }

    internal static (ulong High, ulong Low) MultiplySoftware(ulong a, ulong b)
    {
        var (high, low) = (0UL, 0UL);
        for (var i = 63; i >= 0; i--)
        {
            high = high << 1 | low >> 63;
            low = low << 1 ^ (a & (0 - (b >> i & 1)));
        }
        return (high, low);
    }
}
