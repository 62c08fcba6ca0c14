using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>A convolution's weights as a matrix, shared by all streams. The depth is tap after tap, inputs side by side.</summary>
internal sealed unsafe class Convolution : IDisposable
{
    public Convolution(ConvolutionWeights weights, bool causal)
    {
        (Inputs, Taps, Dilation, Stride) = (weights.Inputs, weights.Kernel, weights.Dilation, weights.Stride);
        (TotalPadding, LeftPadding) = (weights.TotalPadding, weights.LeftPadding(causal));
        Matrix = new PanelMatrix(weights.Outputs, Taps * Inputs);
        weights.Bias.CopyTo(Matrix.Bias);
        var row = new float[weights.Weight.RowLength];
        for (var output = 0; output < weights.Outputs; output++)
        {
            weights.Weight.ReadRow(output, row);
            var column = Matrix.Column(output);
            for (var tap = 0; tap < Taps; tap++)
            {
                for (var input = 0; input < Inputs; input++, column += PanelProduct.Columns) *column = row[input * Taps + tap];
            }
        }
    }

    public int Inputs { get; }

    public int Taps { get; }

    public int Dilation { get; }

    public int Stride { get; }

    public int TotalPadding { get; }

    public int LeftPadding { get; }

    public PanelMatrix Matrix { get; }

    public void Dispose() => Matrix.Dispose();
}
