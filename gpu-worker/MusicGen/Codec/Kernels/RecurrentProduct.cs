using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>
/// One step of an LSTM for eight of its units. A panel's 32 columns are those units' four gates, input, forget, cell, output, eight each, so
/// that a step's gates never leave the registers.
/// </summary>
internal static unsafe class RecurrentProduct
{
    /// <summary>Of a panel.</summary>
    public const int Units = 8;

    /// <summary>The panel's column of a row <c>gate · width + unit</c> as checkpoints count.</summary>
    public static int Column(int row, int width)
    {
        var (gate, unit) = Math.DivRem(row, width);
        return unit / Units * PanelProduct.Columns + gate * Units + unit % Units;
    }

    /// <summary>
    /// <c>c' = σ(f) · c + σ(i) · tanh(g)</c>, <c>h' = σ(o) · tanh(c')</c>, the gates being <c>input + h · panel</c> (Hochreiter and Schmidhuber 1997,
    /// the forget gate by Gers et al. 2000).
    /// </summary>
    /// <param name="hidden">h of the step before, <c>[depth]</c>.</param>
    /// <param name="depth">An even number.</param>
    /// <param name="input">The panel's share of the input product, <c>[32]</c>.</param>
    /// <param name="cell">c of these units, renewed.</param>
    /// <param name="next">Takes h' of these units.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Step(float* hidden, int depth, float* panel, float* input, float* cell, float* next)
    {
        // Two sums a gate: one alone would wait for each addition before it.
        var (i0, f0, g0, o0) = (Vector256.Load(input), Vector256.Load(input + 8), Vector256.Load(input + 16), Vector256.Load(input + 24));
        Vector256<float> i1 = default, f1 = default, g1 = default, o1 = default;
        for (var end = hidden + depth; hidden < end; hidden += 2, panel += 2 * PanelProduct.Columns)
        {
            var h = Vector256.Create(hidden[0]);
            i0 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel), i0);
            f0 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 8), f0);
            g0 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 16), g0);
            o0 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 24), o0);
            h = Vector256.Create(hidden[1]);
            i1 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 32), i1);
            f1 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 40), f1);
            g1 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 48), g1);
            o1 = Vector256.FusedMultiplyAdd(h, Vector256.Load(panel + 56), o1);
        }

        var renewed = Activations.Sigmoid(f0 + f1) * Vector256.Load(cell) + Activations.Sigmoid(i0 + i1) * Activations.Tanh(g0 + g1);
        renewed.Store(cell);
        (Activations.Sigmoid(o0 + o1) * Activations.Tanh(renewed)).Store(next);
    }
}
