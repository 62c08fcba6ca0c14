using System.Net;
using System.Text;
using AudioReprompt.Tests.FrontDoor.Support;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Tests.FrontDoor.Api;

public sealed class SecretsTests
{
    private const string ApiKey = "key-of-ana";
    private const string EndpointKey = "rpa_ours";

    /// <summary>On the embedded storage; that no signature of Azure's is logged: <see cref="AzureTests"/>.</summary>
    [Fact]
    public async Task Job_LoggedAtEveryLevel_ShowsNoKeyTokenOrSignature()
    {
        var logs = new EveryLine();
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT_API_KEYS"] = ApiKey, ["RUNPOD_API_KEY"] = EndpointKey, ["AUDIOREPROMPT__LOGGING__LEVEL"] = "trace" },
            services => services.AddSingleton<ILoggerProvider>(logs));
        door.Http.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
        var id = await door.GenerateAsync();
        var done = await door.UntilAsync(id, "completed");

        // What is right, and what is refused: neither is a reason to write the secret down.
        var job = door.Endpoint.Jobs.Single();
        var (token, signature) = (Query(job.Webhook!, "token"), Query(job.UploadUrl, "signature"));
        var download = Query(done.GetProperty("audio_url").GetString()!, "signature");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Post, job.Webhook!, $$"""{"id":"{{job.Id}}","status":"COMPLETED"}"""));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(HttpMethod.Post, job.Webhook!, "no record"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Post, $"{job.Webhook}wrong", "{}"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Put, $"{job.UploadUrl}wrong", "no WAV"));

        Assert.Contains(logs.Lines, line => line.Contains(id, StringComparison.Ordinal));
        Assert.All((string[])[ApiKey, EndpointKey, token, signature, download], secret =>
        {
            Assert.InRange(secret.Length, 8, int.MaxValue);
            Assert.DoesNotContain(logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
        });

        async Task<HttpStatusCode> StatusAsync(HttpMethod method, string address, string content)
        {
            using var body = new StringContent(content, Encoding.UTF8, method == HttpMethod.Put ? "audio/wav" : "application/json");
            using var answer = await door.SendAsync(method, address, body);
            return answer.StatusCode;
        }
    }

    private static string Query(string address, string name) => QueryHelpers.ParseQuery(new Uri(address).Query)[name].Single()!;
}
