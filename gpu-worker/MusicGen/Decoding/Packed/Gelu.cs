using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>x·Φ(x), with the error function by Abramowitz and Stegun 7.1.26 (error at most 1.5e-7).</summary>
internal static unsafe class Gelu
{
    /// <param name="count">A multiple of 16.</param>
    public static void Apply(float* values, int count)
    {
        var one = Vector512<float>.One;
        for (var i = 0; i < count; i += Vector512<float>.Count)
        {
            var x = Vector512.Load(values + i);
            var z = Vector512.Abs(x) * 0.70710678f;
            var t = one / Vector512.FusedMultiplyAdd(z, Vector512.Create(0.3275911f), one);
            var sum = Vector512.Create(1.061405429f);
            sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(-1.453152027f));
            sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(1.421413741f));
            sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(-0.284496736f));
            sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(0.254829592f));
            // 1 − |erf|, so that the tail of negative numbers does not cancel out.
            var tail = sum * t * Vector512.Exp(-(z * z)) * 0.5f;
            var share = Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail, one - tail);
            (x * share).Store(values + i);
        }
    }
}
