using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudioReprompt.Contracts;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Handling;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Handling;

public class UploadTests
{
    private const double TooLongForAFallback = 60; // 32 kHz stereo: 7.7 MB.

    private static readonly Predicate<TimeSpan> Backoff = due => due < TimeSpan.FromSeconds(30);

    [Fact]
    [SuppressMessage("Security", "CA5351", Justification = "Content-MD5 is what blob stores check.")]
    public async Task Upload_Accepted_SendsTheWavAsABlobAndLeavesItOutOfTheOutput()
    {
        await using var store = await ScriptedServer.StartAsync(201);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var output = await OutputAsync(worker, new Uri(store.Url, "/audio/a%20b.wav?sig=secret"));

        var put = await store.NextAsync();
        Assert.Equal("PUT /audio/a%20b.wav?sig=secret", $"{put.Method} {put.Path}".Replace("/a b", "/a%20b"));
        Assert.Equal("audio/wav", put.Header("Content-Type"));
        Assert.Equal($"{put.Body.Length}", put.Header("Content-Length"));
        Assert.Equal(Convert.ToBase64String(MD5.HashData(put.Body)), put.Header("Content-MD5"));
        Assert.Equal("BlockBlob", put.Header("x-ms-blob-type"));
        Assert.Null(put.Header("Authorization"));

        Assert.Equal(put.Body.Length, output.AudioWavSize);
        Assert.Null(output.AudioBase64);
        Assert.Equal(new Uri(store.Url, "/audio/a%20b.wav").AbsoluteUri, output.AudioUrl);
        Assert.Equal(["encode", "generate", "upload"], output.Timings.Keys.Order());
    }

    [Theory]
    [InlineData("https://evil.example/a.wav", "names the host 'evil.example'")]
    [InlineData("https://127.0.0.1.evil.example/a.wav", "names the host")]
    [InlineData("https://169.254.169.254/latest", "names the host")]
    [InlineData("http://evil.example/a.wav", "must be https")]
    [InlineData("file:///etc/passwd", "must be")]
    [InlineData("ftp://127.0.0.1/a.wav", "must be https")]
    [InlineData("https://user:pass@127.0.0.1/a.wav", "user name")]
    [InlineData("https://evil.example@127.0.0.1/a.wav", "user name")]
    [InlineData("a.wav", "absolute")]
    [InlineData("", "absolute")]
    public async Task Upload_AddressNotAllowed_IsAFaultOfTheInput(string address, string message)
    {
        var engine = new ControlledEngine();
        await using var worker = await RunningWorker.StartAsync(engine);
        var job = await EndAsync(worker, address);
        Assert.Equal(InvalidInputException.ErrorType, job.ErrorType);
        Assert.StartsWith("upload_url: ", job.Error);
        Assert.Contains(message, job.Error);
        Assert.False(engine.HasStarted);
    }

    [Fact]
    public async Task Upload_StoreIsBusy_IsRepeated()
    {
        await using var store = await ScriptedServer.StartAsync((context, number) => context.AnswerAsync(number switch { 1 => 503, 2 => 429, _ => 201 }));
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());

        var output = OutputAsync(worker, store.Url);
        await worker.Clock.PassAsync(Backoff);
        await worker.Clock.PassAsync(Backoff);

        Assert.NotNull((await output).AudioUrl);
        var bodies = new[] { await store.NextAsync(), await store.NextAsync(), await store.NextAsync() };
        Assert.All(bodies, put => Assert.Equal(bodies[0].Body, put.Body));
    }

    [Fact]
    public async Task Upload_NobodyListens_FallsBackAfterThreeRepetitions()
    {
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var output = OutputAsync(worker, new Uri($"http://127.0.0.1:{ScriptedServer.FreePort()}/a.wav"));
        for (var repetition = 0; repetition < 3; repetition++) await worker.Clock.PassAsync(Backoff);
        Assert.NotNull((await output).AudioBase64);
    }

    /// <summary>The address can only create, and an earlier try or run of the same job arrived.</summary>
    [Theory]
    [InlineData(403, "UnauthorizedBlobOverwrite")]
    [InlineData(409, "BlobAlreadyExists")]
    public async Task Upload_IsThereAlready_CountsAsUploaded(int status, string code)
    {
        await using var store = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers["x-ms-error-code"] = code;
            return context.AnswerAsync(status);
        });
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());

        var output = await OutputAsync(worker, store.Url);

        Assert.NotNull(output.AudioUrl);
        Assert.Null(output.AudioBase64);
        Assert.Equal(1, store.Requests);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(409)]
    [InlineData(302)]
    public async Task Upload_Refused_FallsBackToTheOutputAtOnce(int status)
    {
        await using var elsewhere = await ScriptedServer.StartAsync(201);
        await using var store = await ScriptedServer.StartAsync((context, _) =>
        {
            context.Response.Headers.Location = elsewhere.Url.AbsoluteUri;
            return context.AnswerAsync(status);
        });
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var output = await OutputAsync(worker, store.Url);
        Assert.Null(output.AudioUrl);
        Assert.Equal(output.AudioWavSize, Convert.FromBase64String(output.AudioBase64!).Length);
        Assert.Equal((1, 0), (store.Requests, elsewhere.Requests));
    }

    [Fact]
    public async Task Upload_RefusedAndTooLongForTheOutput_FailsWithoutTheSecret()
    {
        await using var store = await ScriptedServer.StartAsync(403);
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine { Seconds = TooLongForAFallback });
        var job = await EndAsync(worker, $"{store.Url}a.wav?sig=secret");
        Assert.Equal(typeof(UploadFailedException).FullName, job.ErrorType);
        Assert.Contains("was answered with 403", job.Error);
        Assert.DoesNotContain("secret", job.Error);
    }

    [Fact]
    public async Task Upload_JobIsCancelled_IsGivenUp()
    {
        var hungUp = new TaskCompletionSource();
        await using var store = await ScriptedServer.StartAsync(async (context, _) =>
        {
            try
            {
                await context.HangAsync();
            }
            finally
            {
                hungUp.SetResult();
            }
        });
        await using var worker = await RunningWorker.StartAsync(new ControlledEngine());
        var id = await worker.RunAsync(new { prompt = RunningWorker.Prompt, upload_url = store.Url });
        await store.NextAsync();
        await worker.PostAsync($"/cancel/{id}", new { });
        await hungUp.Task.InTime();
    }

    private static async Task<EndpointJob> EndAsync(RunningWorker worker, string address)
    {
        var id = await worker.RunAsync(new { prompt = RunningWorker.Prompt, upload_url = address });
        return EndpointJob.Parse(Encoding.UTF8.GetBytes((await worker.EndAsync(id)).GetRawText()));
    }

    private static async Task<WorkerOutput> OutputAsync(RunningWorker worker, Uri address) =>
        (await EndAsync(worker, address.AbsoluteUri)).Output!.Value.Deserialize(WorkerJson.Default.WorkerOutput)!;
}
