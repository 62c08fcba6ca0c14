using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.MusicGen.Decoding;
using AudioReprompt.MusicGen.Decoding.Packed;
using AudioReprompt.MusicGen.Text;
using AudioReprompt.Onnx;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.MusicGen;

/// <summary>A loaded model: the heavy part, shared by all songs.</summary>
internal sealed class MusicGenModel : IDisposable
{
    private const string TokenizerFile = "tokenizer.json";

    /// <summary>Longest prompt of T5.</summary>
    private const int MaxTextTokens = 512;

    private readonly Func<ITextEncoder> _openText;
    private readonly Tokenizer _tokenizer;

    private MusicGenModel(string folder, MusicGenConfig config, Tokenizer tokenizer, Func<ITextEncoder> openText, IDecoder decoder, ICodec codec, string precision, OnnxDevice device)
    {
        (Folder, Config, _tokenizer, _openText, Decoder, Codec, Precision, Device) = (folder, config, tokenizer, openText, decoder, codec, precision, device);
    }

    public string Folder { get; }

    public MusicGenConfig Config { get; }

    public IDecoder Decoder { get; }

    public ICodec Codec { get; }

    /// <summary>What the decoder computes with, for the log and for results.</summary>
    public string Precision { get; }

    /// <summary>Where, and why there.</summary>
    public OnnxDevice Device { get; }

    /// <summary>Loads a folder: a checkpoint, or the published ONNX layout.</summary>
    /// <param name="progress">Share of what has to be built for a checkpoint at its first load, 0…1.</param>
    /// <exception cref="CheckpointException">Something is missing or broken, or does not fit into memory; the message names file and tensor.</exception>
    /// <exception cref="IOException">The cache folder is not writable, or full.</exception>
    public static MusicGenModel Load(string folder, MusicGenSettings settings, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var config = MusicGenConfig.Load(folder);
        var tokenizer = LoadTokenizer(folder, config);
        var device = OnnxDevice.Choose(settings.Device);
        if (settings.Export is { } export || !CheckpointFolder.Exists(folder)) return LoadExport(folder, config, tokenizer, settings.Export ?? FirstExport(folder), settings, device);

        using var checkpoint = CheckpointFolder.Open(folder);
        var precision = device.IsCuda && settings.Precision != MusicGenPrecision.Fp32 ? MusicGenPrecision.Fp16 : settings.Precision;
        if (precision == MusicGenPrecision.Fp16 && !device.IsCuda) throw new CheckpointException("musicgen.precision: fp16 is for CUDA; on the CPU it is slower than int8 and no smaller than fp32.");
        // Of the decoder's weights on our own kernels; 0: ONNX Runtime.
        var bits = precision switch { MusicGenPrecision.Int8 => 8, MusicGenPrecision.Int4 => 4, _ => 0 };
        MemoryNeed.Check(folder, config, checkpoint, bits, settings);
        PackedWeights.Check(config, checkpoint);
        var cache = new GraphCache(CacheOf(checkpoint, settings));
        Directory.CreateDirectory(cache.Folder);
        var onnx = new OnnxSettings(settings.ActualThreads, device);
        var weights = precision == MusicGenPrecision.Fp16 ? OnnxType.Float16 : OnnxType.Float;
        ICodec codec = device.IsCuda ? LoadGraphCodec(config, checkpoint, cache.Folder, onnx) : EncodecCodec.Load(checkpoint, config.Codec, settings.ActualThreads);
        try
        {
            // What it lacks is said now, and a graph is written now; the weights are in memory only while a prompt is read.
            OpenText().Dispose();
            IDecoder decoder = bits > 0
                ? OpenPacked(config, checkpoint, bits, cache.Folder, settings, progress, cancellationToken)
                : GraphDecoder.Load(checkpoint, config, weights, cache, onnx);
            return new MusicGenModel(folder, config, tokenizer, OpenText, decoder, codec, precision.ToString().ToLowerInvariant(), device);
        }
        catch
        {
            codec.Dispose();
            throw;
        }

        ITextEncoder OpenText()
        {
            if (bits > 0) return LeanTextEncoder.Load(folder, config.Text, settings.ActualThreads);
            using var again = CheckpointFolder.Open(folder);
            return T5TextEncoder.Load(again, config.Text, weights, cache, onnx);
        }
    }

    /// <summary>The folder in the cache that belongs to a checkpoint.</summary>
    public static string CacheOf(CheckpointFolder checkpoint, MusicGenSettings settings) => Path.Combine(settings.CacheFolder, checkpoint.ShortFingerprint);

    /// <summary>A prompt's ids, at most 512 with the end token.</summary>
    public int[] Tokenize(string prompt) => _tokenizer.Encode(prompt, MaxTextTokens);

    /// <summary>The states of a prompt, <c>[tokens, text width]</c>.</summary>
    public float[] ReadPrompt(string prompt)
    {
        // Whatever its weights take is needed for a fifth of a second: taken, and given back.
        using var text = _openText();
        return text.Encode(Tokenize(prompt));
    }

    public void Dispose()
    {
        Decoder.Dispose();
        Codec.Dispose();
    }

    private static PackedDecoder OpenPacked(
        MusicGenConfig config, CheckpointFolder checkpoint, int bits, string cache, MusicGenSettings settings, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var positions = new SinusoidalPositions(config.Decoder.Width, DecoderGraph.IsHalf(checkpoint));
        PackedWeights weights;
        try
        {
            weights = PackedWeights.Open(config, bits, cache);
        }
        catch (CheckpointException)
        {
            // Not there yet, or broken: made anew.
            PackedWeights.Build(config, checkpoint, bits, cache, progress, cancellationToken);
            weights = PackedWeights.Open(config, bits, cache);
        }

        return new PackedDecoder(weights, positions, settings.ActualThreads);
    }

    private static PublishedCodec LoadGraphCodec(MusicGenConfig config, CheckpointFolder checkpoint, string cache, OnnxSettings onnx)
    {
        var path = Path.Combine(cache, "encodec_decode.onnx");
        if (!File.Exists(path)) EncodecGraph.Save(checkpoint, config.Codec, path);
        return PublishedCodec.Load(path, config.Codec, config.Decoder.Codebooks / config.Channels, onnx);
    }

    private static MusicGenModel LoadExport(string folder, MusicGenConfig config, Tokenizer tokenizer, string suffix, MusicGenSettings settings, OnnxDevice device)
    {
        var onnx = new OnnxSettings(settings.ActualThreads, device);
        string Graph(string name) => Path.Combine(folder, "onnx", $"{name}{suffix}.onnx");
        MemoryNeed.CheckExport(Graph("decoder_model_merged"), config, settings);
        PublishedTextEncoder OpenText() => PublishedTextEncoder.Load(Graph("text_encoder"), config.Text, onnx);
        OpenText().Dispose();
        var codec = PublishedCodec.Load(Graph("encodec_decode"), config.Codec, config.Decoder.Codebooks / config.Channels, onnx);
        try
        {
            return new MusicGenModel(
                folder, config, tokenizer, OpenText, PublishedDecoder.Load(Graph("decoder_model_merged"), config, onnx), codec,
                suffix.Length > 0 ? $"onnx{suffix}" : "onnx", device);
        }
        catch
        {
            codec.Dispose();
            throw;
        }
    }

    private static string FirstExport(string folder)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["", "_quantized", "_fp16"])
        {
            if (File.Exists(Path.Combine(folder, "onnx", $"decoder_model_merged{suffix}.onnx"))) return suffix;
        }

        throw new CheckpointException($"{folder} has no weights: neither {CheckpointFolder.SingleFile}, nor {CheckpointFolder.IndexFile}, nor onnx/decoder_model_merged.onnx.");
    }

    private static Tokenizer LoadTokenizer(string folder, MusicGenConfig config)
    {
        var path = Path.Combine(folder, TokenizerFile);
        try
        {
            var tokenizer = Tokenizer.Load(path);
            return tokenizer.VocabularySize <= config.Text.VocabularySize
                ? tokenizer
                : throw new CheckpointException($"{path} has {tokenizer.VocabularySize} tokens; the text encoder has {config.Text.VocabularySize}.");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new CheckpointException(exception is FileNotFoundException ? $"{path} does not exist." : exception.Message, exception);
        }
    }
}
