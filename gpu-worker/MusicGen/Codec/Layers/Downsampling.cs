namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The weights of residual blocks and the convolution behind them that takes strides.</summary>
internal sealed class Downsampling(DownsamplingWeights weights, bool causal) : IDisposable
{
    public IReadOnlyList<ResidualBlock> Blocks { get; } = [.. weights.Blocks.Select(block => new ResidualBlock(block, causal))];

    public Convolution Convolution { get; } = new(weights.Downsampling, causal);

    public void Dispose()
    {
        foreach (var block in Blocks) block.Dispose();
        Convolution.Dispose();
    }
}

/// <summary>One stage of the encoder over rows that come in chunks.</summary>
internal sealed unsafe class DownsamplingStream(Downsampling weights, int threads) : IDisposable
{
    private readonly ResidualStream[] _blocks = [.. weights.Blocks.Select(block => new ResidualStream(block, threads))];
    private readonly ConvolutionStream _convolution = new(weights.Convolution, threads);
    private readonly RowBuffer _rows = new(weights.Convolution.Inputs);

    /// <summary>Takes the stage's rows.</summary>
    public RowBuffer Input => _blocks[0].Input;

    /// <summary>Computes what the rows allow.</summary>
    /// <param name="last">Whether the signal is complete.</param>
    /// <param name="output">Takes the rows.</param>
    public void Run(bool last, RowBuffer output)
    {
        for (var i = 0; i < _blocks.Length; i++) _blocks[i].Run(last, i + 1 < _blocks.Length ? _blocks[i + 1].Input : _rows);
        RowActivation.Elu(threads, _rows.Row(0), _rows.Stride, _convolution.Append(_rows.Count), _convolution.InputStride, _rows.Width, _rows.Count);
        _rows.Clear();
        _convolution.Run(last, output);
    }

    public void Dispose()
    {
        foreach (var block in _blocks) block.Dispose();
        _convolution.Dispose();
        _rows.Dispose();
    }
}
