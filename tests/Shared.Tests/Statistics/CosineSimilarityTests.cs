using System.Text.Json;
using AudioReprompt.Statistics;

namespace AudioReprompt.SharedTests.Statistics;

public sealed class CosineSimilarityTests
{
    private static readonly JsonElement Golden = StatisticsFixtures.Read("cosine.json");

    private static double Tolerance => Golden.GetProperty("tolerance").GetDouble();

    public static TheoryData<int> Pairs() => [.. Enumerable.Range(0, Golden.GetProperty("pairs").GetArrayLength())];

    [Fact]
    public void Between_GoldenTextsAndAudios_AgreesForEveryPair()
    {
        var texts = StatisticsFixtures.Rows(Golden.GetProperty("text").GetString()!);
        var audios = StatisticsFixtures.Rows(Golden.GetProperty("audio").GetString()!);
        var golden = Golden.GetProperty("matrix_text_by_audio");

        Assert.Equal((6, 5), (texts.Length, audios.Length));
        foreach (var (row, text) in texts.Index())
            foreach (var (column, audio) in audios.Index())
                Assert.Equal(golden[row][column].GetDouble(), CosineSimilarity.Between(text, audio), Tolerance);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Between_GoldenPair_Agrees(int index)
    {
        var golden = Golden.GetProperty("pairs")[index];

        Assert.Equal(golden.GetProperty("cosine").GetDouble(), CosineSimilarity.Between(Floats(golden.GetProperty("u")), Floats(golden.GetProperty("v"))), Tolerance);
    }

    [Fact]
    public void Between_ParallelVectors_NeverLeavesTheRange()
    {
        // Without the clamp some of these come out at 1 + 2⁻⁵².
        var random = new Random(7);
        for (var round = 0; round < 1000; round++)
        {
            var vector = Enumerable.Range(0, 37).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray();
            Assert.InRange(CosineSimilarity.Between(vector, [.. vector.Select(value => 3 * value)]), 0.9999999, 1);
        }
    }

    [Theory]
    [InlineData(new[] { 0f, 0f }, new[] { 1f, 0f }, "one is a zero vector")]
    [InlineData(new[] { 1f, 0f }, new[] { 0f, 0f }, "two is a zero vector")]
    [InlineData(new[] { 1f, 0f }, new[] { 1f, 0f, 0f }, "they have 2 and 3")]
    [InlineData(new[] { 1f, float.NaN }, new[] { 1f, 0f }, "one[1] is NaN")]
    [InlineData(new[] { 1f, 0f }, new[] { float.NegativeInfinity, 0f }, "two[0] is -Infinity")]
    public void Between_VectorsWithoutAnAngle_AreRefusedWithTheReason(float[] one, float[] two, string reason) =>
        Assert.Contains(reason, Assert.Throws<SampleException>(() => CosineSimilarity.Between(one, two)).Message, StringComparison.Ordinal);

    private static float[] Floats(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetSingle())];
}
