using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Products of a packed matrix with rows of 16-bit activations. Within a block everything is whole numbers and exact; blocks are added as
/// floats in their order. So a row's result depends on neither its neighbours nor the number of threads, to the last bit.
/// </summary>
internal static unsafe class MatrixKernel
{
    private const int Quads = PackedMatrix.Block / 4;
    private const int Tile = 16;

    /// <summary>Computes one group of outputs for all rows.</summary>
    /// <param name="output"><c>[rows, stride]</c>; of each row the group's values are written.</param>
    /// <param name="stride">Of the output, in floats.</param>
    public static void Multiply(in PackedMatrix matrix, int group, ActivationRows input, float* output, int stride)
    {
        if (matrix.Bits == 8) Multiply<EightBits>(matrix, group, input, output, stride);
        else Multiply<FourBits>(matrix, group, input, output, stride);
    }

    private static void Multiply<TWeights>(in PackedMatrix matrix, int group, ActivationRows input, float* output, int stride)
        where TWeights : struct, IWeights
    {
        output += group * PackedMatrix.Group;
        for (var row = 0; row < input.Count;)
        {
            var place = output + (long)row * stride;
            var together = input.RunLength(row);
            switch (together)
            {
                case 4:
                    FourRows<TWeights>(matrix, group, input, row, place, stride);
                    break;
                case 2:
                    TwoRows<TWeights>(matrix, group, input, row, place, stride);
                    break;
                default:
                    OneRow<TWeights>(matrix, group, input, row, place);
                    break;
            }

            row += together;
        }
    }

    private static void OneRow<TWeights>(in PackedMatrix matrix, int group, ActivationRows input, int row, float* output)
        where TWeights : struct, IWeights
    {
        var x = input.Run(row);
        var (a0, a1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var scales = matrix.Scales(group, 0);
        for (var block = 0; block < matrix.Blocks; block++)
        {
            var w = (byte*)scales + PackedMatrix.ScaleBytes;
            var ia0 = Start<TWeights>(input, row, block);
            var ia1 = ia0;
            for (var quad = 0; quad < Quads; quad++)
            {
                Lanes.Prefetch(w + Lanes.ReadAhead);
                TWeights.Widen(w, out var v0, out var v1, out var w0, out var w1);
                var pair = Lanes.Pair(x);
                ia0 += Lanes.Dot(v0, pair);
                ia1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 2);
                ia0 += Lanes.Dot(w0, pair);
                ia1 += Lanes.Dot(w1, pair);
                x += 1 * 4;
                w += TWeights.QuadBytes;
            }

            var (s0, s1) = (Lanes.ToSingle(scales), Lanes.ToSingle(scales + Tile));
            a0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia0), s0, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia1), s1, a1);
            scales = (ushort*)w;
        }

        Store(a0, a1, input.Scale(row), output);
    }

    private static void TwoRows<TWeights>(in PackedMatrix matrix, int group, ActivationRows input, int row, float* output, int stride)
        where TWeights : struct, IWeights
    {
        var x = input.Run(row);
        var (a0, a1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var scales = matrix.Scales(group, 0);
        for (var block = 0; block < matrix.Blocks; block++)
        {
            var w = (byte*)scales + PackedMatrix.ScaleBytes;
            var ia0 = Start<TWeights>(input, row, block);
            var ia1 = ia0;
            var ib0 = Start<TWeights>(input, row + 1, block);
            var ib1 = ib0;
            for (var quad = 0; quad < Quads; quad++)
            {
                Lanes.Prefetch(w + Lanes.ReadAhead);
                TWeights.Widen(w, out var v0, out var v1, out var w0, out var w1);
                var pair = Lanes.Pair(x);
                ia0 += Lanes.Dot(v0, pair);
                ia1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 2);
                ib0 += Lanes.Dot(v0, pair);
                ib1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 4);
                ia0 += Lanes.Dot(w0, pair);
                ia1 += Lanes.Dot(w1, pair);
                pair = Lanes.Pair(x + 6);
                ib0 += Lanes.Dot(w0, pair);
                ib1 += Lanes.Dot(w1, pair);
                x += 2 * 4;
                w += TWeights.QuadBytes;
            }

            var (s0, s1) = (Lanes.ToSingle(scales), Lanes.ToSingle(scales + Tile));
            a0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia0), s0, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia1), s1, a1);
            b0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ib0), s0, b0);
            b1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ib1), s1, b1);
            scales = (ushort*)w;
        }

        Store(a0, a1, input.Scale(row), output);
        Store(b0, b1, input.Scale(row + 1), output + stride);
    }

    /// <summary>As many sums as there are registers for.</summary>
    private static void FourRows<TWeights>(in PackedMatrix matrix, int group, ActivationRows input, int row, float* output, int stride)
        where TWeights : struct, IWeights
    {
        var x = input.Run(row);
        var (a0, a1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (c0, c1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var (d0, d1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        var scales = matrix.Scales(group, 0);
        for (var block = 0; block < matrix.Blocks; block++)
        {
            var w = (byte*)scales + PackedMatrix.ScaleBytes;
            var ia0 = Start<TWeights>(input, row, block);
            var ia1 = ia0;
            var ib0 = Start<TWeights>(input, row + 1, block);
            var ib1 = ib0;
            var ic0 = Start<TWeights>(input, row + 2, block);
            var ic1 = ic0;
            var id0 = Start<TWeights>(input, row + 3, block);
            var id1 = id0;
            for (var quad = 0; quad < Quads; quad++)
            {
                Lanes.Prefetch(w + Lanes.ReadAhead);
                TWeights.Widen(w, out var v0, out var v1, out var w0, out var w1);
                var pair = Lanes.Pair(x);
                ia0 += Lanes.Dot(v0, pair);
                ia1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 2);
                ib0 += Lanes.Dot(v0, pair);
                ib1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 4);
                ic0 += Lanes.Dot(v0, pair);
                ic1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 6);
                id0 += Lanes.Dot(v0, pair);
                id1 += Lanes.Dot(v1, pair);
                pair = Lanes.Pair(x + 8);
                ia0 += Lanes.Dot(w0, pair);
                ia1 += Lanes.Dot(w1, pair);
                pair = Lanes.Pair(x + 10);
                ib0 += Lanes.Dot(w0, pair);
                ib1 += Lanes.Dot(w1, pair);
                pair = Lanes.Pair(x + 12);
                ic0 += Lanes.Dot(w0, pair);
                ic1 += Lanes.Dot(w1, pair);
                pair = Lanes.Pair(x + 14);
                id0 += Lanes.Dot(w0, pair);
                id1 += Lanes.Dot(w1, pair);
                x += 4 * 4;
                w += TWeights.QuadBytes;
            }

            var (s0, s1) = (Lanes.ToSingle(scales), Lanes.ToSingle(scales + Tile));
            a0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia0), s0, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ia1), s1, a1);
            b0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ib0), s0, b0);
            b1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ib1), s1, b1);
            c0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ic0), s0, c0);
            c1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(ic1), s1, c1);
            d0 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(id0), s0, d0);
            d1 = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(id1), s1, d1);
            scales = (ushort*)w;
        }

        Store(a0, a1, input.Scale(row), output);
        Store(b0, b1, input.Scale(row + 1), output + stride);
        Store(c0, c1, input.Scale(row + 2), output + 2L * stride);
        Store(d0, d1, input.Scale(row + 3), output + 3L * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> first, Vector512<float> second, float scale, float* to)
    {
        (first * scale).Store(to);
        (second * scale).Store(to + Tile);
    }

    /// <summary>A block's sum before its first product: what the weights are stored too large by, times the activations.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Start<TWeights>(ActivationRows input, int row, int block)
        where TWeights : struct, IWeights =>
        TWeights.Offset == 0 ? Vector512<int>.Zero : Vector512.Create(-TWeights.Offset * input.BlockSum(row, block));

    /// <summary>How the weights of 32 outputs and four inputs are stored. The loops are compiled once for each.</summary>
    private interface IWeights
    {
        static abstract int QuadBytes { get; }

        /// <summary>What every stored weight is too large by.</summary>
        static abstract int Offset { get; }

        /// <summary>As 16-bit numbers, in pairs of inputs: the first pair of outputs 0…15 and of 16…31, then the second.</summary>
        static abstract void Widen(byte* quad, out Vector512<short> first0, out Vector512<short> first1, out Vector512<short> second0, out Vector512<short> second1);
    }

    private readonly struct EightBits : IWeights
    {
        public static int QuadBytes => 128;

        public static int Offset => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* quad, out Vector512<short> first0, out Vector512<short> first1, out Vector512<short> second0, out Vector512<short> second1)
        {
            var bytes = (sbyte*)quad;
            first0 = Lanes.Widen(bytes);
            first1 = Lanes.Widen(bytes + 32);
            second0 = Lanes.Widen(bytes + 64);
            second1 = Lanes.Widen(bytes + 96);
        }
    }

    private readonly struct FourBits : IWeights
    {
        public static int QuadBytes => 64;

        public static int Offset => PackedMatrix.NibbleOffset;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Widen(byte* quad, out Vector512<short> first0, out Vector512<short> first1, out Vector512<short> second0, out Vector512<short> second1)
        {
            var lower = Vector512.Create((short)0xF);
            var (both0, both1) = (Lanes.Widen(quad), Lanes.Widen(quad + 32));
            (first0, first1) = (both0 & lower, both1 & lower);
            (second0, second1) = (both0 >>> 4, both1 >>> 4);
        }
    }
}
