using System.Text.Json;
using AudioReprompt.Music;
using AudioReprompt.MusicGen.Generation;
using AudioReprompt.TestSupport;

namespace AudioReprompt.MusicGen.Tests.Generation;

/// <summary>Golden probabilities: fixtures/sampling (transformers' logits processors).</summary>
public sealed class SamplerTests
{
    private const int Vocabulary = 2048;
    private const int Rows = 4;
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "sampling");

    public static TheoryData<int> Cases => new(Enumerable.Range(0, Read().GetArrayLength()));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Probabilities_OfTheReference_AreEqual(int index)
    {
        var parameters = Read()[index];
        var sampler = new Sampler(
            new SamplingOptions(
                parameters.GetProperty("guidance_scale").GetDouble(),
                parameters.GetProperty("temperature").GetDouble(),
                parameters.GetProperty("top_k").GetInt32(),
                parameters.GetProperty("top_p").GetDouble()),
            Vocabulary);
        var logits = Npy.ReadFloats(Path.Combine(Folder, "logits.npy"));
        var expected = Npy.ReadFloats(Path.Combine(Folder, parameters.GetProperty("file").GetString()!));
        for (var row = 0; row < Rows; row++)
        {
            var probabilities = sampler.Probabilities(
                logits.AsSpan(row * Vocabulary, Vocabulary), sampler.IsGuided ? logits.AsSpan((row + Rows) * Vocabulary, Vocabulary) : []);
            for (var token = 0; token < Vocabulary; token++) Assert.Equal(expected[row * Vocabulary + token], probabilities[token], 1e-6f);
        }
    }

    [Fact]
    public void Sample_ManyDraws_FollowTheProbabilities()
    {
        const int draws = 20_000;
        float[] logits = [0, 1, 2, -1];
        var sampler = new Sampler(new SamplingOptions(GuidanceScale: 1, TopK: 0), logits.Length);
        var counts = new int[logits.Length];
        for (var step = 0; step < draws; step++) counts[sampler.Sample(logits, [], Philox.Draw(5, step, 0))]++;
        var expected = sampler.Probabilities(logits, []).ToArray();
        for (var token = 0; token < logits.Length; token++)
        {
            // Four standard deviations of a binomial count.
            var deviation = Math.Sqrt(draws * expected[token] * (1 - expected[token]));
            Assert.InRange(counts[token], draws * expected[token] - 4 * deviation, draws * expected[token] + 4 * deviation);
        }
    }

    [Fact]
    public void Sample_LargestRandomNumber_TakesATokenThatIsKept()
    {
        float[] logits = [5, 4, 3, 2, 1];
        var sampler = new Sampler(new SamplingOptions(GuidanceScale: 1, TopK: 2), logits.Length);
        Assert.Equal(1, sampler.Sample(logits, [], 1 - Math.Pow(2, -53)));
        Assert.Equal(0, sampler.Sample(logits, [], 0));
    }

    [Fact]
    public void Sample_TemperatureZero_TakesTheLikeliestAfterGuidance()
    {
        var sampler = new Sampler(new SamplingOptions(GuidanceScale: 3, Temperature: 0), 3);
        Assert.Equal(2, sampler.Sample([1, 3, 2], [1, 3, 0], 0.1));
    }

    /// <summary>Known answers from the authors' Random123 distribution (kat_vectors, philox4x32 10).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_KnownAnswers(uint a, uint b, uint c, uint d, uint k0, uint k1, uint w, uint x, uint y, uint z) =>
        Assert.Equal((w, x, y, z), Philox.Words((a, b, c, d), (k0, k1)));

    private static JsonElement Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "cases.json")));
        return document.RootElement.Clone();
    }
}
