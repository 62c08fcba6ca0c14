using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 24 to 28: streaming handlers.</summary>
public class StreamTests
{
    [Fact]
    public async Task P24_Stream_ChunksAndEnd_AreMarkedTheReferencesWay()
    {
        await using var rig = await StartAsync(aggregate: false, "1", "null", """{"error":null,"refresh_worker":true}""");
        rig.Plane.OfferId("j1");
        foreach (var expected in (string[])["""{"output":1}""", """{"output":null}""", """{"output":{"error":null,"refresh_worker":true}}"""])
        {
            var chunk = await rig.Plane.NextAsync(Call.Stream);
            Assert.Equal(("/job-stream/w1/j1?gpu=NVIDIA+L4&isStream=false", expected), (chunk.Path, Encoding.UTF8.GetString(chunk.Body)));
        }

        Assert.Equal("/job-done/w1/j1?gpu=NVIDIA+L4&isStream=true", (await rig.Plane.NextAsync(Call.Done)).Path);
        await rig.LoggedAsync("INFO   | j1 | Finished running generator.");
    }

    [Theory]
    [InlineData(false, """{"output":[]}""")]
    [InlineData(true, """{"output":[1,{"a":2}]}""")]
    public async Task P25_Aggregate_OnOrOff_FinalResultHoldsAllOrNothing(bool aggregate, string expected)
    {
        await using var rig = await StartAsync(aggregate, "1", """{"a":2}""");
        rig.Plane.OfferId("j1");
        Assert.Equal(expected, await rig.Plane.NextBodyAsync());
        Assert.Equal(2, rig.Plane.Count(Call.Stream));
    }

    [Fact]
    public async Task P26_Throw_Midway_IsAPlainText()
    {
        await using var rig = await StartAsync(aggregate: true, "1", "throw");
        rig.Plane.OfferId("j1");
        var error = Json.Of(await rig.Plane.NextBodyAsync()).GetProperty("error").GetString();
        Assert.StartsWith("handler: out of tune \ntraceback: ", error);
        Assert.Equal(1, rig.Plane.Count(Call.Stream));
    }

    [Theory]
    [InlineData("""{"error":{"code":3},"x":1}""", """{"error":"{\"code\":3}"}""")]
    [InlineData("""{"error":"flat"}""", """{"error":"flat"}""")]
    public async Task P27_Error_Yielded_EndsTheJobAndIsNotStreamed(string yielded, string expected)
    {
        await using var rig = await StartAsync(aggregate: true, "1", yielded, "2");
        rig.Plane.OfferId("j1");
        Assert.Equal(expected, Json.Of(await rig.Plane.NextBodyAsync()).GetRawText().Replace("\\u0022", "\\\"", StringComparison.Ordinal));
        Assert.Equal(1, rig.Plane.Count(Call.Stream));
    }

    [Fact]
    public async Task P28_Chunk_ServerFails_IsRepeatedBeforeTheNext()
    {
        await using var rig = await StartAsync(aggregate: false, "1", "2");
        rig.Plane.Script(Call.Stream, new Reply(500), Reply.Dropped, Reply.Ok);
        rig.Plane.OfferId("j1");
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync(Call.Stream));
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(2));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync(Call.Stream));
        await rig.Clock.PassAsync(due => due == TimeSpan.FromSeconds(3));
        Assert.Equal("""{"output":1}""", await rig.Plane.NextBodyAsync(Call.Stream));
        Assert.Equal("""{"output":2}""", await rig.Plane.NextBodyAsync(Call.Stream));
    }

    [Fact]
    public async Task P28_Chunk_Refused_IsSkippedAndTheStreamGoesOn()
    {
        await using var rig = await StartAsync(aggregate: true, "1", "2");
        rig.Plane.Script(Call.Stream, new Reply(400));
        rig.Plane.OfferId("j1");
        Assert.Equal("""{"output":[1,2]}""", await rig.Plane.NextBodyAsync());
        Assert.Contains("skipped", rig.Log);
    }

    private static Task<PlatformRig> StartAsync(bool aggregate, params string[] values) =>
        PlatformRig.StartAsync(Handler.Of((_, token) => YieldAsync(values, token), aggregate));

    private static async IAsyncEnumerable<JsonElement> YieldAsync(string[] values, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var value in values)
        {
            await Task.Yield();
            if (value == "throw") throw new InvalidOperationException("out of tune");
            yield return Json.Of(value);
        }
    }
}
