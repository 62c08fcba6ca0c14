using System.Text.Json.Serialization;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 20 to 23: from what a handler returns to the body of the result.</summary>
public sealed partial class ResultTests
{
    [Theory]
    [InlineData("\"text\"", """{"output":"text"}""")]
    [InlineData("5", """{"output":5}""")]
    [InlineData("true", """{"output":true}""")]
    [InlineData("[1,{\"error\":2}]", """{"output":[1,{"error":2}]}""")]
    [InlineData("null", """{"output":null}""")]
    [InlineData("{}", "{}")]
    [InlineData("{\"error\":\"bad\",\"more\":1}", """{"output":{"more":1},"error":"bad"}""")]
    [InlineData("{\"error\":{\"code\":5}}", """{"error":{"code":5}}""")]
    [InlineData("{\"error\":null,\"refresh_worker\":false,\"x\":1}", """{"output":{"x":1}}""")]
    [InlineData("{\"refresh_worker\":true,\"x\":1}", """{"output":{"x":1},"stopPod":true}""")]
    [InlineData("{\"refresh_worker\":true}", """{"stopPod":true}""")]
    [InlineData("{\"output\":5}", """{"output":{"output":5}}""")]
    [InlineData("{\"error\":0,\"refresh_worker\":\"\"}", "{}")]
    [InlineData("{\"error\":[],\"refresh_worker\":{},\"x\":{\"error\":1}}", """{"output":{"x":{"error":1}}}""")]
    [InlineData("{\"error\":[0],\"refresh_worker\":1}", """{"error":[0],"stopPod":true}""")]
    public async Task P20_Value_EachKind_BecomesTheReferencesBody(string returned, string body) =>
        Assert.Equal(body, await PlatformRig.ResultOfAsync(_ => Json.Of(returned)));

    [Fact]
    public async Task P21_Throw_AnyException_IsAReportInsideAString()
    {
        var body = Json.Of(await PlatformRig.ResultOfAsync(_ => throw new FormatException("no \"good\"\nö")));
        Assert.Equal(["error"], body.EnumerateObject().Select(field => field.Name));
        var report = Json.Of(body.GetProperty("error").GetString()!);
        Assert.Equal(
            ["error_type", "error_message", "error_traceback", "hostname", "worker_id", "runpod_version"],
            report.EnumerateObject().Select(field => field.Name));
        Assert.Equal("System.FormatException", report.GetProperty("error_type").GetString());
        Assert.Equal("no \"good\"\nö", report.GetProperty("error_message").GetString());
        Assert.Contains(nameof(P21_Throw_AnyException_IsAReportInsideAString), report.GetProperty("error_traceback").GetString());
        Assert.Equal(("host-1", "w1"), (report.GetProperty("hostname").GetString(), report.GetProperty("worker_id").GetString()));
        Assert.Matches(@"^\d+\.\d+\.\d+$", report.GetProperty("runpod_version").GetString());
    }

    [Theory]
    [InlineData("{\"ö\":\"日本\\u0000\",\"big\":123456789012345678901234567890,\"n\":{\"a\":null},\"f\":1.0,\"e\":1e3}")]
    [InlineData("{\"lone\":\"\\ud800\",\"emoji\":\"🍅\"}")]
    public async Task P22_Value_UnusualContent_PassesThroughUnchanged(string value) =>
        Assert.Equal($$"""{"output":{{value}}}""", await PlatformRig.ResultOfAsync(job => job.Input, value));

    [Fact]
    public async Task P23_Result_ThatIsNoJson_PostsAnError()
    {
        await using var rig = await PlatformRig.StartAsync(Handler.Of((_, _) => Task.FromResult(double.NaN), NumberJson.Default.Double));
        rig.Plane.OfferId("j1");
        Assert.Contains("error_type", await rig.Plane.NextBodyAsync());
        Assert.Contains("error_type", await PlatformRig.ResultOfAsync(_ => default));
    }

    [JsonSerializable(typeof(double))]
    internal sealed partial class NumberJson : JsonSerializerContext;
}
