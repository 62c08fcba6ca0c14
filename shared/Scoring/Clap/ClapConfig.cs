using AudioReprompt.Checkpoints;

namespace AudioReprompt.Scoring.Clap;

/// <summary>What <c>config.json</c> says of a CLAP checkpoint. A key that it leaves out has the library's default (transformers 4.57).</summary>
/// <param name="Width">Of an embedding.</param>
internal sealed record ClapConfig(RobertaConfig Text, HtsatConfig Audio, int Width)
{
    public const string FileName = "config.json";

    /// <exception cref="CheckpointException">The file is missing or no JSON, another model's, or a key has a value that cannot be computed here.</exception>
    public static ClapConfig Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? ConfigSection.ReadFile(path, Read)
            : throw new CheckpointException($"{folder} has no {FileName}; a CLAP folder holds config.json, preprocessor_config.json, tokenizer.json and the weights.");
    }

    private static ClapConfig Read(ConfigSection root)
    {
        var kind = root.Text("model_type", "");
        if (kind != "clap") throw root.Wrong("model_type", $"is \"{kind}\", not \"clap\"");
        root.Only("projection_hidden_act", "relu", "relu");
        return new ClapConfig(
            RobertaConfig.Read(root.SectionOrDefaults("text_config")),
            HtsatConfig.Read(root.SectionOrDefaults("audio_config")),
            root.Integer("projection_dim", 512, 1, 1 << 14));
    }
}

/// <summary>The text encoder, a RoBERTa.</summary>
/// <param name="Positions">Rows of the table of positions; the first two belong to no token of a text.</param>
/// <param name="PadToken">Its position is its own number, and the first token's the one behind it.</param>
internal sealed record RobertaConfig(int VocabularySize, int Width, int InnerWidth, int Layers, int Heads, int Positions, int PadToken, float Epsilon)
{
    /// <summary>Tokens that a text may have, with those at its ends.</summary>
    public int MaxTokens => Positions - PadToken - 1;

    public static RobertaConfig Read(ConfigSection section)
    {
        section.Only("model_type", "clap_text_model", "clap_text_model");
        section.Only("hidden_act", "gelu", "gelu");
        section.Only("position_embedding_type", "absolute", "absolute");
        var width = section.Integer("hidden_size", 768, 1, 1 << 14);
        var heads = section.Integer("num_attention_heads", 12, 1, 256);
        if (width % heads != 0) throw section.Wrong("hidden_size", $"of {width} cannot be parted into {heads} heads");
        var pad = section.Integer("pad_token_id", 1, 0, 1 << 10);
        return new RobertaConfig(
            section.Integer("vocab_size", 50265, 3, 1 << 20),
            width,
            section.Integer("intermediate_size", 3072, 1, 1 << 16),
            section.Integer("num_hidden_layers", 12, 1, 256),
            heads,
            section.Integer("max_position_embeddings", 514, pad + 3, 1 << 16),
            pad,
            (float)section.Number("layer_norm_eps", 1e-12, 0, 1));
    }
}

/// <summary>The audio encoder, an HTSAT without fusion (Chen et al. 2022): a Swin transformer on the folded mel spectrogram.</summary>
/// <param name="Channels">Of the first stage; each further one has twice as many.</param>
/// <param name="Depths">Blocks of each stage.</param>
/// <param name="Heads">Of each stage.</param>
/// <param name="InnerRatio">Inner width of a block's second half, in widths.</param>
internal sealed record HtsatConfig(int Channels, IReadOnlyList<int> Depths, IReadOnlyList<int> Heads, double InnerRatio, float Epsilon)
{
    /// <summary>Of the image, in both directions; what all published checkpoints have, like the sizes below.</summary>
    public const int ImageSize = 256;
    public const int MelBins = 64;
    public const int PatchSize = 4;
    public const int WindowSize = 8;
    public const int Stages = 4;

    /// <summary>Time steps of the image: its columns, once for each of the parts that lie below each other.</summary>
    public const int Frames = ImageSize * (ImageSize / MelBins);

    /// <summary>Tokens of the first stage in both directions.</summary>
    public const int Grid = ImageSize / PatchSize;

    /// <summary>Channels of a stage.</summary>
    public int Width(int stage) => Channels << stage;

    /// <summary>Of the second half of a stage's blocks.</summary>
    public int InnerWidth(int stage) => (int)(Width(stage) * InnerRatio);

    /// <summary>Of what the encoder gives.</summary>
    public int PooledWidth => Width(Stages - 1);

    public static HtsatConfig Read(ConfigSection section)
    {
        section.Only("model_type", "clap_audio_model", "clap_audio_model");
        section.Only("hidden_act", "gelu", "gelu");
        section.Only("enable_patch_layer_norm", true, true);
        section.Only("qkv_bias", true, true);
        if (section.Flag("enable_fusion", false))
            throw section.Wrong("enable_fusion", "is true; a fusion checkpoint cannot be computed here, take an unfused one such as laion/clap-htsat-unfused");
        Require(section, "spec_size", ImageSize);
        Require(section, "num_mel_bins", MelBins);
        Require(section, "patch_size", PatchSize);
        Require(section, "window_size", WindowSize);
        if (!section.Integers("patch_stride", [PatchSize, PatchSize], 1, 64).SequenceEqual([PatchSize, PatchSize])) throw section.Wrong("patch_stride", $"is not [{PatchSize}, {PatchSize}]");
        var channels = section.Integer("patch_embeds_hidden_size", 96, 1, 1 << 11);
        var pooled = section.Integer("hidden_size", 768, 1, 1 << 14);
        if (pooled != channels << (Stages - 1)) throw section.Wrong("hidden_size", $"is {pooled}; with patch_embeds_hidden_size {channels} it is {channels << (Stages - 1)}");
        var heads = section.Integers("num_attention_heads", [4, 8, 16, 32], 1, 256);
        for (var stage = 0; stage < heads.Count; stage++)
        {
            if ((channels << stage) % heads[stage] != 0) throw section.Wrong("num_attention_heads", $"of stage {stage} is {heads[stage]}, which {channels << stage} channels cannot be parted into");
        }

        return new HtsatConfig(
            channels,
            PerStage(section, "depths", section.Integers("depths", [2, 2, 6, 2], 1, 64)),
            PerStage(section, "num_attention_heads", heads),
            section.Number("mlp_ratio", 4, 1, 16),
            (float)section.Number("layer_norm_eps", 1e-5, 0, 1));
    }

    private static IReadOnlyList<int> PerStage(ConfigSection section, string key, IReadOnlyList<int> values) =>
        values.Count == Stages ? values : throw section.Wrong(key, $"has {values.Count} numbers, not {Stages}");

    private static void Require(ConfigSection section, string key, int size)
    {
        if (section.Integer(key, size, 1, 1 << 20) is var found && found != size) throw section.Wrong(key, $"is {found}; only {size} can be computed");
    }
}
