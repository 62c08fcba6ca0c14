using System.Text.Json;
using System.Xml.Linq;
using AudioReprompt.Evaluation.Studies;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Evaluation.Studies;

public sealed class StudyResultTests
{
    private static readonly ScorerFacts Scorer = new("acoustic", "acoustic-1", "probability of the taste", "What it is.");
    private static readonly RunFacts Facts = new([("Duration", "3 s")]);

    [Fact]
    public void Of_SeveralSeeds_CountPromptsAndNotSeeds()
    {
        var study = Study([Prompt("a", "sweet", (0.2, 0.4), (0.4, 0.8)), Prompt("b", "sweet", (0.1, 0.1), (0.1, 0.3))]);

        var sweet = Assert.Single(study.Table.Groups);
        Assert.Equal(2, sweet.Pairs);
        Assert.Equal(0.2, sweet.Raw.Mean!.Value, 1e-12);
        Assert.Equal(0.4, sweet.Refined.Mean!.Value, 1e-12);
        Assert.Equal(1, sweet.Test!.DegreesOfFreedom);
        Assert.Empty(study.LeftOut);
    }

    [Fact]
    public void Of_PairWithoutAScore_IsLeftOutWithTheReasonAndTheOtherSeedStays()
    {
        var study = Study([Prompt("a", "sweet", (0.2, 0.4), (null, 0.8)), Prompt("b", "sour", (0.1, null))]);

        Assert.Equal(1, study.Table.Overall.Pairs);
        Assert.Equal(0.4, study.Table.Overall.Refined.Mean!.Value, 1e-12);
        Assert.Equal([new LeftOut("b", "refined: The recording is silent."), new LeftOut("a, seed 2", "raw: The recording is silent.")], study.LeftOut);
    }

    [Fact]
    public void Reports_OnePair_HaveNoPAndSayWhy()
    {
        var study = Study([Prompt("a", "sweet", (0.2, 0.4))]);

        Assert.Contains("no p value, because: a single pair has no spread to test against", StudyReport.Headline(study), StringComparison.Ordinal);
        foreach (var report in new[] { StudyReport.Markdown(study, Facts), StudyReport.Page(study, Facts, [], [], "") })
        {
            Assert.Contains("sweet: no p value, because: a single pair has no spread to test against.", report, StringComparison.Ordinal);
            Assert.Contains("raw against refined: A covariance needs at least two embeddings; there is one.", report, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Reports_NoScoreAtAll_SaySo()
    {
        var study = Study([Prompt("a", "", (null, null))]);

        Assert.Null(study.Table.Overall.Raw.Mean);
        var page = XDocument.Parse(StudyReport.Page(study, Facts, [], [], ""));
        Assert.Contains("there is nothing to compare", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_HostilePromptsAndReasons_AreText()
    {
        const string hostile = "<script>alert(1)</script> & \"quotes\" | pipes \u0000\u000b]]>";
        var prompt = Prompt("a", "sweet", (0.2, 0.4)) with { Id = hostile, Prompt = hostile, RefinedText = hostile, Taste = "<b>", Instruments = [hostile] };
        var study = Study([prompt, Prompt("b", "<b>", (0.1, null))]) with { LeftOut = [new LeftOut(hostile, hostile)] };
        var played = new PlayedPair(prompt, prompt.Pairs[0], [1, 2, 3], [4]);

        var page = XDocument.Parse(StudyReport.Page(study, Facts, [played], [played], "Excerpts."));

        Assert.Empty(page.Descendants("script"));
        Assert.Equal(4, page.Descendants("audio").Count());
        Assert.All(page.Descendants("audio"), audio => Assert.StartsWith("data:audio/wav;base64,", audio.Attribute("src")!.Value, StringComparison.Ordinal));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Value.StartsWith("http", StringComparison.Ordinal) && attribute.Name.LocalName is "src" or "href");
        Assert.All(StudyReport.Markdown(study, Facts).Split('\n').Where(line => line.StartsWith("| <", StringComparison.Ordinal)), line => Assert.EndsWith(" |", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Instruments_GainIsOverTheSamePrompts()
    {
        var study = Study([Prompt("a", "sweet", (0.2, 0.5)), Prompt("b", "sweet", (0.1, 0.2)) with { Instruments = ["flute"] }]);

        Assert.Equal(["piano", "flute"], study.Instruments.Select(mean => mean.Instrument));
        Assert.Equal(0.3, study.Instruments[0].Gain, 1e-12);
        Assert.Equal(0.1, study.Instruments[1].Gain, 1e-12);
    }

    [Fact]
    public void Frechet_WithReference_ComparesEachOfThree()
    {
        var random = new Random(3);
        float[] Vector(float at) => [at + random.NextSingle(), random.NextSingle()];
        var prompts = Enumerable.Range(0, 20).Select(index => Prompt($"p{index}", "sweet", (0.1, 0.2))).ToList();
        var vectors = prompts.SelectMany(prompt => prompt.Pairs).SelectMany(pair => new[] { (pair.Raw!.File, Vector(0)), (pair.Refined!.File, Vector(5)) }).ToDictionary();

        var study = StudyResult.Of(null, Scorer, prompts, vectors, [.. Enumerable.Range(0, 30).Select(_ => Vector(5))], []);

        Assert.Equal(["raw-refined", "raw-reference", "refined-reference"], study.Frechet.Select(distance => $"{distance.One}-{distance.Other}"));
        Assert.Equal((20, 30), (study.Frechet[2].OneCount, study.Frechet[2].OtherCount));
        Assert.InRange(study.Frechet[0].Distance!.Value, 20, 30);
        Assert.InRange(study.Frechet[2].Distance!.Value, 0, 1);
    }

    [Fact]
    public void Json_ReadBack_ComparesAsTheSameStudy()
    {
        var study = Study([Prompt("a", "sweet", (0.2, 0.4)), Prompt("b", "sour", (0.1, 0.25)), Prompt("c", "", (null, 0.3))]) with { Design = StudyDesignTests.Design };

        var json = JsonSerializer.Serialize(study, StudyJson.Readable.StudyResult);
        var read = JsonSerializer.Deserialize(json, StudyJson.Default.StudyResult)!;

        Assert.Equal(json, JsonSerializer.Serialize(read, StudyJson.Readable.StudyResult));
        var compared = ComparisonResult.Of("A", study, Vectors(study), "B", read, Vectors(read));
        Assert.Equal((2, 0.0), (compared.Refined.Overall.Pairs, compared.Refined.Overall.Test!.MeanDifference));
        Assert.Equal(PairedTTest.ZeroVariance, compared.Refined.Overall.Undefined);
        Assert.Empty(compared.Design);
        Assert.Equal(["c"], compared.LeftOut.Select(left => left.What));
    }

    [Fact]
    public void Comparison_PairsByIdAndNamesTheRest()
    {
        var a = Study([Prompt("a", "sweet", (0.2, 0.4)), Prompt("b", "sour", (0.1, 0.2)), Prompt("c", "sour", (0.1, 0.2)), Prompt("x", "", (0.1, 0.2))]);
        var b = Study([Prompt("c", "salty", (0.1, 0.2)), Prompt("b", "sour", (0.1, 0.3)), Prompt("a", "sweet", (0.2, 0.7)), Prompt("y", "", (0.1, 0.2))]);

        var compared = ComparisonResult.Of("A", a, Vectors(a), "B", b, Vectors(b));

        Assert.Equal([0.3, 0.1], compared.Differences.Select(difference => Math.Round(difference, 12)));
        Assert.Equal(0.2, compared.Refined.Overall.Test!.MeanDifference, 1e-12);
        Assert.Equal([new LeftOut("c", "another prompt or taste in each"), new LeftOut("x", "only in A"), new LeftOut("y", "only in B")], compared.LeftOut);
        Assert.Contains("B mean ± sd", compared.Markdown(), StringComparison.Ordinal);
        XDocument.Parse(compared.Page());
    }

    [Fact]
    public void Comparison_OtherScorers_IsRefused()
    {
        var a = Study([Prompt("a", "sweet", (0.2, 0.4))]);
        var exception = Assert.Throws<InvalidDataException>(() => ComparisonResult.Of("A", a, Vectors(a), "B", a with { Scorer = Scorer with { Model = "2" } }, Vectors(a)));
        Assert.Contains("different scorers", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RunFacts_StoppedTwice_AddUpTheParts()
    {
        var facts = RunFacts.Of(
            [
                new TimingLine(1, 0, DateTimeOffset.UnixEpoch, "2 cores", 2),
                new TimingLine(1, 8, File: "a.wav", GenerateMilliseconds: 40, ScoreMilliseconds: 90),
                new TimingLine(2, 0, DateTimeOffset.UnixEpoch, "2 cores", 2),
                new TimingLine(2, 63.5),
            ],
            started => $"{started:yyyy}");

        Assert.Equal("1 min 11 s, in 2 parts: it was stopped and went on", facts.Lines[0].Value);
        Assert.Equal("1970, 8.0 s, 1 recordings made, 2 at a time; 2 cores", facts.Lines[1].Value);
    }

    private static StudyResult Study(IReadOnlyList<PromptOutcome> prompts) => StudyResult.Of(null, Scorer, prompts, Vectors(prompts), null, []);

    private static Dictionary<string, float[]> Vectors(StudyResult study) => Vectors(study.Prompts);

    private static Dictionary<string, float[]> Vectors(IReadOnlyList<PromptOutcome> prompts) => prompts
        .SelectMany(prompt => prompt.Pairs).SelectMany(pair => new[] { pair.Raw!, pair.Refined! }).Where(clip => clip.Score is not null)
        .ToDictionary(clip => clip.File, clip => new[] { (float)clip.Score!.Value, 1f });

    private static PromptOutcome Prompt(string id, string taste, params (double? Raw, double? Refined)[] scores) => new(
        id, taste, $"The words of {id}", $"The music of {id}", "sweet", "en", "offline", ["piano"],
        [.. scores.Select((pair, index) => new ClipPair(index + 1, 7, Clip(pair.Raw, "raw"), Clip(pair.Refined, "refined")))
            .Select((pair, index) => pair with { Raw = pair.Raw! with { File = $"{id}-{index + 1}-raw.wav" }, Refined = pair.Refined! with { File = $"{id}-{index + 1}-refined.wav" } })]);

    private static ClipOutcome Clip(double? score, string which) => new(which, "00", score, score is null ? "The recording is silent." : null);
}
