using System.Text;
using System.Text.Json;
using AudioReprompt.TestSupport;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 64 to 66: the local test run.</summary>
public sealed class LocalRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MemoryStream _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task P64_Input_FlagAndFile_FlagGoesFirst()
    {
        await File.WriteAllTextAsync(_folder.Combine("test_input.json"), """{"input":"of the file","id":"f1"}""");
        Assert.Equal(0, await RunAsync(Echo, """{"input":"of the flag"}"""));
        Assert.Contains("""Job result: {"output":"of the flag"}""", Log);
        Assert.Contains("INFO   | local_test | Job local_test completed successfully.", Log);
        Assert.Equal(0, await RunAsync(Echo));
        Assert.Contains("""Job result: {"output":"of the file"}""", Log);
        Assert.Contains("Job f1 completed", Log);
        Assert.Contains("Local testing complete, exiting.", Log);
    }

    [Theory]
    [InlineData("""{"input":{}}""", 0, "completed successfully")]
    [InlineData("""{"input":0}""", 0, "completed successfully")]
    [InlineData("""{"input":{"error":"bad"}}""", 1, "failed with error: bad")]
    [InlineData("""{"input":"throw"}""", 1, "failed with error: {")]
    [InlineData("""{}""", 1, "Job has no input parameter. Unable to run.")]
    [InlineData("""{"input":null}""", 1, "Job has no input parameter. Unable to run.")]
    [InlineData("[]", 1, "must be an object")]
    [InlineData(null, 1, "WARN   | test_input.json not found, exiting.")]
    public async Task P65_ExitCode_EachEnd_IsZeroOnlyForSuccess(string? job, int exitCode, string line)
    {
        Assert.Equal(exitCode, await RunAsync(Echo, job));
        Assert.Contains(line, Log);
    }

    [Fact]
    public async Task P65_Process_TestInput_RunsTheProductsHandler()
    {
        var (exitCode, output, _) = await WorkerProcess.RunAsync(_folder.Path, "--test_input", """{"input":{"type":"health"}}""", "--test_output={\"output\":{\"ok\":true}}");
        Assert.Equal(0, exitCode);
        Assert.Contains("""Job result: {"output":{"ok":true}}""", output);
    }

    [Fact]
    public async Task P65_TestOutput_Differs_FailsTheRun()
    {
        Assert.Equal(1, await RunAsync(Echo, """{"input":1}""", """{"output":2}"""));
        Assert.Contains("Job output does not match test_output.", Log);
        Assert.Equal(0, await RunAsync(Echo, """{"input":1}""", """{"output":1}"""));
    }

    [Fact]
    public async Task P66_StreamingHandler_IsIterated()
    {
        Assert.Equal(0, await RunAsync(Handler.Of((_, _) => Values()), """{"input":1}"""));
        Assert.Contains("""Job result: {"output":[1,2]}""", Log);
    }

    private static Handler Echo { get; } =
        Handler.Of(job => job.Input.ValueKind == JsonValueKind.String && job.Input.ValueEquals("throw") ? throw new InvalidOperationException("x") : job.Input);

    private string Log => Encoding.UTF8.GetString(_log.ToArray());

    private Task<int> RunAsync(Handler handler, string? job = null, string? expected = null)
    {
        var log = new PlatformLog(_log, LogLevel.Debug, asJson: false);
        var runner = new JobRunner(handler, new WorkerIdentity("w", "h"), false, log.CreateLogger<JobRunner>());
        return new LocalTestRun(runner, _folder.Path, log.CreateLogger<LocalTestRun>())
            .RunAsync(job is null ? null : Json.Of(job), expected is null ? null : Json.Of(expected), CancellationToken.None);
    }

    private static async IAsyncEnumerable<JsonElement> Values()
    {
        await Task.Yield();
        yield return Json.Of("1");
        yield return Json.Of("2");
    }
}
