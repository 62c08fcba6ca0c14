namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>
/// A weight as panels of 32 columns, each <c>[depth, 32]</c>, the order in which <see cref="PanelProduct"/> reads it. Columns that fill the
/// last panel up are zero. Depth is taps · inputs.
/// </summary>
internal sealed unsafe class PanelMatrix : IDisposable
{
    private readonly AlignedFloats _values;
    private readonly AlignedFloats _bias;

    public PanelMatrix(int columns, int depth)
    {
        (Panels, Depth) = ((columns + PanelProduct.Columns - 1) / PanelProduct.Columns, depth);
        _values = new AlignedFloats((long)Panels * PanelStride);
        _bias = new AlignedFloats(Panels * PanelProduct.Columns);
    }

    public int Panels { get; }

    public int Depth { get; }

    public long Bytes => _values.Length * sizeof(float);

    /// <summary>One number per column.</summary>
    public Span<float> Bias => new(_bias.Pointer, (int)_bias.Length);

    private long PanelStride => (long)Depth * PanelProduct.Columns;

    public float* Panel(int panel) => _values.Pointer + panel * PanelStride;

    public float* PanelBias(int panel) => _bias.Pointer + panel * PanelProduct.Columns;

    /// <summary>A column, from whose first number to the next it is 32 places.</summary>
    public float* Column(int column) => Panel(column / PanelProduct.Columns) + column % PanelProduct.Columns;

    public void Dispose()
    {
        _values.Dispose();
        _bias.Dispose();
    }
}
