using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The last convolution, whose one output is the samples; shared by all streams.</summary>
internal sealed unsafe class SampleConvolution : IDisposable
{
    private readonly AlignedFloats _rows;

    public SampleConvolution(ConvolutionWeights weights, bool causal)
    {
        Convolution = new Convolution(weights, causal);
        Width = (weights.Inputs + PanelProduct.Columns - 1) / PanelProduct.Columns * PanelProduct.Columns;
        _rows = new AlignedFloats((long)weights.Kernel * Width);
        var column = Convolution.Matrix.Column(0);
        for (var tap = 0; tap < weights.Kernel; tap++)
        {
            for (var input = 0; input < weights.Inputs; input++) _rows.Pointer[tap * Width + input] = column[(tap * weights.Inputs + input) * PanelProduct.Columns];
        }
    }

    public Convolution Convolution { get; }

    /// <summary>Floats of an input row.</summary>
    public int Width { get; }

    public float Bias => Convolution.Matrix.Bias[0];

    /// <summary><c>[taps, width]</c>.</summary>
    public float* Rows => _rows.Pointer;

    public void Dispose()
    {
        Convolution.Dispose();
        _rows.Dispose();
    }
}
