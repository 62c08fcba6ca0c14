using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>
/// A few rows times one panel of 32 columns, the sums in registers: 12 rows of two 512-bit vectors fill 24 of 32 registers and need two loads
/// and twelve broadcasts for 24 multiply-adds. Without 512-bit vectors, four rows of half a panel: eight sums, as many as are in flight.
/// </summary>
internal static unsafe class PanelTile
{
    public const int Rows = 12;
    public const int FewRows = 4;

    private const int HalfPanel = PanelProduct.Columns / 2;

    /// <param name="rows">12, 4 or 1.</param>
    /// <param name="column">The panel's first column in the target.</param>
    public static void Compute(int rows, in ProductSource source, int row, float* panel, float* bias, in ProductTarget target, int column)
    {
        var from = source.Row(row);
        var to = target.Row(row) + column;
        var stride = target.RowStride;
        if (Vector512.IsHardwareAccelerated)
        {
            if (rows == Rows) TwelveRows512(source, from, panel, bias, to, stride);
            else if (rows == FewRows) FourRows512(source, from, panel, bias, to, stride);
            else OneRow512(source, from, panel, bias, to, stride);
        }
        else
        {
            var together = rows == 1 ? 1 : FewRows;
            for (var done = 0; done < rows; done += together, from += together * source.RowStride, to += together * stride)
            {
                for (var half = 0; half < PanelProduct.Columns; half += HalfPanel)
                {
                    if (rows == 1) OneRow256(source, from, panel + half, bias + half, to + half, stride);
                    else FourRows256(source, from, panel + half, bias + half, to + half, stride);
                }
            }
        }

        if (target.Residual == 0) return;
        for (var i = 0; i < rows; i++) Add(target.ResidualRow(row + i) + column, target.Row(row + i) + column);
    }

    private static void Add(float* residual, float* target)
    {
        for (var i = 0; i < PanelProduct.Columns; i += Vector256<float>.Count) (Vector256.Load(target + i) + Vector256.Load(residual + i)).Store(target + i);
    }

    private static void Store(Vector512<float> a, Vector512<float> b, float* target)
    {
        a.Store(target);
        b.Store(target + 16);
    }

    private static void Store(Vector256<float> a, Vector256<float> b, float* target)
    {
        a.Store(target);
        b.Store(target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwelveRows512(ProductSource source, float* first, float* panel, float* bias, float* target, nint targetStride)
    {
        var (biasA, biasB) = (Vector512.Load(bias), Vector512.Load(bias + 16));
        var (r0a, r0b) = (biasA, biasB);
        var (r1a, r1b) = (biasA, biasB);
        var (r2a, r2b) = (biasA, biasB);
        var (r3a, r3b) = (biasA, biasB);
        var (r4a, r4b) = (biasA, biasB);
        var (r5a, r5b) = (biasA, biasB);
        var (r6a, r6b) = (biasA, biasB);
        var (r7a, r7b) = (biasA, biasB);
        var (r8a, r8b) = (biasA, biasB);
        var (r9a, r9b) = (biasA, biasB);
        var (r10a, r10b) = (biasA, biasB);
        var (r11a, r11b) = (biasA, biasB);
        var (stride, stride2, stride3) = (source.RowStride, 2 * source.RowStride, 3 * source.RowStride);
        for (var tap = 0; tap < source.Taps; tap++)
        {
            var x0 = first + tap * source.TapStride;
            var x4 = x0 + 4 * stride;
            var x8 = x4 + 4 * stride;
            for (var end = x0 + source.Inputs; x0 < end; x0++)
            {
                var (a, b) = (Vector512.Load(panel), Vector512.Load(panel + 16));
                var x = Vector512.Create(x0[0]);
                r0a = Vector512.FusedMultiplyAdd(x, a, r0a);
                r0b = Vector512.FusedMultiplyAdd(x, b, r0b);
                x = Vector512.Create(x0[stride]);
                r1a = Vector512.FusedMultiplyAdd(x, a, r1a);
                r1b = Vector512.FusedMultiplyAdd(x, b, r1b);
                x = Vector512.Create(x0[stride2]);
                r2a = Vector512.FusedMultiplyAdd(x, a, r2a);
                r2b = Vector512.FusedMultiplyAdd(x, b, r2b);
                x = Vector512.Create(x0[stride3]);
                r3a = Vector512.FusedMultiplyAdd(x, a, r3a);
                r3b = Vector512.FusedMultiplyAdd(x, b, r3b);
                x = Vector512.Create(x4[0]);
                r4a = Vector512.FusedMultiplyAdd(x, a, r4a);
                r4b = Vector512.FusedMultiplyAdd(x, b, r4b);
                x = Vector512.Create(x4[stride]);
                r5a = Vector512.FusedMultiplyAdd(x, a, r5a);
                r5b = Vector512.FusedMultiplyAdd(x, b, r5b);
                x = Vector512.Create(x4[stride2]);
                r6a = Vector512.FusedMultiplyAdd(x, a, r6a);
                r6b = Vector512.FusedMultiplyAdd(x, b, r6b);
                x = Vector512.Create(x4[stride3]);
                r7a = Vector512.FusedMultiplyAdd(x, a, r7a);
                r7b = Vector512.FusedMultiplyAdd(x, b, r7b);
                x = Vector512.Create(x8[0]);
                r8a = Vector512.FusedMultiplyAdd(x, a, r8a);
                r8b = Vector512.FusedMultiplyAdd(x, b, r8b);
                x = Vector512.Create(x8[stride]);
                r9a = Vector512.FusedMultiplyAdd(x, a, r9a);
                r9b = Vector512.FusedMultiplyAdd(x, b, r9b);
                x = Vector512.Create(x8[stride2]);
                r10a = Vector512.FusedMultiplyAdd(x, a, r10a);
                r10b = Vector512.FusedMultiplyAdd(x, b, r10b);
                x = Vector512.Create(x8[stride3]);
                r11a = Vector512.FusedMultiplyAdd(x, a, r11a);
                r11b = Vector512.FusedMultiplyAdd(x, b, r11b);
                panel += PanelProduct.Columns;
                x4++;
                x8++;
            }
        }

        Store(r0a, r0b, target);
        Store(r1a, r1b, target + targetStride);
        Store(r2a, r2b, target + 2 * targetStride);
        Store(r3a, r3b, target + 3 * targetStride);
        Store(r4a, r4b, target + 4 * targetStride);
        Store(r5a, r5b, target + 5 * targetStride);
        Store(r6a, r6b, target + 6 * targetStride);
        Store(r7a, r7b, target + 7 * targetStride);
        Store(r8a, r8b, target + 8 * targetStride);
        Store(r9a, r9b, target + 9 * targetStride);
        Store(r10a, r10b, target + 10 * targetStride);
        Store(r11a, r11b, target + 11 * targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows512(ProductSource source, float* first, float* panel, float* bias, float* target, nint targetStride)
    {
        var (biasA, biasB) = (Vector512.Load(bias), Vector512.Load(bias + 16));
        var (r0a, r0b) = (biasA, biasB);
        var (r1a, r1b) = (biasA, biasB);
        var (r2a, r2b) = (biasA, biasB);
        var (r3a, r3b) = (biasA, biasB);
        var (stride, stride2, stride3) = (source.RowStride, 2 * source.RowStride, 3 * source.RowStride);
        for (var tap = 0; tap < source.Taps; tap++)
        {
            var x0 = first + tap * source.TapStride;
            for (var end = x0 + source.Inputs; x0 < end; x0++)
            {
                var (a, b) = (Vector512.Load(panel), Vector512.Load(panel + 16));
                var x = Vector512.Create(x0[0]);
                r0a = Vector512.FusedMultiplyAdd(x, a, r0a);
                r0b = Vector512.FusedMultiplyAdd(x, b, r0b);
                x = Vector512.Create(x0[stride]);
                r1a = Vector512.FusedMultiplyAdd(x, a, r1a);
                r1b = Vector512.FusedMultiplyAdd(x, b, r1b);
                x = Vector512.Create(x0[stride2]);
                r2a = Vector512.FusedMultiplyAdd(x, a, r2a);
                r2b = Vector512.FusedMultiplyAdd(x, b, r2b);
                x = Vector512.Create(x0[stride3]);
                r3a = Vector512.FusedMultiplyAdd(x, a, r3a);
                r3b = Vector512.FusedMultiplyAdd(x, b, r3b);
                panel += PanelProduct.Columns;
            }
        }

        Store(r0a, r0b, target);
        Store(r1a, r1b, target + targetStride);
        Store(r2a, r2b, target + 2 * targetStride);
        Store(r3a, r3b, target + 3 * targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow512(ProductSource source, float* first, float* panel, float* bias, float* target, nint targetStride)
    {
        var (biasA, biasB) = (Vector512.Load(bias), Vector512.Load(bias + 16));
        var (r0a, r0b) = (biasA, biasB);
        for (var tap = 0; tap < source.Taps; tap++)
        {
            var x0 = first + tap * source.TapStride;
            for (var end = x0 + source.Inputs; x0 < end; x0++)
            {
                var (a, b) = (Vector512.Load(panel), Vector512.Load(panel + 16));
                var x = Vector512.Create(x0[0]);
                r0a = Vector512.FusedMultiplyAdd(x, a, r0a);
                r0b = Vector512.FusedMultiplyAdd(x, b, r0b);
                panel += PanelProduct.Columns;
            }
        }

        Store(r0a, r0b, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows256(ProductSource source, float* first, float* panel, float* bias, float* target, nint targetStride)
    {
        var (biasA, biasB) = (Vector256.Load(bias), Vector256.Load(bias + 8));
        var (r0a, r0b) = (biasA, biasB);
        var (r1a, r1b) = (biasA, biasB);
        var (r2a, r2b) = (biasA, biasB);
        var (r3a, r3b) = (biasA, biasB);
        var (stride, stride2, stride3) = (source.RowStride, 2 * source.RowStride, 3 * source.RowStride);
        for (var tap = 0; tap < source.Taps; tap++)
        {
            var x0 = first + tap * source.TapStride;
            for (var end = x0 + source.Inputs; x0 < end; x0++)
            {
                var (a, b) = (Vector256.Load(panel), Vector256.Load(panel + 8));
                var x = Vector256.Create(x0[0]);
                r0a = Vector256.FusedMultiplyAdd(x, a, r0a);
                r0b = Vector256.FusedMultiplyAdd(x, b, r0b);
                x = Vector256.Create(x0[stride]);
                r1a = Vector256.FusedMultiplyAdd(x, a, r1a);
                r1b = Vector256.FusedMultiplyAdd(x, b, r1b);
                x = Vector256.Create(x0[stride2]);
                r2a = Vector256.FusedMultiplyAdd(x, a, r2a);
                r2b = Vector256.FusedMultiplyAdd(x, b, r2b);
                x = Vector256.Create(x0[stride3]);
                r3a = Vector256.FusedMultiplyAdd(x, a, r3a);
                r3b = Vector256.FusedMultiplyAdd(x, b, r3b);
                panel += PanelProduct.Columns;
            }
        }

        Store(r0a, r0b, target);
        Store(r1a, r1b, target + targetStride);
        Store(r2a, r2b, target + 2 * targetStride);
        Store(r3a, r3b, target + 3 * targetStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow256(ProductSource source, float* first, float* panel, float* bias, float* target, nint targetStride)
    {
        var (biasA, biasB) = (Vector256.Load(bias), Vector256.Load(bias + 8));
        var (r0a, r0b) = (biasA, biasB);
        for (var tap = 0; tap < source.Taps; tap++)
        {
            var x0 = first + tap * source.TapStride;
            for (var end = x0 + source.Inputs; x0 < end; x0++)
            {
                var (a, b) = (Vector256.Load(panel), Vector256.Load(panel + 8));
                var x = Vector256.Create(x0[0]);
                r0a = Vector256.FusedMultiplyAdd(x, a, r0a);
                r0b = Vector256.FusedMultiplyAdd(x, b, r0b);
                panel += PanelProduct.Columns;
            }
        }

        Store(r0a, r0b, target);
    }
}
