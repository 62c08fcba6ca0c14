using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Codec.Layers;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>EnCodec's encoder on the CPU, by the kernels and layers of <see cref="EncodecCodec"/>.</summary>
internal sealed unsafe class EncodecEncoder : ICodecEncoder
{
    /// <summary>Samples taken at a time, so that a long recording does not lie in memory with all its channels.</summary>
    private const int WindowSamples = 1 << 13;

    private readonly int _threads;
    private readonly Convolution _first;
    private readonly Downsampling[] _stages;
    private readonly LstmLayer[] _lstm;
    private readonly Convolution _last;
    private readonly ResidualQuantizer _quantizer;

    private EncodecEncoder(EncodecEncoderWeights weights, int threads)
    {
        (_threads, Config) = (threads, weights.Config);
        _first = new Convolution(weights.First, Config.Causal);
        _stages = [.. weights.Stages.Select(stage => new Downsampling(stage, Config.Causal))];
        _lstm = [.. weights.Lstm.Select(layer => new LstmLayer(layer))];
        _last = new Convolution(weights.Last, Config.Causal);
        _quantizer = new ResidualQuantizer(weights.Codebooks, Config.Width);
    }

    public CodecConfig Config { get; }

    /// <summary>Reads the encoder of a MusicGen checkpoint; the folder may be closed after.</summary>
    /// <param name="threads">Of one call; 0: as many as there are cores.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or of another shape or type, or not finite; the message names it.</exception>
    public static EncodecEncoder Load(CheckpointFolder folder, CodecConfig config, int threads = 0) =>
        new(EncodecEncoderWeights.Read(folder, config), threads > 0 ? threads : Environment.ProcessorCount);

    public int[][] Encode(ReadOnlySpan<float> samples) => _quantizer.Quantize(Embed(samples));

    /// <summary>The network without the quantiser.</summary>
    /// <returns><c>[frames][width]</c>.</returns>
    internal float[][] Embed(ReadOnlySpan<float> samples)
    {
        if (samples.IsEmpty) return [];
        using var first = new ConvolutionStream(_first, _threads);
        var stages = _stages.Select(stage => new DownsamplingStream(stage, _threads)).ToArray();
        using var lstm = new LstmStack(_lstm, _threads);
        using var last = new ConvolutionStream(_last, _threads);
        using var rows = new RowBuffer(_last.Inputs);
        using var embeddings = new RowBuffer(Config.Width);
        try
        {
            for (var start = 0; start < samples.Length; start += WindowSamples)
            {
                var window = samples[start..Math.Min(samples.Length, start + WindowSamples)];
                var end = start + window.Length == samples.Length;
                var row = first.Append(window.Length);
                for (var i = 0; i < window.Length; i++) row[i * first.InputStride] = window[i];
                first.Run(end, stages[0].Input);
                for (var i = 0; i < stages.Length; i++) stages[i].Run(end, i + 1 < stages.Length ? stages[i + 1].Input : rows);
                lstm.AddTo(rows);
                RowActivation.Elu(_threads, rows.Row(0), rows.Stride, last.Append(rows.Count), last.InputStride, rows.Width, rows.Count);
                rows.Clear();
                last.Run(end, embeddings);
            }
        }
        finally
        {
            foreach (var stage in stages) stage.Dispose();
        }

        var frames = new float[embeddings.Count][];
        for (var frame = 0; frame < frames.Length; frame++) frames[frame] = new ReadOnlySpan<float>(embeddings.Row(frame), Config.Width).ToArray();
        return frames;
    }

    public void Dispose()
    {
        _first.Dispose();
        foreach (var stage in _stages) stage.Dispose();
        foreach (var layer in _lstm) layer.Dispose();
        _last.Dispose();
    }
}
