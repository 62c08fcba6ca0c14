using System.Net;
using System.Text.Json;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 67 to 73: the local API.</summary>
public class LocalApiTests
{
    private static readonly Handler Streaming = Handler.Of((job, _) => Values(job));

    [Theory]
    [InlineData("GET", "/", HttpStatusCode.TemporaryRedirect)]
    [InlineData("GET", "/docs/index.html", HttpStatusCode.OK)]
    [InlineData("GET", "/redoc", HttpStatusCode.TemporaryRedirect)]
    [InlineData("GET", "/openapi.json", HttpStatusCode.OK)]
    [InlineData("GET", "/run", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/health", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/health", HttpStatusCode.OK)]
    [InlineData("POST", "/purge-queue", HttpStatusCode.OK)]
    public async Task P67_Route_Each_IsThere(string method, string path, HttpStatusCode expected)
    {
        await using var worker = await ServedHandler.EchoAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await worker.Http.SendAsync(request).InTime();
        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.MethodNotAllowed) Assert.NotEmpty(response.Content.Headers.Allow);
    }

    [Fact]
    public async Task P67_OpenApi_Document_NamesEveryOperation()
    {
        await using var worker = await ServedHandler.EchoAsync();
        var paths = Json.Of(await worker.Http.GetStringAsync("/openapi.json").InTime()).GetProperty("paths").EnumerateObject().Select(path => path.Name);
        Assert.Equal(["/run", "/runsync", "/status/{id}", "/stream/{id}", "/cancel/{id}", "/purge-queue", "/health"], paths);
    }

    [Theory]
    [InlineData("""{"a":[null,1.0]}""", """{"status":"COMPLETED","output":{"a":[null,1.0]}}""")]
    [InlineData("""{"error":"bad","x":1}""", """{"status":"FAILED","error":"bad"}""")]
    [InlineData("""{"refresh_worker":true,"x":1}""", """{"status":"COMPLETED","output":{"x":1}}""")]
    public async Task P67_RunSync_EachEnd_HasTheReferencesFields(string input, string expected)
    {
        await using var worker = await ServedHandler.EchoAsync();
        var record = await worker.RunSyncAsync(input);
        Assert.Equal(["id", "status"], record.EnumerateObject().Take(2).Select(field => field.Name));
        foreach (var field in Json.Of(expected).EnumerateObject()) Assert.Equal(field.Value.GetRawText(), record.GetProperty(field.Name).GetRawText());
        Assert.False(record.TryGetProperty("stopPod", out _));
        Assert.Equal(expected.Contains("output", StringComparison.Ordinal), record.TryGetProperty("output", out _));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task P67_Stream_OfAStreamingHandler_GivesEachChunkOnce(string method)
    {
        await using var worker = await ServedHandler.StartAsync(Streaming);
        var id = await worker.RunAsync("""{"values":[1,null]}""");
        var chunks = new List<string>();
        JsonElement answer;
        do
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), $"/stream/{id}");
            using var response = await worker.Http.SendAsync(request).InTime();
            answer = await RunningWorker.ReadAsync(response, HttpStatusCode.OK);
            Assert.Equal(["id", "status", "stream"], answer.EnumerateObject().Select(field => field.Name));
            chunks.AddRange(answer.GetProperty("stream").EnumerateArray().Select(chunk => chunk.GetRawText()));
        }
        while (answer.GetProperty("status").GetString() != "COMPLETED" || answer.GetProperty("stream").GetArrayLength() > 0);
        Assert.Equal(["""{"output":1}""", """{"output":null}"""], chunks);
    }

    [Fact]
    public async Task P67_RunSync_OfAStreamingHandler_HasAllValuesAsOutput()
    {
        await using var worker = await ServedHandler.StartAsync(Streaming);
        Assert.Equal("""[1,{"a":2}]""", (await worker.RunSyncAsync("""{"values":[1,{"a":2}]}""")).GetProperty("output").GetRawText());
    }

    [Fact]
    public async Task P67_Stream_OfAUnaryHandler_SaysThatThereIsNone()
    {
        await using var worker = await ServedHandler.EchoAsync();
        var id = await worker.RunAsync("{}");
        Assert.Equal(
            $$"""{"id":"{{id}}","status":"FAILED","error":"Stream not supported, handler must be a generator."}""",
            (await worker.PostAsync($"/stream/{id}", "")).GetRawText());
    }

    [Theory]
    [InlineData("status")]
    [InlineData("stream")]
    [InlineData("cancel")]
    public async Task P67_Job_Unknown_IsNotFoundInTheReferencesWords(string operation)
    {
        await using var worker = await ServedHandler.StartAsync(Streaming);
        Assert.Equal(
            """{"id":"nobody","status":"FAILED","error":"Job ID not found"}""",
            (await worker.PostAsync($"/{operation}/nobody", "", HttpStatusCode.NotFound)).GetRawText());
    }

    [Theory]
    [InlineData("999")]
    [InlineData("300001")]
    public async Task P67_Stream_WaitOutOfRange_IsRefused(string wait)
    {
        await using var worker = await ServedHandler.StartAsync(Streaming);
        Assert.Contains("1000 to 300000", (await worker.PostAsync($"/stream/x?wait={wait}", "", HttpStatusCode.BadRequest)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task P68_Status_AskedTwice_AnswersTheSame()
    {
        await using var worker = await ServedHandler.EchoAsync();
        var id = (await worker.RunSyncAsync("""{"a":1}""")).GetProperty("id").GetString();
        var first = await worker.PostAsync($"/status/{id}", "");
        Assert.Equal("COMPLETED", first.GetProperty("status").GetString());
        Assert.Equal(first.GetRawText(), (await worker.PostAsync($"/status/{id}", "")).GetRawText());
    }

    [Theory]
    [InlineData("""{"input":"text"}""", "application/json", "dict_type")]
    [InlineData("""{"input":""", "application/json", "json_invalid")]
    [InlineData("", "application/json", "missing")]
    [InlineData("""{"input":{}}""", null, "content_type")]
    [InlineData("""{"input":{}}""", "text/plain", "content_type")]
    public async Task P69_Body_AtFault_IsUnprocessable(string body, string? contentType, string type)
    {
        await using var worker = await ServedHandler.EchoAsync();
        foreach (var path in (string[])["/run", "/runsync"])
        {
            var detail = (await worker.PostAsync(path, body, HttpStatusCode.UnprocessableEntity, contentType)).GetProperty("detail")[0];
            Assert.Equal(type, detail.GetProperty("type").GetString());
            Assert.Equal("body", detail.GetProperty("loc")[0].GetString());
        }
    }

    [Theory]
    [InlineData("""{"a":1}""", "COMPLETED", "output")]
    [InlineData("""{"error":"bad"}""", "FAILED", "error")]
    public async Task P70_Webhook_EachEnd_IsTheRecordThatStatusGives(string input, string status, string field)
    {
        await using var receiver = await ScriptedServer.StartAsync(200);
        await using var worker = await ServedHandler.EchoAsync();
        var id = await worker.RunAsync(input, $",\"webhook\":\"{receiver.Url}\"");
        var call = await receiver.NextAsync();
        var told = Json.Of(System.Text.Encoding.UTF8.GetString(call.Body));
        Assert.Equal((id, status), (told.GetProperty("id").GetString(), told.GetProperty("status").GetString()));
        Assert.True(told.TryGetProperty(field, out _));
        Assert.Equal("application/json", call.Header("Content-Type"));
    }

    [Fact]
    public async Task P71_Result_EmptyObject_IsCompletedWithoutOutput()
    {
        await using var worker = await ServedHandler.EchoAsync();
        var record = await worker.RunSyncAsync("{}");
        Assert.Equal("COMPLETED", record.GetProperty("status").GetString());
        Assert.False(record.TryGetProperty("output", out _));
    }

    [Fact]
    public async Task P71_Error_NotAString_IsItsJsonText()
    {
        await using var worker = await ServedHandler.EchoAsync();
        var record = await worker.RunSyncAsync("""{"error":{"code":5}}""");
        Assert.Equal(("FAILED", """{"code":5}"""), (record.GetProperty("status").GetString(), record.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task P71_Stream_Throws_IsFailedWithTheText()
    {
        await using var worker = await ServedHandler.StartAsync(Streaming);
        var record = await worker.RunSyncAsync("""{"values":[1],"throw":true}""");
        Assert.Equal("FAILED", record.GetProperty("status").GetString());
        Assert.StartsWith("handler: out of tune \ntraceback: ", record.GetProperty("error").GetString());
    }

    [Fact]
    public async Task P72_Concurrency_AboveOne_RunsJobsSideBySide()
    {
        var handler = new HeldHandler();
        await using var worker = await ServedHandler.StartAsync(handler.Handler, concurrency: 2);
        await worker.RunAsync("{}");
        await worker.RunAsync("{}");
        await handler.StartedAsync();
        await handler.StartedAsync();
        Assert.Equal(2, WorkerArguments.Read(["--rp_serve_api", "--rp_api_concurrency", "2"]).ApiConcurrency);
        handler.Release();
        handler.Release();
    }

    [Theory]
    [InlineData("""{"id":"r1","input":{"a":1}}""", """{"output":{"a":1}}""")]
    [InlineData("""{"id":"r1","input":"text"}""", """{"output":"text"}""")]
    [InlineData("""{"id":"r1","input":{"refresh_worker":true,"a":1}}""", """{"output":{"a":1},"stopPod":true}""")]
    [InlineData("""{"id":"r1","input":{"error":"bad"}}""", """{"error":"bad"}""")]
    public async Task P73_Realtime_Result_IsTheBareBody(string body, string expected)
    {
        await using var worker = await ServedHandler.StartAsync(Handler.Of(job => job.Id == "r1" ? job.Input : default), endpointId: "my-endpoint");
        Assert.Equal(expected, (await worker.PostAsync("/my-endpoint/realtime", body)).GetRawText());
    }

    [Theory]
    [InlineData("""{"input":1}""")]
    [InlineData("""{"id":5,"input":1}""")]
    [InlineData("""{"id":"r1","input":null}""")]
    public async Task P73_Realtime_BodyAtFault_IsUnprocessable(string body)
    {
        await using var worker = await ServedHandler.StartAsync(Handler.Of(job => job.Input), endpointId: "my-endpoint");
        Assert.True((await worker.PostAsync("/my-endpoint/realtime", body, HttpStatusCode.UnprocessableEntity)).TryGetProperty("detail", out _));
    }

    [Fact]
    public async Task P73_Realtime_StreamingHandler_HasItsValuesAsOutput()
    {
        await using var worker = await ServedHandler.StartAsync(Streaming, endpointId: "e");
        Assert.Equal("""{"output":[1,2]}""", (await worker.PostAsync("/e/realtime", """{"id":"r","input":{"values":[1,2]}}""")).GetRawText());
    }

    [Theory]
    [InlineData("/run", 10)]
    [InlineData("/runsync", 20)]
    public async Task P67_Output_LargerThanThePlatformTakes_FailsAndNamesTheWayOut(string path, int megabytes)
    {
        await using var worker = await ServedHandler.StartAsync(
            Handler.Of(_ => JsonSerializer.SerializeToElement(new string('x', (megabytes * 1024 * 1024) + 1))));
        var submitted = await worker.PostAsync(path, """{"input":{}}""");
        var record = submitted;
        while (record.GetProperty("status").GetString() is "IN_QUEUE" or "IN_PROGRESS")
            record = await worker.PostAsync($"/status/{submitted.GetProperty("id").GetString()}", "");
        Assert.Equal("FAILED", record.GetProperty("status").GetString());
        Assert.Contains("upload_url", record.GetProperty("error").GetString());
        var tooLarge = await worker.PostAsync(
            path, $$$"""{"input":{"x":"{{{new string('x', megabytes * 1024 * 1024)}}}"}}""", HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains($"{megabytes} MB", tooLarge.GetProperty("error").GetString());
        Assert.Contains("upload_url", tooLarge.GetProperty("error").GetString());
    }

    private static async IAsyncEnumerable<JsonElement> Values(JobContext job)
    {
        foreach (var value in job.Input.TryGetProperty("values", out var values) ? values.EnumerateArray() : default)
        {
            await Task.Yield();
            yield return value;
        }

        if (job.Input.TryGetProperty("throw", out _)) throw new InvalidOperationException("out of tune");
    }
}
