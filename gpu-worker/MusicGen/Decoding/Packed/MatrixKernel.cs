using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Products of a packed matrix with rows of 16-bit activations. Within a block everything is whole numbers and exact; blocks are added as
/// floats in their order. So a row's result depends on neither its neighbours nor the number of threads, to the last bit.
/// </summary>
internal static unsafe class MatrixKernel
{
    private const int Pairs = PackedMatrix.Block / 2;
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
            var (ia0, ia1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            for (var pair = 0; pair < Pairs; pair++)
            {
                var w0 = TWeights.Widen(w);
                var w1 = TWeights.Widen(w + TWeights.TileBytes);
                var pair16 = Lanes.Pair(x);
                ia0 += Lanes.Dot(w0, pair16);
                ia1 += Lanes.Dot(w1, pair16);
                x += 1 * 2;
                w += 2 * TWeights.TileBytes;
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
            var (ia0, ia1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            var (ib0, ib1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            for (var pair = 0; pair < Pairs; pair++)
            {
                var w0 = TWeights.Widen(w);
                var w1 = TWeights.Widen(w + TWeights.TileBytes);
                var pair16 = Lanes.Pair(x);
                ia0 += Lanes.Dot(w0, pair16);
                ia1 += Lanes.Dot(w1, pair16);
                pair16 = Lanes.Pair(x + 2);
                ib0 += Lanes.Dot(w0, pair16);
                ib1 += Lanes.Dot(w1, pair16);
                x += 2 * 2;
                w += 2 * TWeights.TileBytes;
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
            var (ia0, ia1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            var (ib0, ib1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            var (ic0, ic1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            var (id0, id1) = (Vector512<int>.Zero, Vector512<int>.Zero);
            for (var pair = 0; pair < Pairs; pair++)
            {
                var w0 = TWeights.Widen(w);
                var w1 = TWeights.Widen(w + TWeights.TileBytes);
                var pair16 = Lanes.Pair(x);
                ia0 += Lanes.Dot(w0, pair16);
                ia1 += Lanes.Dot(w1, pair16);
                pair16 = Lanes.Pair(x + 2);
                ib0 += Lanes.Dot(w0, pair16);
                ib1 += Lanes.Dot(w1, pair16);
                pair16 = Lanes.Pair(x + 4);
                ic0 += Lanes.Dot(w0, pair16);
                ic1 += Lanes.Dot(w1, pair16);
                pair16 = Lanes.Pair(x + 6);
                id0 += Lanes.Dot(w0, pair16);
                id1 += Lanes.Dot(w1, pair16);
                x += 4 * 2;
                w += 2 * TWeights.TileBytes;
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

    /// <summary>How the weights of a tile, 16 outputs and a pair of inputs, are stored. The loops are compiled once for each.</summary>
    private interface IWeights
    {
        static abstract int TileBytes { get; }

        /// <summary>A tile as 16-bit numbers.</summary>
        static abstract Vector512<short> Widen(byte* tile);
    }

    private readonly struct EightBits : IWeights
    {
        public static int TileBytes => 32;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<short> Widen(byte* tile) => Lanes.Widen((sbyte*)tile);
    }

    private readonly struct FourBits : IWeights
    {
        public static int TileBytes => 16;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<short> Widen(byte* tile) => Lanes.WidenNibbles(tile);
    }
}
