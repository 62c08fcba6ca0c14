using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>The codec's activation functions, eight numbers at a time.</summary>
internal static unsafe class Activations
{
    /// <summary><c>x</c> above zero, else <c>eˣ − 1</c> (α = 1).</summary>
    /// <param name="count">Numbers; whole vectors are read and written, so it is rounded up to eight.</param>
    public static void Elu(float* from, float* to, nint count)
    {
        for (nint i = 0; i < count; i += Vector256<float>.Count)
        {
            var x = Vector256.Load(from + i);
            var below = Exp(Vector256.Min(x, Vector256<float>.Zero)) - Vector256<float>.One;
            Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256<float>.Zero), x, below).Store(to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x) => Vector256<float>.One - Vector256.Create(2f) / (Exp(x + x) + Vector256<float>.One);

    /// <summary>
    /// <c>2ⁿ · eʳ</c> with <c>n = round(x / ln 2)</c>, ln 2 in two parts, and the series of <c>eʳ</c> to the seventh power:
    /// |r| ≤ ln 2 / 2 leaves 2 · 10⁻⁹ of relative error, less than a float's half step.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Exp(Vector256<float> x)
    {
        const float log2E = 1.44269504f, ln2High = 0.693359375f, ln2Low = -2.12194440e-4f, most = 88f;
        const int exponentBits = 23;
        x = Vector256.Max(Vector256.Min(x, Vector256.Create(most)), Vector256.Create(-87f));
        var n = Vector256.Round(x * log2E);
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-ln2High), x);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-ln2Low), r);
        var sum = Vector256.Create(1f / 5040);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f / 720));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f / 120));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f / 24));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f / 6));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(0.5f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<float>.One);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<float>.One);
        // The exponent field counts powers of two: adding n to it multiplies by 2ⁿ.
        return (sum.AsInt32() + (Vector256.ConvertToInt32(n) << exponentBits)).AsSingle();
    }
}
