using System.Runtime.InteropServices;
using AudioReprompt.Audio;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Scoring.Clap;
using AudioReprompt.SharedTests.Audio.Mel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.SharedTests.Scoring.Clap;

/// <summary>Recordings of all kinds, sameness, and the model's test of itself.</summary>
public sealed class ClapModelTests : IClassFixture<ClapModelTests.Loaded>
{
    private readonly ClapModel _model;

    public ClapModelTests(Loaded loaded) => _model = loaded.Model;

    [Fact]
    public void EmbedAudio_NoSamples_IsRefused()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Embed(new MemoryReader(Array.Empty<float>(), 2, 32_000)));

        Assert.Equal("The recording has no samples.", refused.Message);
    }

    [Theory]
    [InlineData(48_000)]
    [InlineData(44_100)]
    public void EmbedAudio_NotANumberInIt_IsRefusedByItsPlace(int sampleRate)
    {
        var samples = Tone(0.5, sampleRate, 1);
        samples[1000] = float.NaN;

        var refused = Assert.Throws<InvalidDataException>(() => Embed(new MemoryReader(samples, 1, sampleRate)));

        Assert.Equal("Sample 1000 is not finite.", refused.Message);
    }

    [Fact]
    public void EmbedAudio_NotANumberBehindTheFirstWindow_IsRefusedByItsPlace()
    {
        var samples = Tone(21, 48_000, 1);
        samples[700_000] = float.PositiveInfinity;

        var refused = Assert.Throws<InvalidDataException>(() => Embed(new MemoryReader(samples, 1, 48_000)));

        Assert.Equal("Sample 700000 is not finite.", refused.Message);
    }

    [Theory]
    [InlineData(0.1, 48_000, 1, 1)]
    [InlineData(0.1, 8_000, 1, 1)]
    [InlineData(3, 8_000, 8, 1)]
    [InlineData(10, 32_000, 1, 1)]
    [InlineData(20, 32_000, 2, 2)]
    [InlineData(20.1, 44_100, 2, 3)]
    public void EmbedAudio_AnyRateLengthAndChannels_IsHeardInWindowsOfTenSeconds(double seconds, int sampleRate, int channels, int windows)
    {
        var heard = Embed(new MemoryReader(Tone(seconds, sampleRate, channels), channels, sampleRate));

        Assert.Equal(windows, heard.Windows);
        AssertUnit(heard.Embedding);
    }

    [Fact]
    public void EmbedAudio_Silence_IsAVectorLikeAnyOther() => AssertUnit(Embed(new MemoryReader(new float[48_000], 1, 48_000)).Embedding);

    [Fact]
    public void EmbedAudio_ChannelsAlike_IsWhatOneOfThemIs()
    {
        // Of two the mean is exact.
        var (mono, stereo) = (Tone(1, 48_000, 1), Tone(1, 48_000, 2));

        Assert.Equal(Embed(new MemoryReader(mono, 1, 48_000)).Embedding, Embed(new MemoryReader(stereo, 2, 48_000)).Embedding);
    }

    [Fact]
    public void EmbedAudio_Recording_IsNotDisposedOf()
    {
        var recording = new Endless(frames: 4_800);

        Embed(recording);

        Assert.False(recording.IsDisposed);
    }

    [Fact]
    public void EmbedAudio_TwoHours_AreReadAsTheyAreHeard()
    {
        using var stopped = new CancellationTokenSource();
        // Stops the listener in the middle of the third window: what has been read by then is what it holds.
        var recording = new Endless(frames: 2L * 3600 * 48_000) { Reached = (25 * 48_000, stopped.Cancel) };

        Assert.Throws<OperationCanceledException>(() => _model.EmbedAudio(recording, stopped.Token));

        Assert.InRange(recording.FramesRead, 25 * 48_000, 30 * 48_000);
    }

    [Fact]
    public void EmbedAudio_RandomTruncationOfMoreThanAnHour_IsRefused()
    {
        using var clap = new EditedClap();
        using var model = ClapLoading.Load(clap.Folder, "tiny", clap.Settings with { LongAudio = ClapSettings.RandomTruncation });

        var refused = Assert.Throws<InvalidDataException>(() => model.EmbedAudio(new Endless(3601L * 1_000, sampleRate: 1_000), CancellationToken.None));

        Assert.Contains("longer than 3600 s", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embed_OneThreadOrTwo_AreTheSameBytes()
    {
        using var clap = new EditedClap();
        using var one = ClapLoading.Load(clap.Folder, "tiny", clap.Settings with { Threads = 1 });
        using var two = ClapLoading.Load(clap.Folder, "tiny", clap.Settings with { Threads = 2 });
        var noise = ClapFixtures.Clip("noise").Samples;

        AssertSameBytes(one.EmbedText("a bitter espresso, dark and slow"), two.EmbedText("a bitter espresso, dark and slow"));
        AssertSameBytes(Embed(one, noise), Embed(two, noise));
    }

    [Fact]
    public async Task Embed_ConcurrentCalls_GiveWhatEachGivesAlone()
    {
        string[] clips = ["tone", "noise", "pluck", "silence"];
        var alone = clips.Select(clip => Embed(_model, ClapFixtures.Clip(clip).Samples)).ToArray();
        var text = _model.EmbedText("sweet");

        var together = await Task.WhenAll(Enumerable.Range(0, 12).Select(call => Task.Run(() =>
            (Clip: call % 4, Audio: Embed(_model, ClapFixtures.Clip(clips[call % 4]).Samples), Text: _model.EmbedText("sweet")))));

        Assert.All(together, call => AssertSameBytes(alone[call.Clip], call.Audio));
        Assert.All(together, call => AssertSameBytes(text, call.Text));
    }

    [Fact]
    public void Load_SecondTime_TakesTheGraphsFromTheCache()
    {
        using var clap = new EditedClap();
        clap.Load().Dispose();
        var written = Written(clap);

        using var again = clap.Load();

        Assert.NotEmpty(written);
        Assert.Equal(written, Written(clap));
        AssertSameBytes(_model.EmbedText("honey"), again.EmbedText("honey"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("_fp16")]
    [InlineData("_quantized")]
    public void Load_PublishedFiles_TakesTheVariantThatIsThere(string suffix)
    {
        using var clap = new EditedClap("onnx/text_model.onnx", "onnx/audio_model.onnx");
        foreach (var part in (string[])["text_model", "audio_model"]) File.Move(clap.PathOf($"onnx/{part}.onnx"), clap.PathOf($"onnx/{part}{suffix}.onnx"));

        using var model = clap.Load();

        Assert.Equal($"tiny (onnx{suffix})", model.Model);
        AssertUnit(model.EmbedText("salty"));
    }

    [Fact]
    public void Load_ModelThatTellsSineAndNoiseApart_DoesNotWarn()
    {
        using var clap = new EditedClap();
        var log = new HeardWarnings();

        using var model = ClapModel.Load(clap.Folder, "tiny", clap.Settings, log);

        Assert.InRange(model.SineToNoise, -1, 0.95);
        Assert.Empty(log.Heard);
    }

    [Fact]
    public void Load_ModelThatSendsAllSoundsToOnePoint_Warns()
    {
        using var clap = new EditedClap().WithWeights(weight => weight.Name == "audio_projection.linear2.weight" ? weight with { Values = new float[weight.Values.Length] } : weight);
        var log = new HeardWarnings();

        using var model = ClapModel.Load(clap.Folder, "tiny", clap.Settings, log);

        Assert.Equal(1, model.SineToNoise, 6);
        Assert.Contains("tiny hears a sine and white noise as nearly the same (cosine 1.000", Assert.Single(log.Heard), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0f, "The vector of the recording is zero")]
    [InlineData(float.NaN, "The vector of the recording is not finite")]
    public void Load_WeightsThatGiveNoDirection_AreRefused(float value, string said)
    {
        using var clap = new EditedClap().WithWeights(weight =>
            weight.Name.StartsWith("audio_projection.linear2.", StringComparison.Ordinal) ? weight with { Values = [.. Enumerable.Repeat(value, weight.Values.Length)] } : weight);

        var refused = Assert.Throws<CheckpointException>(() => ClapModel.Load(clap.Folder, "tiny", clap.Settings, NullLogger.Instance));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoModelConfigured_SaysHowToGetOne()
    {
        var configuration = new LoadedConfiguration(new AudioRepromptOptions(), [], null, Path.GetTempPath());

        var refused = Assert.Throws<ArgumentException>(() => ClapModel.Load(configuration, NullLogger.Instance));

        Assert.Contains("clap.model", refused.Message, StringComparison.Ordinal);
        Assert.Contains("audioreprompt models pull laion/clap-htsat-unfused", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ConfiguredFolder_IsTheModelByItsLastPart()
    {
        using var clap = new EditedClap();
        var options = new AudioRepromptOptions { Clap = new ClapOptions { Model = clap.Folder, Cache = clap.CacheFolder, LongAudio = "rand_trunc", Device = "cpu" } };

        using var model = ClapModel.Load(new LoadedConfiguration(options, [], null, Path.GetTempPath()), NullLogger.Instance);

        Assert.Equal(Path.GetFileName(clap.Folder), model.Model);
        Assert.Equal("rand_trunc", Embed(new MemoryReader(Tone(1, 48_000, 1), 1, 48_000), model).LongAudio);
    }

    private static List<(string, DateTime)> Written(EditedClap clap) =>
        [.. Directory.EnumerateFiles(clap.CacheFolder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file)))];

    private ClapAudio Embed(IAudioReader recording) => Embed(recording, _model);

    private static ClapAudio Embed(IAudioReader recording, ClapModel model) => model.EmbedAudio(recording, CancellationToken.None);

    private static float[] Embed(ClapModel model, float[] samples) => Embed(new MemoryReader(samples, 1, 48_000), model).Embedding;

    private static void AssertSameBytes(float[] one, float[] two) => Assert.Equal(MemoryMarshal.AsBytes<float>(one).ToArray(), MemoryMarshal.AsBytes<float>(two).ToArray());

    private static void AssertUnit(float[] embedding) => Assert.Equal(1, Math.Sqrt(embedding.Sum(value => (double)value * value)), 6);

    /// <summary>440 Hz, the same in all channels.</summary>
    private static float[] Tone(double seconds, int sampleRate, int channels) =>
        [.. Enumerable.Range(0, (int)(seconds * sampleRate)).SelectMany(sample => Enumerable.Repeat(0.5f * (float)Math.Sin(2 * Math.PI * 440 * sample / sampleRate), channels))];

    /// <summary>The model of most tests.</summary>
    public sealed class Loaded : IDisposable
    {
        private readonly EditedClap _clap = new();

        public Loaded() => Model = _clap.Load();

        public ClapModel Model { get; }

        public void Dispose()
        {
            Model.Dispose();
            _clap.Dispose();
        }
    }

    /// <summary>A long recording that nobody could keep in memory, and that is not in memory.</summary>
    private sealed class Endless(long frames, int sampleRate = 48_000) : IAudioReader
    {
        public int SampleRate => sampleRate;

        public int Channels => 1;

        public long FramesRead { get; private set; }

        public bool IsDisposed { get; private set; }

        public (long Frames, Action Then)? Reached { get; init; }

        public int Read(Span<float> samples)
        {
            var count = (int)Math.Min(samples.Length, frames - FramesRead);
            for (var i = 0; i < count; i++) samples[i] = 0.1f * (((FramesRead + i) % 100) - 50) / 50;
            FramesRead += count;
            if (Reached is { } reached && FramesRead >= reached.Frames) reached.Then();
            return count;
        }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class HeardWarnings : ILogger
    {
        public List<string> Heard { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning) Heard.Add(formatter(state, exception));
        }
    }
}
