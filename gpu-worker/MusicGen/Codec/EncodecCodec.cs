using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Codec.Layers;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// EnCodec's decoder on the CPU, computed by the kernels beside it: rows of channels instead of channels of samples, so that every convolution,
/// also a transposed one, is a matrix product on memory as it lies. Holds the weights; what a channel needs is in its stream. Calls may be concurrent;
/// it is disposed of when no stream is in use any more.
/// </summary>
internal sealed class EncodecCodec : ICodec
{
    /// <summary>Frames that <see cref="Decode"/> takes at a time: enough to read the weights seldom, few enough to stay in the caches.</summary>
    private const int WindowFrames = 96;

    private readonly int _threads;

    private EncodecCodec(EncodecWeights weights, int threads)
    {
        _threads = threads;
        Config = weights.Config;
        Codebooks = weights.Codebooks;
        var causal = Config.Causal;
        First = new Convolution(weights.First, causal);
        Lstm = [.. weights.Lstm.Select(layer => new LstmLayer(layer))];
        Stages = [.. weights.Stages.Select(stage => new Stage(stage, causal, Config.TrimRightRatio))];
        Last = new SampleConvolution(weights.Last, causal);
    }

    public CodecConfig Config { get; }

    internal bool IsDisposed { get; private set; }

    internal IReadOnlyList<float[]> Codebooks { get; }

    internal Convolution First { get; }

    internal IReadOnlyList<LstmLayer> Lstm { get; }

    internal IReadOnlyList<Stage> Stages { get; }

    internal SampleConvolution Last { get; }

    /// <summary>Reads the codec of a MusicGen checkpoint; the folder may be closed after.</summary>
    /// <param name="threads">Of one decode; 0: as many as there are cores.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or of another shape or type, or not finite; the message names it.</exception>
    public static EncodecCodec Load(CheckpointFolder folder, CodecConfig config, int threads = 0)
    {
        var codec = new EncodecCodec(EncodecWeights.Read(folder, config), threads > 0 ? threads : Environment.ProcessorCount);
        // All that is needed has been rearranged by now.
        foreach (var (name, tensor) in folder.Tensors)
        {
            if (name.StartsWith(EncodecWeights.Root, StringComparison.Ordinal)) tensor.Release();
        }

        return codec;
    }

    public float[] Decode(int[][] codes)
    {
        CodecCodes.Check(codes, Codebooks.Count, Config.CodebookSize);
        return CodecWindows.Decode(this, codes, WindowFrames);
    }

    public ICodecStream OpenStream() => new EncodecStream(this, _threads);

    public void Dispose()
    {
        IsDisposed = true;
        First.Dispose();
        foreach (var layer in Lstm) layer.Dispose();
        foreach (var stage in Stages) stage.Dispose();
        Last.Dispose();
    }
}
