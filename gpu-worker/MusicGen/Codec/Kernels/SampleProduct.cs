using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>A convolution with one output: a panel of 32 columns would be empty but for one, so the depth is what lies side by side here.</summary>
internal static unsafe class SampleProduct
{
    private const int SamplesPerItem = 1024;

    /// <summary>Computes samples one after the other.</summary>
    /// <param name="weights"><c>[taps, width]</c>, zero beyond the inputs.</param>
    /// <param name="width">A multiple of 32: the floats of a row that are in use.</param>
    public static void Run(int threads, ProductSource source, float* weights, int width, float bias, float* samples, int count)
    {
        var (from, to) = ((nint)weights, (nint)samples);
        PhasedLoop.Run(threads, 1, (count + SamplesPerItem - 1) / SamplesPerItem, (_, item) =>
        {
            var end = Math.Min(count, (item + 1) * SamplesPerItem);
            for (var sample = item * SamplesPerItem; sample < end; sample++) ((float*)to)[sample] = bias + Sample(source, source.Row(sample), (float*)from, width);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sample(in ProductSource source, float* row, float* weights, int width)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (var tap = 0; tap < source.Taps; tap++, row += source.TapStride, weights += width)
        {
            for (var i = 0; i < width; i += 32)
            {
                a = Vector256.FusedMultiplyAdd(Vector256.Load(row + i), Vector256.Load(weights + i), a);
                b = Vector256.FusedMultiplyAdd(Vector256.Load(row + i + 8), Vector256.Load(weights + i + 8), b);
                c = Vector256.FusedMultiplyAdd(Vector256.Load(row + i + 16), Vector256.Load(weights + i + 16), c);
                d = Vector256.FusedMultiplyAdd(Vector256.Load(row + i + 24), Vector256.Load(weights + i + 24), d);
            }
        }

        return Vector256.Sum(a + b + (c + d));
    }
}
