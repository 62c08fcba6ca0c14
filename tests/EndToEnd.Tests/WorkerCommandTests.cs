using System.Globalization;
using System.Text.Json;
using AudioReprompt.Cli.Servers;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd;

/// <summary><c>audioreprompt worker</c> becomes the worker, and <c>audioreprompt runpod</c> calls it.</summary>
public sealed class WorkerCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"input":{"type":"health"}}""", 0)]
    [InlineData("""{"input":{"prompt":5}}""", 1)]
    public async Task Worker_TestInput_ExitsWithTheWorkersCode(string job, int exitCode)
    {
        var ended = await Programs.RunAsync(_folder.Path, ["worker", "--test_input", job]);
        Assert.Equal((exitCode, ""), (ended.ExitCode, ended.Error));
        Assert.StartsWith("--- Starting Serverless Worker |", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Worker_Serving_IsTheProcessItselfAndAnswersTheRunPodCommand()
    {
        var port = ServerPair.FreePort().ToString(CultureInfo.InvariantCulture);
        using var worker = Programs.Start(_folder.Path, ["worker", "--rp_serve_api", "--rp_api_port", port]);
        await worker.StandardOutput.ReadLineAsync().WaitAsync(Programs.Patience);
        Assert.Equal($"worker listening on http://127.0.0.1:{port}", await worker.StandardOutput.ReadLineAsync().WaitAsync(Programs.Patience));
        Assert.Contains("AudioReprompt.Worker.dll", await File.ReadAllTextAsync($"/proc/{worker.Id}/cmdline"), StringComparison.Ordinal);

        var ran = await CallAsync("runsync", """{"type":"health"}""");
        Assert.Equal((0, ""), (ran.ExitCode, ran.Error));
        var job = JsonElement.Parse(ran.Output);
        Assert.Equal("COMPLETED", job.GetProperty("status").GetString());
        Assert.True(job.GetProperty("output").GetProperty("ok").GetBoolean());
        Assert.Equal(job.GetRawText(), JsonElement.Parse((await CallAsync("status", job.GetProperty("id").GetString()!)).Output).GetRawText());

        var failed = await CallAsync("runsync", """{"prompt":5}""");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("prompt: must be a string", JsonElement.Parse(failed.Output).GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, JsonElement.Parse((await CallAsync("health")).Output).GetProperty("jobs").GetProperty("failed").GetInt32());
        Assert.Equal((1, "The endpoint knows no such job, or no longer.\n"), await FaultAsync("stream", "nobody"));
        Assert.Equal((2, "INPUT must be a JSON object, such as {\"prompt\": \"…\"}; found array.\n"), await FaultAsync("run", "[]"));

        await Programs.TerminateAsync(worker);
        Assert.Equal(0, worker.ExitCode);

        Task<Ended> CallAsync(params string[] arguments) =>
            Programs.RunAsync(_folder.Path, ["runpod", .. arguments, "--endpoint", $"http://127.0.0.1:{port}"]);

        async Task<(int ExitCode, string Error)> FaultAsync(params string[] arguments)
        {
            var ended = await CallAsync(arguments);
            return (ended.ExitCode, ended.Error);
        }
    }

    [Theory]
    [InlineData("Which endpoint?", "runpod", "health")]
    [InlineData("--endpoint must be", "runpod", "health", "--endpoint", "a b")]
    [InlineData("--wait must be from 1 to 300 seconds.", "runpod", "runsync", "{}", "--wait", "0", "--endpoint", "x")]
    public async Task RunPod_BadInput_SaysWhatIsAllowed(string message, params string[] arguments)
    {
        var ended = await Programs.RunAsync(_folder.Path, arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.StartsWith(message, ended.Error, StringComparison.Ordinal);
    }
}
