using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The weights of a residual block, shared by all streams.</summary>
internal sealed class ResidualBlock(ResidualWeights weights, bool causal) : IDisposable
{
    public Convolution Wide { get; } = new(weights.Wide, causal);

    public Convolution Point { get; } = new(weights.Point, causal);

    public Convolution? Shortcut { get; } = weights.Shortcut is null ? null : new Convolution(weights.Shortcut, causal);

    public void Dispose()
    {
        Wide.Dispose();
        Point.Dispose();
        Shortcut?.Dispose();
    }
}

/// <summary>A residual block over rows that come in chunks.</summary>
internal sealed unsafe class ResidualStream(ResidualBlock weights, int threads) : IDisposable
{
    private readonly ConvolutionStream _wide = new(weights.Wide, threads);
    private readonly RowBuffer _hidden = new(weights.Point.Inputs);
    private readonly RowBuffer _shortcut = new(weights.Wide.Inputs);
    private int _taken;

    /// <summary>Takes the block's rows; those stay that the block has not answered yet.</summary>
    public RowBuffer Input { get; } = new(weights.Wide.Inputs);

    /// <summary>Computes what the rows allow.</summary>
    /// <param name="last">Whether the signal is complete.</param>
    /// <param name="output">Takes the rows.</param>
    public void Run(bool last, RowBuffer output)
    {
        var fresh = Input.Count - _taken;
        RowActivation.Elu(threads, Input.Row(_taken), Input.Stride, _wide.Append(fresh), _wide.InputStride, Input.Width, fresh);
        _taken = Input.Count;
        var rows = _wide.Run(last, _hidden);
        if (rows == 0) return;
        RowActivation.Elu(threads, _hidden.Row(0), _hidden.Stride, _hidden.Row(0), _hidden.Stride, _hidden.Width, rows);
        var residual = Input;
        if (weights.Shortcut is not null)
        {
            Multiply(weights.Shortcut, Input, new ProductTarget((nint)_shortcut.Append(rows), _shortcut.Stride), rows);
            residual = _shortcut;
        }

        Multiply(weights.Point, _hidden, new ProductTarget((nint)output.Append(rows), output.Stride, (nint)residual.Row(0), residual.Stride), rows);
        _hidden.Clear();
        _shortcut.Clear();
        Input.Discard(rows);
        _taken -= rows;
    }

    public void Dispose()
    {
        _wide.Dispose();
        _hidden.Dispose();
        _shortcut.Dispose();
        Input.Dispose();
    }

    private void Multiply(Convolution point, RowBuffer source, ProductTarget target, int rows) => PanelProduct.Run(
        threads, [new Product(new ProductSource((nint)source.Row(0), source.Stride, 0, 1, point.Inputs), point.Matrix, target, rows)]);
}
