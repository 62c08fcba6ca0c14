using AudioReprompt.Audio.Mel;
using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.Scoring.Clap;

/// <summary>Makes a model of a folder. What is wrong with it is said before anything large is read or written.</summary>
internal static class ClapLoading
{
    private const string TokenizerFile = "tokenizer.json";
    private const string PreprocessingFile = "preprocessor_config.json";

    /// <summary>What training starts from, where a folder does not say what it came to.</summary>
    private const double UntrainedLogitScale = 1 / 0.07;

    /// <summary>Of the published ONNX files, the one that is taken first first.</summary>
    private static readonly string[] Exports = ["", "_quantized", "_fp16"];

    /// <exception cref="CheckpointException">Something is missing or broken; the message names file and tensor or key.</exception>
    public static ClapModel Load(string folder, string name, ClapSettings settings)
    {
        var config = ClapConfig.Load(folder);
        var preprocessing = ReadPreprocessing(folder);
        var frames = new ClapFeatureExtractor(preprocessing).Frames;
        if (frames > HtsatConfig.Frames)
            throw new CheckpointException($"{Path.Combine(folder, PreprocessingFile)}: max_length_s and hop_length make {frames} frames; the audio encoder takes {HtsatConfig.Frames} at most.");
        var tokenizer = ReadTokenizer(folder, config.Text);
        var device = OnnxDevice.Choose(settings.Device);
        var onnx = new OnnxSettings(settings.ActualThreads, device);
        string precision;
        var logitScale = UntrainedLogitScale;
        TextTower text;
        AudioTower audio;
        if (settings.Export is null && CheckpointFolder.Exists(folder))
        {
            precision = "";
            (text, audio, logitScale) = FromCheckpoint(folder, config, frames, settings, onnx);
        }
        else
        {
            var suffix = settings.Export ?? FirstExport(folder);
            precision = $" (onnx{suffix})";
            // The smaller file first: a wrong one is told sooner.
            audio = AudioTower.Open(OnnxSession.Load(ExportPath(folder, "audio_model", suffix), onnx), frames);
            text = Beside(audio, () => TextTower.Open(OnnxSession.Load(ExportPath(folder, "text_model", suffix), onnx)));
        }

        return new ClapModel(name + precision, $"{device.Name}: {device.Reason}", preprocessing, tokenizer, config.Text.MaxTokens, text, audio, settings.LongAudio, logitScale);
    }

    /// <summary>In a line what the folder's texts say of the model, or why it cannot be used; the weights are not read.</summary>
    public static string Describe(string folder)
    {
        try
        {
            var config = ClapConfig.Load(folder);
            ReadPreprocessing(folder);
            return FormattableString.Invariant(
                $"embeddings of {config.Width} numbers; HTSAT of {config.Audio.Channels} channels, {string.Join('-', config.Audio.Depths)} blocks; RoBERTa of {config.Text.Layers} layers, texts up to {config.Text.MaxTokens} tokens");
        }
        catch (CheckpointException exception)
        {
            // What it is about: a folder may well hold what cannot be used.
            return $"cannot be used: {exception.Message}";
        }
    }

    private static (TextTower Text, AudioTower Audio, double LogitScale) FromCheckpoint(string folder, ClapConfig config, int frames, ClapSettings settings, OnnxSettings onnx)
    {
        using var checkpoint = CheckpointFolder.Open(folder);
        // Both before either is written: a tensor that is missing costs no half a gigabyte of cache.
        var (textGraph, audioGraph) = (RobertaGraph.Build(checkpoint, config), HtsatGraph.Build(checkpoint, config, frames));
        var logitScale = ReadLogitScale(checkpoint);
        var cache = new GraphCache(Path.Combine(settings.CacheFolder, checkpoint.ShortFingerprint));
        var audio = AudioTower.Open(cache.Load("clap_audio", audioGraph, checkpoint.Fingerprint, onnx), frames);
        return (Beside(audio, () => TextTower.Open(cache.Load("clap_text", textGraph, checkpoint.Fingerprint, onnx))), audio, logitScale);
    }

    /// <exception cref="CheckpointException">It is there, and no finite number.</exception>
    private static double ReadLogitScale(CheckpointFolder checkpoint)
    {
        const string name = "logit_scale_a";
        if (!checkpoint.Tensors.ContainsKey(name)) return UntrainedLogitScale;
        var tensor = checkpoint.Get(name);
        var scale = Math.Exp(tensor.ToFloats()[0]);
        return double.IsFinite(scale) ? scale : throw new CheckpointException($"{tensor.Path}: {name} is no number whose exponential is finite.");
    }

    /// <summary>Opens the second half; the first is not left behind where that fails.</summary>
    private static TextTower Beside(AudioTower audio, Func<TextTower> open)
    {
        try
        {
            return open();
        }
        catch
        {
            audio.Dispose();
            throw;
        }
    }

    private static string FirstExport(string folder) =>
        Exports.FirstOrDefault(suffix => File.Exists(ExportPath(folder, "text_model", suffix)) && File.Exists(ExportPath(folder, "audio_model", suffix)))
        ?? throw new CheckpointException(
            $"{folder} has no weights: neither {CheckpointFolder.SingleFile}, nor {CheckpointFolder.IndexFile}, nor onnx/text_model.onnx with onnx/audio_model.onnx.");

    private static string ExportPath(string folder, string part, string suffix) => Path.Combine(folder, "onnx", $"{part}{suffix}.onnx");

    private static ClapPreprocessing ReadPreprocessing(string folder)
    {
        var path = Path.Combine(folder, PreprocessingFile);
        ClapPreprocessing read;
        try
        {
            read = ClapPreprocessing.Parse(File.ReadAllBytes(path));
        }
        catch (FileNotFoundException exception)
        {
            throw new CheckpointException($"{path} does not exist; it says what the model hears of a recording.", exception);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be used: {exception.Message}", exception);
        }

        if (read.IsFusion)
            throw new CheckpointException($"{path}: truncation is \"{ClapPreprocessing.Fusion}\"; a fusion checkpoint cannot be computed here, take an unfused one such as laion/clap-htsat-unfused.");
        return read.FeatureSize == HtsatConfig.MelBins
            ? read
            : throw new CheckpointException($"{path}: feature_size is {read.FeatureSize}; the audio encoder has {HtsatConfig.MelBins} mel bins.");
    }

    private static ByteLevelBpeTokenizer ReadTokenizer(string folder, RobertaConfig config)
    {
        var path = Path.Combine(folder, TokenizerFile);
        try
        {
            var tokenizer = ByteLevelBpeTokenizer.Load(path);
            return tokenizer.VocabularySize <= config.VocabularySize
                ? tokenizer
                : throw new CheckpointException($"{path} has {tokenizer.VocabularySize} tokens; the text encoder has {config.VocabularySize}.");
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new CheckpointException(exception is FileNotFoundException ? $"{path} does not exist." : exception.Message, exception);
        }
    }
}
