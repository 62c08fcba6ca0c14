using System.Text.Json;
using AudioReprompt.Jobs;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage;

/// <summary>The text of a stored record: what an operator, a migration or another program reads.</summary>
public sealed class AudioJobJsonTests
{
    [Fact]
    public void Serialize_Job_IsCompactSnakeCaseWithNamesAndWithoutWhatIsNullOrDerived()
    {
        var json = JsonSerializer.Serialize(SampleJobs.Queued(SampleJobs.Noon), AudioJobJson.Default.AudioJob);

        Assert.Contains("\"state\":\"queued\"", json, StringComparison.Ordinal);
        Assert.Contains("\"created_at\":\"2026-11-23T12:00:00.1234567+00:00\"", json, StringComparison.Ordinal);
        Assert.Contains("\"tempo_bpm\":84.1,\"mode\":\"dorian\"", json, StringComparison.Ordinal);
        Assert.Contains("\"instruments\":[\"hand_drums\",\"plucked_strings\"]", json, StringComparison.Ordinal);
        Assert.Contains("\"tastes\":{\"sweet\":0.30000000000000004,\"spicy\":1}", json, StringComparison.Ordinal);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
        Assert.DoesNotContain("dominant_taste", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Deserialize_RecordOfANewerProgram_IgnoresWhatIsUnknown()
    {
        var job = SampleJobs.Completed(SampleJobs.Noon);
        var json = JsonSerializer.Serialize(job, AudioJobJson.Default.AudioJob).Insert(1, "\"invented_later\":{\"a\":1},");

        Assert.Equivalent(job, JsonSerializer.Deserialize(json, AudioJobJson.Default.AudioJob), strict: true);
    }
}
