using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// EnCodec's decoder as a graph with the interface of the published export, <c>onnx/encodec_decode.onnx</c> and its variants in other
/// precisions, or as <see cref="EncodecGraph"/> writes it. Called with one channel: the exports fix the LSTM's batch.
/// </summary>
internal sealed class PublishedCodec : ICodec
{
    /// <summary>Input, int64 <c>[1, 1, codebooks, frames]</c>.</summary>
    public const string Codes = "audio_codes";

    /// <summary>Output, float or half <c>[1, 1, samples]</c>.</summary>
    public const string Values = "audio_values";

    /// <summary>
    /// Longer channels go by windows, see <see cref="PublishedStream"/>: in MusicGen's sizes ONNX Runtime takes 2.0 GB for 30 s at once, 0.55 GB by
    /// windows of 200 new frames and 0.36 GB by 100, which cost another third of the time.
    /// </summary>
    private const int MostFrames = 250;
    private const int WindowFrames = 200;

    private readonly OnnxSession _session;
    private readonly TensorElementType _outputType;
    private readonly int _codebooks;

    private PublishedCodec(OnnxSession session, CodecConfig config, int codebooks)
    {
        (_session, Config, _codebooks) = (session, config, codebooks);
        _outputType = session.Raw.OutputMetadata[Values].ElementDataType;
    }

    public CodecConfig Config { get; }

    /// <summary>Loads a graph and checks that it is a codec's decoder.</summary>
    /// <param name="codebooks">Of one channel; the graph's own number where it names one must be the same.</param>
    /// <exception cref="CheckpointException">The file is missing or cannot be loaded, or is another model's; the message says what is missing.</exception>
    public static PublishedCodec Load(string path, CodecConfig config, int codebooks, OnnxSettings settings)
    {
        var session = OnnxSession.Load(path, settings);
        try
        {
            session.Require([Codes], [Values]);
            RefuseOthers(session, codebooks);
            return new PublishedCodec(session, config, codebooks);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public float[] Decode(int[][] codes)
    {
        var frames = CheckCodes(codes);
        if (frames == 0) return [];
        return frames <= MostFrames ? Run(codes) : CodecWindows.Decode(this, codes, WindowFrames);
    }

    public ICodecStream OpenStream() => new PublishedStream(this);

    public void Dispose() => _session.Dispose();

    /// <exception cref="ArgumentException">The codes do not fit the graph.</exception>
    /// <returns>Frames.</returns>
    internal int CheckCodes(int[][] codes)
    {
        var frames = CodecCodes.Check(codes, _codebooks, Config.CodebookSize);
        return codes.Length == _codebooks
            ? frames
            : throw new ArgumentException($"There are codes of {codes.Length} codebooks; the graph takes {_codebooks}.", nameof(codes));
    }

    /// <summary>Decodes all frames at once, as if they were the whole channel.</summary>
    internal float[] Run(int[][] codes)
    {
        var frames = codes[0].Length;
        var values = new long[codes.Length * frames];
        for (var book = 0; book < codes.Length; book++) TensorPrimitives.ConvertTruncating<int, long>(codes[book], values.AsSpan(book * frames, frames));
        using var input = OrtValue.CreateTensorValueFromMemory(values, [1, 1, codes.Length, frames]);
        using var results = _session.Run(new Dictionary<string, OrtValue> { [Codes] = input }, [Values]);
        var samples = ToFloats(results[0]);
        return samples.Length == (long)frames * Config.HopLength
            ? samples
            : throw new InvalidOperationException($"{_session.Path} made {samples.Length} samples of {frames} frames; config.json says {Config.HopLength} a frame.");
    }

    private static void RefuseOthers(OnnxSession session, int codebooks)
    {
        var other = session.Inputs.FirstOrDefault(name => name != Codes);
        if (other is not null) throw new CheckpointException($"{session.Path} also wants the input {other}; a codec's decoder takes {Codes} alone.");
        var input = session.Raw.InputMetadata[Codes];
        if (input.ElementDataType != TensorElementType.Int64 || input.Dimensions.Length != 4)
        {
            var found = $"{input.ElementDataType} [{string.Join(", ", input.Dimensions)}]";
            throw new CheckpointException($"{session.Path}: {Codes} is {found}, not Int64 [1, batch, codebooks, frames].");
        }

        if (input.Dimensions[2] > 0 && input.Dimensions[2] != codebooks)
        {
            throw new CheckpointException($"{session.Path}: {Codes} has {input.Dimensions[2]} codebooks; the model's channels have {codebooks}.");
        }

        var output = session.Raw.OutputMetadata[Values].ElementDataType;
        if (output is not (TensorElementType.Float or TensorElementType.Float16))
        {
            throw new CheckpointException($"{session.Path}: {Values} is {output}; it must be Float or Float16.");
        }
    }

    private float[] ToFloats(OrtValue value)
    {
        if (_outputType == TensorElementType.Float) return value.GetTensorDataAsSpan<float>().ToArray();
        var halves = System.Runtime.InteropServices.MemoryMarshal.Cast<Float16, Half>(value.GetTensorDataAsSpan<Float16>());
        var samples = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, samples);
        return samples;
    }
}
