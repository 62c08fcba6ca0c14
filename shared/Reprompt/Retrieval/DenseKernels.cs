using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>The arithmetic of a transformer layer on rows of floats.</summary>
internal static class DenseKernels
{
    /// <summary><see cref="Multiply"/> takes this many rows at a time, so that a weight is loaded once for all of them.</summary>
    public const int RowBlock = 4;

    /// <summary>output = input · weights + bias.</summary>
    /// <param name="input">[rows, inputs]; rows a multiple of <see cref="RowBlock"/>.</param>
    /// <param name="weights">[inputs, outputs]; outputs a multiple of twice the vector width (all sizes here are of 256).</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="output">[rows, outputs].</param>
    public static void Multiply(
        ReadOnlySpan<float> input, ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, Span<float> output, int rows)
    {
        var inputs = input.Length / rows;
        var outputs = bias.Length;
        for (var column = 0; column < outputs; column += 2 * Vector<float>.Count)
        {
            for (var row = 0; row < rows; row += RowBlock)
            {
                MultiplyBlock(
                    ref MemoryMarshal.GetReference(input[(row * inputs)..]),
                    ref MemoryMarshal.GetReference(weights[column..]),
                    bias.Slice(column, 2 * Vector<float>.Count),
                    ref MemoryMarshal.GetReference(output[((row * outputs) + column)..]),
                    inputs,
                    outputs);
            }
        }
    }

    private static void MultiplyBlock(
        ref float input, ref float weights, ReadOnlySpan<float> bias, ref float output, int inputs, int outputs)
    {
        var width = (nuint)Vector<float>.Count;
        Vector<float> a0 = new(bias), a1 = a0, a2 = a0, a3 = a0;
        Vector<float> b0 = new(bias[Vector<float>.Count..]), b1 = b0, b2 = b0, b3 = b0;
        var stride = (nuint)inputs;
        for (nuint k = 0, at = 0; k < stride; k++, at += (nuint)outputs)
        {
            var a = Vector.LoadUnsafe(ref weights, at);
            var b = Vector.LoadUnsafe(ref weights, at + width);
            var x0 = Vector.Create(Unsafe.Add(ref input, k));
            var x1 = Vector.Create(Unsafe.Add(ref input, k + stride));
            var x2 = Vector.Create(Unsafe.Add(ref input, k + (2 * stride)));
            var x3 = Vector.Create(Unsafe.Add(ref input, k + (3 * stride)));
            a0 = Vector.MultiplyAddEstimate(x0, a, a0);
            b0 = Vector.MultiplyAddEstimate(x0, b, b0);
            a1 = Vector.MultiplyAddEstimate(x1, a, a1);
            b1 = Vector.MultiplyAddEstimate(x1, b, b1);
            a2 = Vector.MultiplyAddEstimate(x2, a, a2);
            b2 = Vector.MultiplyAddEstimate(x2, b, b2);
            a3 = Vector.MultiplyAddEstimate(x3, a, a3);
            b3 = Vector.MultiplyAddEstimate(x3, b, b3);
        }

        var next = (nuint)outputs;
        a0.StoreUnsafe(ref output, 0);
        b0.StoreUnsafe(ref output, width);
        a1.StoreUnsafe(ref output, next);
        b1.StoreUnsafe(ref output, next + width);
        a2.StoreUnsafe(ref output, 2 * next);
        b2.StoreUnsafe(ref output, (2 * next) + width);
        a3.StoreUnsafe(ref output, 3 * next);
        b3.StoreUnsafe(ref output, (3 * next) + width);
    }

    /// <summary>The sum of products.</summary>
    public static float Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> two)
    {
        var sums = Vector<float>.Zero;
        var index = 0;
        for (; index <= one.Length - Vector<float>.Count; index += Vector<float>.Count)
            sums = Vector.MultiplyAddEstimate(new Vector<float>(one[index..]), new Vector<float>(two[index..]), sums);
        var sum = Vector.Sum(sums);
        for (; index < one.Length; index++) sum += one[index] * two[index];
        return sum;
    }

    /// <summary>target += scale · values.</summary>
    public static void AddScaled(Span<float> target, ReadOnlySpan<float> values, float scale)
    {
        var index = 0;
        for (; index <= target.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var sum = Vector.MultiplyAddEstimate(new Vector<float>(values[index..]), new Vector<float>(scale), new Vector<float>(target[index..]));
            sum.CopyTo(target[index..]);
        }

        for (; index < target.Length; index++) target[index] += values[index] * scale;
    }

    /// <summary>Each row with mean 0 and variance 1, then scaled and shifted.</summary>
    /// <param name="input">[rows, width].</param>
    /// <param name="scale">[width].</param>
    public static void LayerNorm(ReadOnlySpan<float> input, ReadOnlySpan<float> scale, ReadOnlySpan<float> bias, Span<float> output)
    {
        const float Epsilon = 1e-6f;
        var width = scale.Length;
        for (var start = 0; start < input.Length; start += width)
        {
            var row = input.Slice(start, width);
            var mean = 0f;
            foreach (var value in row) mean += value;
            mean /= width;
            var variance = 0f;
            foreach (var value in row) variance += (value - mean) * (value - mean);
            var factor = 1 / MathF.Sqrt((variance / width) + Epsilon);
            var normal = output.Slice(start, width);
            for (var index = 0; index < width; index++) normal[index] = ((row[index] - mean) * factor * scale[index]) + bias[index];
        }
    }

    /// <summary>Exponentials that sum to 1, in place.</summary>
    public static void Softmax(Span<float> values)
    {
        var most = float.NegativeInfinity;
        foreach (var value in values) most = Math.Max(most, value);
        var sum = 0f;
        foreach (ref var value in values) sum += value = MathF.Exp(value - most);
        foreach (ref var value in values) value /= sum;
    }
}
