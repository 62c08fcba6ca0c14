using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using AudioReprompt.Scoring.Aesthetics;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Scoring;

/// <summary>The seam for Audiobox-Aesthetics with a graph of ours: its axes are mean, masked share, largest and smallest sample of a window.</summary>
public sealed class AudioboxModelTests : IDisposable
{
    private const int SampleRate = 16_000;

    private const string Config = """
        {"sample_rate":16000,"target_transform":{"CE":{"mean":5,"std":2},"CU":{"mean":0,"std":1},"PC":{"mean":1,"std":10},"PQ":{"mean":0.5,"std":1}}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Score_FifteenSeconds_IsTheMeanOfTheWindowsByTheirFilling()
    {
        Write();
        using var model = AudioboxModel.Load(_folder.Path, new OnnxSettings(Threads: 1));
        // 10 s of 0.5, then 5 s of 0.5 filled up with 5 s of zeros: the windows' means are 0.5 and 0.25, their weights 1 and 0.5.
        float[] sound = [.. Enumerable.Repeat(0.5f, 15 * SampleRate)];
        var scores = model.Score(Signals.Reader(sound, 1, SampleRate)(), CancellationToken.None);

        Assert.Equal(5 + (2 * (0.5 + (0.5 * 0.25)) / 1.5), scores.ContentEnjoyment, 5);
        Assert.Equal((1 + (0.5 * 0.5)) / 1.5, scores.ContentUsefulness, 5);
        Assert.Equal(1 + (10 * 0.5), scores.ProductionComplexity, 5);
        Assert.Equal(0.5 + (0.5 / 1.5), scores.ProductionQuality, 5);
        Assert.Equal((2, Path.GetFileName(_folder.Path)), (scores.Windows, scores.Model));
    }

    [Fact]
    public void Score_StereoAtAnotherRate_IsHeardAsTheMeanAtSixteenKilohertz()
    {
        Write();
        using var model = AudioboxModel.Load(_folder.Path, new OnnxSettings(Threads: 1));
        var stereo = new float[2 * 10 * 48_000];
        for (var index = 0; index < stereo.Length; index += 2) (stereo[index], stereo[index + 1]) = (0.6f, 0.2f);
        var scores = model.Score(Signals.Reader(stereo, 2, 48_000)(), CancellationToken.None);

        Assert.Equal(1, scores.Windows);
        Assert.Equal(5 + (2 * 0.4), scores.ContentEnjoyment, 0.01);
    }

    [Fact]
    public void Measure_WithAModel_HasItsAxesAndOfSilenceTheReason()
    {
        Write();
        using var model = AudioboxModel.Load(_folder.Path, new OnnxSettings(Threads: 1));
        var measurement = new AestheticMeasurement(model);

        Assert.NotNull(measurement.Measure(Signals.Reader(Signals.Sine(1, 440, 0.5)), CancellationToken.None).Audiobox);
        var silent = measurement.Measure(Signals.Reader(new float[Signals.SampleRate]), CancellationToken.None);
        Assert.Equal((null, "The recording is silent."), (silent.Audiobox, silent.Reasons["audiobox"]));
    }

    [Theory]
    [InlineData("samples", 160_000, Config, "model.onnx has no input wav")]
    [InlineData("wav", 16_000, Config, "model.onnx: wav is System.Single [-1, 1, 16000]")]
    [InlineData("wav", 160_000, """{"target_transform":{"CE":{"mean":5,"std":2}}}""", "config.json must hold target_transform")]
    [InlineData("wav", 160_000, "[", "config.json must hold target_transform")]
    [InlineData("wav", 160_000, """{"sample_rate":48000}""", "config.json: sample_rate is 48000")]
    public void Load_FolderThatDoesNotFit_NamesTheFileAndWhatIsWrong(string input, int frames, string config, string expected)
    {
        Write(input, frames, config);
        var refusal = Assert.Throws<CheckpointException>(() => AudioboxModel.Load(_folder.Path, new OnnxSettings(Threads: 1)));
        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.onnx")]
    public void Load_FileMissing_IsNamed(string file)
    {
        Write();
        File.Delete(_folder.Combine(file));
        var refusal = Assert.Throws<CheckpointException>(() => AudioboxModel.Load(_folder.Path, new OnnxSettings(Threads: 1)));
        Assert.Equal($"{_folder.Combine(file)} does not exist.", refusal.Message);
    }

    private void Write(string input = "wav", int frames = 160_000, string config = Config)
    {
        File.WriteAllText(_folder.Combine("config.json"), config);
        var graph = new GraphBuilder("axes");
        var wav = graph.Input(input, OnnxType.Float, "batch", 1, frames);
        var mask = graph.Input("mask", OnnxType.Bool, "batch", 1, frames);
        var filled = graph.Node("Cast", [mask], ("to", (int)OnnxType.Float));
        Axis("CE", "ReduceMean", wav);
        Axis("CU", "ReduceMean", filled);
        Axis("PC", "ReduceMax", wav);
        Axis("PQ", "ReduceMin", wav);
        graph.Save(_folder.Combine("model.onnx"));

        void Axis(string name, string op, string value) =>
            graph.Output(name, graph.Node(op, [value], ("axes", new long[] { 1, 2 }), ("keepdims", 0)), OnnxType.Float, "batch");
    }
}
