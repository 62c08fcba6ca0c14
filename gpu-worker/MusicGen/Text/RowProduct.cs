using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Text;

/// <summary>Rows of floats in memory.</summary>
/// <param name="Stride">From a row to the next, in floats.</param>
internal readonly unsafe record struct Rows(nint Data, long Stride, int Count)
{
    public float* this[int row] => (float*)Data + row * Stride;
}

/// <summary>
/// Dot products of every row with every row of a weight as it lies in a checkpoint, <c>[outputs, inputs]</c>. Each product adds up sixteen lanes
/// in the order of the inputs, then the lanes, then what is left over: a result depends on no other row and on no number of threads.
/// </summary>
internal static unsafe class RowProduct
{
    /// <summary>Weight rows, and rows, of a tile: sixteen sums hide what an addition takes, and every value loaded is used four times.</summary>
    public const int Tile = 4;

    private const int Lane = 16;

    /// <summary>A tile of the weight stays in the cache while all rows pass, so it is read from memory once.</summary>
    /// <param name="depth">Floats of a row of either.</param>
    /// <param name="output"><c>[rows, stride]</c>, of each row the weight's count is written.</param>
    public static void Multiply(Rows rows, Rows weight, int depth, Rows output)
    {
        var w = 0;
        for (; w + Tile <= weight.Count; w += Tile)
        {
            var row = 0;
            for (; row + Tile <= rows.Count; row += Tile) FourByFour(rows, row, weight, w, depth, output);
            for (; row < rows.Count; row++) OneByFour(rows[row], weight, w, depth, output[row] + w);
        }

        for (; w < weight.Count; w++)
        {
            for (var row = 0; row < rows.Count; row++) output[row][w] = OneByOne(rows[row], weight[w], depth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(Rows rows, int row, Rows weight, int first, int depth, Rows output)
    {
        float* x0 = rows[row], x1 = rows[row + 1], x2 = rows[row + 2], x3 = rows[row + 3];
        float* w0 = weight[first], w1 = weight[first + 1], w2 = weight[first + 2], w3 = weight[first + 3];
        var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1, b2, b3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (c0, c1, c2, c3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (d0, d1, d2, d3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i + Lane <= depth; i += Lane)
        {
            var (v0, v1, v2, v3) = (Vector512.Load(w0 + i), Vector512.Load(w1 + i), Vector512.Load(w2 + i), Vector512.Load(w3 + i));
            var x = Vector512.Load(x0 + i);
            a0 = Vector512.FusedMultiplyAdd(x, v0, a0);
            a1 = Vector512.FusedMultiplyAdd(x, v1, a1);
            a2 = Vector512.FusedMultiplyAdd(x, v2, a2);
            a3 = Vector512.FusedMultiplyAdd(x, v3, a3);
            x = Vector512.Load(x1 + i);
            b0 = Vector512.FusedMultiplyAdd(x, v0, b0);
            b1 = Vector512.FusedMultiplyAdd(x, v1, b1);
            b2 = Vector512.FusedMultiplyAdd(x, v2, b2);
            b3 = Vector512.FusedMultiplyAdd(x, v3, b3);
            x = Vector512.Load(x2 + i);
            c0 = Vector512.FusedMultiplyAdd(x, v0, c0);
            c1 = Vector512.FusedMultiplyAdd(x, v1, c1);
            c2 = Vector512.FusedMultiplyAdd(x, v2, c2);
            c3 = Vector512.FusedMultiplyAdd(x, v3, c3);
            x = Vector512.Load(x3 + i);
            d0 = Vector512.FusedMultiplyAdd(x, v0, d0);
            d1 = Vector512.FusedMultiplyAdd(x, v1, d1);
            d2 = Vector512.FusedMultiplyAdd(x, v2, d2);
            d3 = Vector512.FusedMultiplyAdd(x, v3, d3);
        }

        Store(a0, a1, a2, a3, x0, weight, first, depth, output[row] + first);
        Store(b0, b1, b2, b3, x1, weight, first, depth, output[row + 1] + first);
        Store(c0, c1, c2, c3, x2, weight, first, depth, output[row + 2] + first);
        Store(d0, d1, d2, d3, x3, weight, first, depth, output[row + 3] + first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(float* x, Rows weight, int first, int depth, float* output)
    {
        float* w0 = weight[first], w1 = weight[first + 1], w2 = weight[first + 2], w3 = weight[first + 3];
        var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i + Lane <= depth; i += Lane)
        {
            var v = Vector512.Load(x + i);
            a0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(w0 + i), a0);
            a1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(w1 + i), a1);
            a2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(w2 + i), a2);
            a3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(w3 + i), a3);
        }

        Store(a0, a1, a2, a3, x, weight, first, depth, output);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float OneByOne(float* x, float* w, int depth)
    {
        var sum = Vector512<float>.Zero;
        for (var i = 0; i + Lane <= depth; i += Lane) sum = Vector512.FusedMultiplyAdd(Vector512.Load(x + i), Vector512.Load(w + i), sum);
        return Rest(Vector512.Sum(sum), x, w, depth);
    }

    private static void Store(
        Vector512<float> sum0, Vector512<float> sum1, Vector512<float> sum2, Vector512<float> sum3, float* x, Rows weight, int first, int depth, float* output)
    {
        output[0] = Rest(Vector512.Sum(sum0), x, weight[first], depth);
        output[1] = Rest(Vector512.Sum(sum1), x, weight[first + 1], depth);
        output[2] = Rest(Vector512.Sum(sum2), x, weight[first + 2], depth);
        output[3] = Rest(Vector512.Sum(sum3), x, weight[first + 3], depth);
    }

    /// <summary>Adds what is left over after the last sixteen.</summary>
    private static float Rest(float sum, float* x, float* w, int depth)
    {
        for (var i = depth / Lane * Lane; i < depth; i++) sum = MathF.FusedMultiplyAdd(x[i], w[i], sum);
        return sum;
    }
}
