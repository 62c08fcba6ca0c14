using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// The decoder of a checkpoint on ONNX Runtime: float on the CPU, where it is the reference, or float16 on CUDA. Songs run one after the other,
/// each with its conditional and unconditional row in one batch.
/// </summary>
internal sealed class GraphDecoder : IDecoder
{
    private readonly OnnxSession _cross;
    private readonly OnnxSession _steps;
    private readonly RunOptions _run = new();

    /// <summary>For several positions at once, whose intermediate values take hundreds of megabytes that no later step needs.</summary>
    private readonly RunOptions _promptRun = new();
    private readonly DecoderMemory _memory;
    private readonly SinusoidalPositions _positions;
    private readonly int _textWidth;

    private GraphDecoder(MusicGenConfig config, OnnxSession cross, OnnxSession steps, OnnxType type, bool cuda, bool halfPositions)
    {
        (Config, _cross, _steps, _textWidth) = (config.Decoder, cross, steps, config.Text.Width);
        _memory = new DecoderMemory(steps, type, cuda);
        _positions = new SinusoidalPositions(config.Decoder.Width, halfPositions);
        _promptRun.AddRunConfigEntry("memory.enable_memory_arena_shrinkage", cuda ? "gpu:0" : "cpu:0");
    }

    public DecoderConfig Config { get; }

    /// <param name="weights">Of weights, keys and values: float, or float16 for CUDA.</param>
    /// <param name="cache">Keeps the graphs for the next load; on the CPU with packed weights, 2.9 GB for musicgen-small.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    /// <exception cref="IOException">The graphs cannot be written to the cache.</exception>
    public static GraphDecoder Load(CheckpointFolder checkpoint, MusicGenConfig config, OnnxType weights, GraphCache cache, OnnxSettings settings)
    {
        var cuda = settings.Device?.IsCuda == true;
        var suffix = weights == OnnxType.Float ? "" : "_fp16";
        // Both before either is written: a tensor that is missing is found at once.
        var steps = DecoderGraph.Build(checkpoint, config.Decoder, weights);
        var cross = DecoderGraph.BuildCross(checkpoint, config.Decoder, config.Text, weights);
        var crossSession = cache.Load($"cross{suffix}", cross, checkpoint.Fingerprint, settings with { Packing = WeightPacking.Never, Arena = false });
        try
        {
            var packing = cuda ? WeightPacking.AtLoad : WeightPacking.Saved;
            var stepSession = cache.Load($"decoder{suffix}", steps, checkpoint.Fingerprint, settings with { Packing = packing, Arena = true });
            return new GraphDecoder(config, crossSession, stepSession, weights, cuda, DecoderGraph.IsHalf(checkpoint));
        }
        catch
        {
            crossSession.Dispose();
            throw;
        }
    }

    public DecoderSong Begin(ReadOnlySpan<float> textStates, bool guided, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (textStates.Length == 0 || textStates.Length % _textWidth != 0)
        {
            throw new ArgumentException($"{textStates.Length} values are no states of {_textWidth} channels.", nameof(textStates));
        }

        var song = new GraphSong(Config, _steps, _memory, _positions, guided, capacity, textStates.Length / _textWidth);
        try
        {
            using var states = OrtValue.CreateTensorValueFromMemory(textStates.ToArray(), [1, textStates.Length / _textWidth, _textWidth]);
            using var conditional = OrtValue.CreateTensorValueFromMemory(guided ? [1f, 0f] : (float[])[1f], [guided ? 2 : 1, 1, 1]);
            using var binding = _cross.Raw.CreateIoBinding();
            binding.BindInput(DecoderGraph.TextStates, states);
            binding.BindInput(DecoderGraph.Conditional, conditional);
            song.BindCross(binding);
            _cross.Raw.RunWithBinding(_run, binding);
            return song;
        }
        catch
        {
            song.Dispose();
            throw;
        }
    }

    public void Run(IReadOnlyList<DecoderStep> steps)
    {
        foreach (var step in steps) StepTokens.Positions(step, Config);
        foreach (var (song, tokens) in steps) ((GraphSong)song).Run(_run, _promptRun, tokens.Span);
    }

    public void Dispose()
    {
        _run.Dispose();
        _promptRun.Dispose();
        _memory.Dispose();
        _steps.Dispose();
        _cross.Dispose();
    }
}
