using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Audio.Mel;
using AudioReprompt.Checkpoints;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.SharedTests.Audio.Mel;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Scoring.Clap;

/// <summary>
/// Goldens: fixtures/clap-tiny, Hugging Face transformers 4.57.6; tolerances as its README states them. Both ways in: our graphs from the
/// checkpoint, and the published ONNX layout.
/// </summary>
public sealed class ClapGoldenTests : IDisposable
{
    private const int Width = 32;
    private const double TextTolerance = 1e-4;
    private const double AudioTolerance = 5e-4;
    private const double CosineTolerance = 1e-4;

    private readonly EditedClap _checkpoint = new();

    private static string[] Texts => Strings("texts");

    private static string[] Clips => [.. ClapFixtures.Goldens.GetProperty("clips").EnumerateArray().Select(clip => clip.GetProperty("name").GetString()!)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EmbedIds_EveryText_EqualsTheGolden(bool published)
    {
        using var model = Load(published);
        var lengths = ClapFixtures.Goldens.GetProperty("text_lengths").EnumerateArray().Select(length => length.GetInt32()).ToArray();
        var expected = ClapFixtures.Golden("text_embeds");
        Assert.Equal(12, Texts.Length);
        for (var text = 0; text < Texts.Length; text++)
        {
            var ids = model.Tokenize(Texts[text]);
            Assert.Equal(lengths[text], ids.Length);
            ClapFixtures.AssertClose(Row(expected, text), model.EmbedIds(ids), TextTolerance);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EmbedWindow_EveryClip_EqualsTheGolden(bool published)
    {
        using var model = Load(published);
        var extractor = model.NewExtractor();
        var expected = ClapFixtures.Golden("audio_embeds");
        Assert.Equal(7, Clips.Length);
        for (var clip = 0; clip < Clips.Length; clip++) ClapFixtures.AssertClose(Row(expected, clip), model.EmbedWindow(Cropped(Clips[clip]), extractor), AudioTolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EmbedTextAndAudio_EveryPair_HasTheGoldensCosine(bool published)
    {
        using var model = Load(published);
        var expected = ClapFixtures.Golden("cosine_audio_text");
        var texts = Texts.Select(model.EmbedText).ToArray();
        var cosines = Clips.SelectMany(clip =>
        {
            var heard = model.EmbedAudio(Recording(Cropped(clip).ToArray()), CancellationToken.None);
            Assert.Equal(1, heard.Windows);
            return texts.Select(text => (float)CosineSimilarity.Between(heard.Embedding, text));
        });
        ClapFixtures.AssertClose(expected, cosines.ToArray(), CosineTolerance);
    }

    /// <summary>The published files hold no scale: it stays what training starts from.</summary>
    [Fact]
    public void LogitScale_OfTheCheckpoint_GivesTheGoldensLogits()
    {
        using var model = Load(published: false);
        using var export = Load(published: true);
        var cosines = ClapFixtures.Golden("cosine_audio_text");
        var logits = ClapFixtures.Golden("logits_per_audio");
        ClapFixtures.AssertClose(logits, [.. cosines.Select(cosine => (float)(model.LogitScale * cosine))], 3e-4);
        Assert.Equal(1 / 0.07, export.LogitScale);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EmbedAudio_LongClip_IsTheGoldensMeanOfWindows(bool published)
    {
        using var model = Load(published);

        var heard = model.EmbedAudio(Recording(ClapFixtures.Clip("chirp_12s").Samples), CancellationToken.None);

        Assert.Equal((2, "windows"), (heard.Windows, heard.LongAudio));
        ClapFixtures.AssertClose(ClapFixtures.Golden("long_embedding"), heard.Embedding, 1e-4);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void EmbedWindow_WindowOfALongClip_EqualsTheGolden(int window)
    {
        using var model = Load(published: false);
        var start = ClapFixtures.Goldens.GetProperty("long_window_starts").EnumerateArray().ElementAt(window).GetInt32();
        var samples = ClapFixtures.Clip("chirp_12s").Samples.AsSpan(start, ClapFixtures.WindowSamples);

        ClapFixtures.AssertClose(Row(ClapFixtures.Golden("long_window_audio_embeds"), window), model.EmbedWindow(samples, model.NewExtractor()), AudioTolerance);
    }

    [Fact]
    public void EmbedAudio_RandomTruncation_HearsWhatNumpysGeneratorChooses()
    {
        using var model = ClapLoading.Load(_checkpoint.Folder, "tiny", _checkpoint.Settings with { LongAudio = ClapSettings.RandomTruncation });
        var samples = ClapFixtures.Clip("chirp_12s").Samples;
        // numpy.random.seed(0); numpy.random.randint(0, 96001)
        var chosen = samples.AsMemory(new NumpyRandom(0).Next(96_001), ClapFixtures.WindowSamples);

        var heard = model.EmbedAudio(Recording(samples), CancellationToken.None);

        Assert.Equal((1, "rand_trunc"), (heard.Windows, heard.LongAudio));
        Assert.Equal(model.EmbedAudio(Recording(chosen), CancellationToken.None).Embedding, heard.Embedding);
    }

    [Theory]
    [InlineData(TensorType.Float16, 1)]
    [InlineData(TensorType.BFloat16, 1)]
    [InlineData(TensorType.Float32, 3)]
    [InlineData(TensorType.Float16, 2)]
    public void Load_OtherTypesAndShards_GiveWhatTheSameNumbersInOneFileGive(TensorType type, int shards)
    {
        using var stored = new EditedClap().WithWeights(weight => weight, type, shards);
        using var rounded = new EditedClap().WithWeights(weight => weight with { Values = Array.ConvertAll(weight.Values, value => Rounded(value, type)) });
        using var one = stored.Load();
        using var other = rounded.Load();

        Assert.Equal(other.EmbedText(Texts[1]), one.EmbedText(Texts[1]));
        Assert.Equal(
            other.EmbedAudio(Recording(ClapFixtures.Clip("noise").Samples), CancellationToken.None).Embedding,
            one.EmbedAudio(Recording(ClapFixtures.Clip("noise").Samples), CancellationToken.None).Embedding);
    }

    [Fact]
    public void Load_ConfigWithoutWhatHasADefault_IsTheSameModel()
    {
        using var whole = _checkpoint.Load();
        using var edited = new EditedClap();
        foreach (var key in (string[])["audio_config.spec_size", "audio_config.layer_norm_eps", "audio_config.mlp_ratio", "audio_config.patch_stride", "text_config.max_position_embeddings", "text_config.hidden_act", "projection_hidden_act"])
            edited.With("config.json", key, null);
        using var model = edited.Load();

        Assert.Equal(whole.EmbedText(Texts[0]), model.EmbedText(Texts[0]));
    }

    public void Dispose() => _checkpoint.Dispose();

    private ClapModel Load(bool published) => ClapLoading.Load(published ? ClapFixtures.Folder : _checkpoint.Folder, "tiny", _checkpoint.Settings with { Export = published ? "" : null });

    private static MemoryReader Recording(ReadOnlyMemory<float> samples) => new(samples, 1, 48_000);

    /// <summary>A clip as the goldens heard it, cut where its place was pinned.</summary>
    private static ReadOnlySpan<float> Cropped(string clip)
    {
        var (samples, offset) = ClapFixtures.Clip(clip);
        return offset is { } start ? samples.AsSpan(start, ClapFixtures.WindowSamples) : samples;
    }

    private static float Rounded(float value, TensorType type) => type switch
    {
        TensorType.Float16 => (float)(Half)value,
        TensorType.BFloat16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
        _ => value,
    };

    private static float[] Row(float[] rows, int row) => rows.AsSpan(row * Width, Width).ToArray();

    private static string[] Strings(string key) => [.. ClapFixtures.Goldens.GetProperty(key).EnumerateArray().Select((JsonElement text) => text.GetString()!)];
}
