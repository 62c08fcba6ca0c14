using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AudioReprompt.Statistics;

/// <summary>The arithmetic of matrices whose rows lie one after the other.</summary>
internal static class RowKernels
{
    /// <summary>Rows of either matrix in a block of <see cref="MultiplyTransposed"/>: 4 × 3 sums and the 3 + 1 operands fit 16 vector registers.</summary>
    private const int Tall = 4;
    private const int Wide = 3;

    /// <summary>target += factor · source.</summary>
    public static void AddScaled(Span<double> target, ReadOnlySpan<double> source, double factor)
    {
        var index = 0;
        var factors = new Vector<double>(factor);
        for (; index <= target.Length - Vector<double>.Count; index += Vector<double>.Count)
        {
            var sum = Vector.MultiplyAddEstimate(factors, new Vector<double>(source[index..]), new Vector<double>(target[index..]));
            sum.CopyTo(target[index..]);
        }

        for (; index < target.Length; index++) target[index] += factor * source[index];
    }

    /// <summary>The sum of squares.</summary>
    public static double SquareSum(ReadOnlySpan<double> values) => Dot(values, values);

    /// <summary>The sum of products.</summary>
    public static double Dot(ReadOnlySpan<double> one, ReadOnlySpan<double> two)
    {
        var sums = Vector<double>.Zero;
        var index = 0;
        for (; index <= one.Length - Vector<double>.Count; index += Vector<double>.Count)
            sums = Vector.MultiplyAddEstimate(new Vector<double>(one[index..]), new Vector<double>(two[index..]), sums);
        var sum = Vector.Sum(sums);
        for (; index < one.Length; index++) sum += one[index] * two[index];
        return sum;
    }

    /// <summary>product = a · bᵀ.</summary>
    /// <param name="a">[rowsA, columns].</param>
    /// <param name="b">[rowsB, columns].</param>
    /// <param name="product">[rowsA, rowsB].</param>
    public static void MultiplyTransposed(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product, int columns)
    {
        var (rowsA, rowsB) = (a.Length / columns, b.Length / columns);
        for (var row = 0; row < rowsA; row += Tall)
        {
            for (var column = 0; column < rowsB; column += Wide)
            {
                if (row + Tall <= rowsA && column + Wide <= rowsB)
                {
                    MultiplyBlock(
                        a.Slice(row * columns, Tall * columns),
                        b.Slice(column * columns, Wide * columns),
                        product[((row * rowsB) + column)..],
                        rowsB);
                    continue;
                }

                for (var i = row; i < Math.Min(row + Tall, rowsA); i++)
                    for (var j = column; j < Math.Min(column + Wide, rowsB); j++)
                        product[(i * rowsB) + j] = Dot(a.Slice(i * columns, columns), b.Slice(j * columns, columns));
            }
        }
    }

    /// <summary>Twelve dot products at once, so that each value that is loaded serves several of them.</summary>
    private static void MultiplyBlock(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> product, int stride)
    {
        var columns = (nuint)(a.Length / Tall);
        var width = (nuint)Vector<double>.Count;
        ref var fromA = ref MemoryMarshal.GetReference(a);
        ref var fromB = ref MemoryMarshal.GetReference(b);
        Vector<double> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector<double> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        nuint at = 0;
        for (; at + width <= columns; at += width)
        {
            var b0 = Vector.LoadUnsafe(ref fromB, at);
            var b1 = Vector.LoadUnsafe(ref fromB, at + columns);
            var b2 = Vector.LoadUnsafe(ref fromB, at + (2 * columns));
            var x = Vector.LoadUnsafe(ref fromA, at);
            s00 = Vector.MultiplyAddEstimate(x, b0, s00);
            s01 = Vector.MultiplyAddEstimate(x, b1, s01);
            s02 = Vector.MultiplyAddEstimate(x, b2, s02);
            x = Vector.LoadUnsafe(ref fromA, at + columns);
            s10 = Vector.MultiplyAddEstimate(x, b0, s10);
            s11 = Vector.MultiplyAddEstimate(x, b1, s11);
            s12 = Vector.MultiplyAddEstimate(x, b2, s12);
            x = Vector.LoadUnsafe(ref fromA, at + (2 * columns));
            s20 = Vector.MultiplyAddEstimate(x, b0, s20);
            s21 = Vector.MultiplyAddEstimate(x, b1, s21);
            s22 = Vector.MultiplyAddEstimate(x, b2, s22);
            x = Vector.LoadUnsafe(ref fromA, at + (3 * columns));
            s30 = Vector.MultiplyAddEstimate(x, b0, s30);
            s31 = Vector.MultiplyAddEstimate(x, b1, s31);
            s32 = Vector.MultiplyAddEstimate(x, b2, s32);
        }

        Span<double> sums =
        [
            Vector.Sum(s00), Vector.Sum(s01), Vector.Sum(s02), Vector.Sum(s10), Vector.Sum(s11), Vector.Sum(s12),
            Vector.Sum(s20), Vector.Sum(s21), Vector.Sum(s22), Vector.Sum(s30), Vector.Sum(s31), Vector.Sum(s32),
        ];
        for (nuint i = 0; i < Tall; i++)
        {
            for (nuint j = 0; j < Wide; j++)
            {
                var sum = sums[(int)((i * Wide) + j)];
                for (var rest = at; rest < columns; rest++)
                    sum += Unsafe.Add(ref fromA, (i * columns) + rest) * Unsafe.Add(ref fromB, (j * columns) + rest);
                product[((int)i * stride) + (int)j] = sum;
            }
        }
    }
}
