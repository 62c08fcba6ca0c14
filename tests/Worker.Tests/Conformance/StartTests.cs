using AudioReprompt.TestSupport;
using AudioReprompt.Worker.Platform;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 1 to 4: start and mode.</summary>
public class StartTests
{
    [Fact]
    public async Task P01_Banner_EveryMode_IsTheFirstLine()
    {
        using var folder = new TemporaryFolder();
        var (_, output, _) = await WorkerProcess.RunAsync(folder.Path);
        Assert.Matches(@"^--- Starting Serverless Worker \|  Version \d+\.\d+\.\d+ ---\n", output);
    }

    [Theory]
    [InlineData("--rp_serve_api", "http://a/job-take/x", "9000", WorkerMode.LocalApi)]
    [InlineData("", "http://a/job-take/x", "9000", WorkerMode.Realtime)]
    [InlineData("--test_input={\"input\":1}", "http://a/job-take/x", "0", WorkerMode.Test)]
    [InlineData("", null, null, WorkerMode.Test)]
    [InlineData("--test_input={}", "http://a/job-take/x", null, WorkerMode.Platform)]
    [InlineData("", "", null, WorkerMode.Platform)]
    public void P02_Mode_FlagsAndEnvironment_FirstMatchWins(string flag, string? takeUrl, string? realtimePort, WorkerMode expected)
    {
        var variables = new Dictionary<string, string?> { ["RUNPOD_WEBHOOK_GET_JOB"] = takeUrl, ["RUNPOD_REALTIME_PORT"] = realtimePort };
        Assert.Equal(expected, WorkerModes.Choose(WorkerArguments.Read([flag]), PlatformEnvironment.Read(variables.GetValueOrDefault)));
    }

    [Fact]
    public void P03_Flags_UnknownAndPrefixAndValues_AreReadAsTheReferenceDoes()
    {
        var read = WorkerArguments.Read(["--frobnicate", "left", "--rp_api_p", "81", "--test_in={\"input\":{}}", "--rp_debug"]);
        Assert.Equal((81, true, false), (read.Port, read.Debugger, read.ServeApi));
        Assert.Equal("""{"input":{}}""", read.TestInput?.GetRawText());
        Assert.Null(WorkerArguments.Read(["--test_input", "{}"]).TestInput);
    }

    [Theory]
    [InlineData("--rp_api_port=many", 2)]
    [InlineData("--rp_api_port", 2)]
    [InlineData("--rp_api_", 2)]
    [InlineData("--rp_api_concurrency=0", 2)]
    [InlineData("--test_input=hello", 1)]
    public void P03_Flags_BadValue_SaysWhatIsAllowed(string flag, int exitCode)
    {
        var exception = Assert.Throws<BadArgumentException>(() => WorkerArguments.Read([flag]));
        Assert.Equal(exitCode, exception.ExitCode);
        Assert.StartsWith("--", exception.Message);
    }

    [Fact]
    public async Task P03_Flags_BadPort_ExitsWithTwoAndUsage()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, errors) = await WorkerProcess.RunAsync(folder.Path, "--rp_api_port", "x");
        Assert.Equal(2, exitCode);
        Assert.Contains("usage: ", errors);
    }

    [Fact]
    public async Task P04_LogLevel_Bogus_ExitsWithOne()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, errors) = await WorkerProcess.RunAsync(folder.Path, "--rp_log_level", "bogus");
        Assert.Equal(1, exitCode);
        Assert.Contains("ERROR, WARN, INFO, DEBUG", errors);
    }
}
