using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>
/// A transposed convolution with a kernel of twice its stride, as matrices: output row <c>i · ratio + phase</c> is
/// <c>W[phase + ratio] · x[i − 1] + W[phase] · x[i]</c>, so that each phase is a convolution of two taps and no sums overlap.
/// </summary>
internal sealed unsafe class Upsampling : IDisposable
{
    private const int Taps = 2;

    public Upsampling(UpsamplingWeights weights, int leftTrim)
    {
        (Inputs, Outputs, Ratio, LeftTrim) = (weights.Inputs, weights.Outputs, weights.Ratio, leftTrim);
        Phases = [.. Enumerable.Range(0, Ratio).Select(_ => new PanelMatrix(Outputs, Taps * Inputs))];
        foreach (var phase in Phases) weights.Bias.CopyTo(phase.Bias);
        var row = new float[weights.Weight.RowLength];
        for (var input = 0; input < Inputs; input++)
        {
            weights.Weight.ReadRow(input, row);
            for (var phase = 0; phase < Ratio; phase++)
            {
                for (var output = 0; output < Outputs; output++)
                {
                    var column = Phases[phase].Column(output);
                    column[input * PanelProduct.Columns] = row[output * Taps * Ratio + phase + Ratio];
                    column[(Inputs + input) * PanelProduct.Columns] = row[output * Taps * Ratio + phase];
                }
            }
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    public int Ratio { get; }

    /// <summary>Rows that are cut off before the first.</summary>
    public int LeftTrim { get; }

    /// <summary>A matrix per output row of one input row.</summary>
    public IReadOnlyList<PanelMatrix> Phases { get; }

    public void Dispose()
    {
        foreach (var phase in Phases) phase.Dispose();
    }
}
