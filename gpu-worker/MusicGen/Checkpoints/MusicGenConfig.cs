using AudioReprompt.Checkpoints;

namespace AudioReprompt.MusicGen.Checkpoints;

/// <summary>What <c>config.json</c> says of a MusicGen checkpoint. A key that it leaves out has the library's default (transformers 4.57).</summary>
/// <param name="GuidanceScale">From <c>generation_config.json</c>.</param>
public sealed record MusicGenConfig(T5Config Text, DecoderConfig Decoder, CodecConfig Codec, double GuidanceScale)
{
    public const string FileName = "config.json";

    /// <summary>Audio channels of a song: 1 or 2.</summary>
    public int Channels => Decoder.AudioChannels;

    /// <summary>Reads <c>config.json</c>, and <c>generation_config.json</c> where there is one.</summary>
    /// <exception cref="CheckpointException">A file is missing or no JSON, a key has a value that no MusicGen has, or the sizes do not go together.</exception>
    public static MusicGenConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new CheckpointException($"{folder} has no {FileName}; a model folder holds config.json, tokenizer.json and the weights.");
        return ConfigSection.ReadFile(path, root => Read(root, folder));
    }

    private static MusicGenConfig Read(ConfigSection root, string folder)
    {
        var kind = root.Text("model_type", "");
        if (kind != "musicgen") throw root.Wrong("model_type", $"is \"{kind}\", not \"musicgen\"");
        var config = new MusicGenConfig(
            T5Config.Read(root.Section("text_encoder")), DecoderConfig.Read(root.Section("decoder")), CodecConfig.Read(root.Section("audio_encoder")), Guidance(folder));
        var books = config.Decoder.Codebooks / config.Decoder.AudioChannels;
        if (config.Codec.CodebookSize != config.Decoder.VocabularySize)
        {
            throw root.Wrong("decoder.vocab_size", $"is {config.Decoder.VocabularySize}, but the codec's codebooks have {config.Codec.CodebookSize} entries");
        }

        return books > 0 ? config : throw root.Wrong("decoder.num_codebooks", $"of {config.Decoder.Codebooks} does not reach for {config.Channels} channels");
    }

    private static double Guidance(string folder)
    {
        var path = Path.Combine(folder, "generation_config.json");
        return File.Exists(path) ? ConfigSection.ReadFile(path, root => root.Number("guidance_scale", 3, 0, 100)) : 3;
    }
}

/// <summary>The T5 encoder.</summary>
/// <param name="Width"><c>d_model</c>.</param>
/// <param name="HeadWidth"><c>d_kv</c>; the heads together may be wider or narrower than <paramref name="Width"/>.</param>
/// <param name="InnerWidth"><c>d_ff</c>.</param>
/// <param name="Buckets">Buckets of the relative positions, both directions together.</param>
/// <param name="MaxDistance">Positions further apart share the last bucket.</param>
public sealed record T5Config(int VocabularySize, int Width, int HeadWidth, int InnerWidth, int Layers, int Heads, int Buckets, int MaxDistance, float Epsilon)
{
    internal static T5Config Read(ConfigSection section)
    {
        section.Only("model_type", "t5", "t5");
        section.Only("feed_forward_proj", "relu", "relu");
        var buckets = section.Integer("relative_attention_num_buckets", 32, 4, 4096);
        if (buckets % 4 != 0) throw section.Wrong("relative_attention_num_buckets", $"is {buckets}, not a multiple of 4");
        return new T5Config(
            section.Integer("vocab_size", 32128, 3, 1 << 20),
            section.Integer("d_model", 512, 1, 1 << 14),
            section.Integer("d_kv", 64, 1, 1 << 10),
            section.Integer("d_ff", 2048, 1, 1 << 16),
            section.Integer("num_layers", 6, 1, 256),
            section.Integer("num_heads", 8, 1, 256),
            buckets,
            section.Integer("relative_attention_max_distance", 128, buckets / 4 + 1, 1 << 16),
            (float)section.Number("layer_norm_epsilon", 1e-6, 0, 1));
    }
}

/// <summary>MusicGen's decoder.</summary>
/// <param name="VocabularySize">Codes per codebook; the embedding has one row more, the pad token.</param>
/// <param name="Width"><c>hidden_size</c>.</param>
/// <param name="InnerWidth"><c>ffn_dim</c>.</param>
/// <param name="Codebooks">Of all channels together.</param>
/// <remarks><c>scale_embedding</c> has no effect in the library's decoder, and has none here.</remarks>
public sealed record DecoderConfig(int VocabularySize, int Width, int Layers, int Heads, int InnerWidth, int Codebooks, int AudioChannels)
{
    public int HeadWidth => Width / Heads;

    /// <summary>The token before the first and after the last frame: the row behind the codes.</summary>
    public int PadToken => VocabularySize;

    internal static DecoderConfig Read(ConfigSection section)
    {
        section.Only("model_type", "musicgen_decoder", "musicgen_decoder");
        section.Only("activation_function", "gelu", "gelu");
        var vocabulary = section.Integer("vocab_size", 2048, 2, 1 << 16);
        var pad = section.Integer("pad_token_id", 2048, 0, 1 << 17);
        if (pad != vocabulary) throw section.Wrong("pad_token_id", $"is {pad}; it must be vocab_size, {vocabulary}");
        var width = section.Integer("hidden_size", 1024, 4, 1 << 14);
        var heads = section.Integer("num_attention_heads", 16, 1, 256);
        if (width % heads != 0) throw section.Wrong("hidden_size", $"of {width} cannot be parted into {heads} heads");
        var channels = section.Integer("audio_channels", 1, 1, 2);
        var codebooks = section.Integer("num_codebooks", 4, 1, 64);
        if (codebooks % channels != 0) throw section.Wrong("num_codebooks", $"of {codebooks} cannot be parted into {channels} channels");
        return new DecoderConfig(
            vocabulary,
            width,
            section.Integer("num_hidden_layers", 24, 1, 256),
            heads,
            section.Integer("ffn_dim", 4096, 1, 1 << 16),
            codebooks,
            channels);
    }
}

/// <summary>EnCodec's decoder.</summary>
/// <param name="SampleRate">Hz.</param>
/// <param name="Width"><c>hidden_size</c>: of a frame's embedding.</param>
/// <param name="Ratios">Upsampling, first to last; their product is a frame's samples.</param>
/// <param name="TrimRightRatio">For causal transposed convolutions: which share is cut off on the right.</param>
public sealed record CodecConfig(
    int SampleRate, int Width, int Filters, int ResidualLayers, IReadOnlyList<int> Ratios, int Kernel, int LastKernel, int ResidualKernel, int DilationGrowth,
    bool Causal, int Compress, int LstmLayers, double TrimRightRatio, int CodebookSize, int CodebookWidth, bool ConvolutionShortcut)
{
    /// <summary>Samples of one frame.</summary>
    public int HopLength => Ratios.Aggregate(1, (product, ratio) => product * ratio);

    /// <summary>Frames per second.</summary>
    public double FrameRate => (double)SampleRate / HopLength;

    internal static CodecConfig Read(ConfigSection section)
    {
        section.Only("model_type", "encodec", "encodec");
        section.Only("norm_type", "weight_norm", "weight_norm");
        section.Only("pad_mode", "reflect", "reflect");
        var channels = section.Integer("audio_channels", 1, 1, 2);
        if (channels != 1) throw section.Wrong("audio_channels", $"is {channels}; MusicGen's codec is mono, also for stereo songs");
        var width = section.Integer("hidden_size", 128, 1, 1 << 14);
        var ratios = section.Integers("upsampling_ratios", [8, 5, 4, 2], 1, 64);
        return new CodecConfig(
            section.Integer("sampling_rate", 24000, 8000, 192000),
            width,
            section.Integer("num_filters", 32, 1, 1 << 12),
            section.Integer("num_residual_layers", 1, 1, 16),
            ratios,
            section.Integer("kernel_size", 7, 1, 64),
            section.Integer("last_kernel_size", 7, 1, 64),
            section.Integer("residual_kernel_size", 3, 1, 64),
            section.Integer("dilation_growth_rate", 2, 1, 16),
            section.Flag("use_causal_conv", true),
            section.Integer("compress", 2, 1, 64),
            section.Integer("num_lstm_layers", 2, 0, 16),
            section.Number("trim_right_ratio", 1, 0, 1),
            section.Integer("codebook_size", 1024, 2, 1 << 16),
            section.Integer("codebook_dim", width, 1, 1 << 14),
            section.Flag("use_conv_shortcut", true));
    }
}
