using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The weights of one upsampling and the residual blocks behind it, shared by all streams.</summary>
internal sealed class Stage(StageWeights weights, bool causal, double trimRightRatio) : IDisposable
{
    public Upsampling Upsampling { get; } = new(weights.Upsampling, weights.Upsampling.LeftTrim(causal, trimRightRatio));

    public IReadOnlyList<ResidualBlock> Blocks { get; } = [.. weights.Blocks.Select(block => new ResidualBlock(block, causal))];

    public void Dispose()
    {
        Upsampling.Dispose();
        foreach (var block in Blocks) block.Dispose();
    }
}

/// <summary>One stage over rows that come in chunks.</summary>
/// <param name="next">Takes the stage's rows, and whether they are the signal's last; empties the buffer.</param>
internal sealed unsafe class StageStream(Stage weights, int threads, Action<RowBuffer, bool> next) : IDisposable
{
    /// <summary>Rows between one layer and the next, all channels: what stays in the caches until the next layer reads it.</summary>
    private const int OutputBytes = 1 << 20;

    private readonly UpsamplingStream _upsampling = new(weights.Upsampling, threads);
    private readonly ResidualStream[] _blocks = [.. weights.Blocks.Select(block => new ResidualStream(block, threads))];
    private readonly RowBuffer _output = new(weights.Upsampling.Outputs);

    /// <summary>Takes rows, hands on what they allow, and empties the buffer.</summary>
    /// <param name="last">Whether they are the signal's last.</param>
    public void Push(RowBuffer rows, bool last)
    {
        var most = Math.Max(PanelTile.Rows, OutputBytes / (sizeof(float) * (int)_output.Stride * weights.Upsampling.Ratio));
        for (var row = 0; row < rows.Count || last;)
        {
            var count = Math.Min(most, rows.Count - row);
            RowActivation.Elu(threads, rows.Row(row), rows.Stride, _upsampling.Append(count), _upsampling.InputStride, rows.Width, count);
            row += count;
            var end = last && row == rows.Count;
            _upsampling.Run(end, _blocks[0].Input);
            for (var i = 0; i < _blocks.Length; i++) _blocks[i].Run(end, i + 1 < _blocks.Length ? _blocks[i + 1].Input : _output);
            next(_output, end);
            if (end) break;
        }

        rows.Clear();
    }

    public void Dispose()
    {
        _upsampling.Dispose();
        foreach (var block in _blocks) block.Dispose();
        _output.Dispose();
    }
}
