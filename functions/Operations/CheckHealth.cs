using System.Reflection;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.RunPod;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary><c>GET /api/health</c> (this process answers) and <c>GET /api/health/ready</c> (so does what it depends on).</summary>
public sealed class CheckHealth(IJobStore store, IJobQueue queue, IAudioStore audio, RunPodClient endpoint)
{
    private const string Service = "audioreprompt";
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    private static readonly string Version = typeof(CheckHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public static IResult Live() => TypedResults.Json(new HealthAnswer("ok", Service, Version), ApiJson.Default.HealthAnswer);

    /// <summary>503 when a request could not be accepted. A worker that does not answer only degrades: jobs wait for it.</summary>
    public async Task<IResult> ReadyAsync(HttpContext context)
    {
        var checks = new Dictionary<string, Task<DependencyHealth>>
        {
            ["jobs"] = CheckAsync(store.CheckAsync, context),
            ["queue"] = CheckAsync(queue.CountAsync, context),
            ["audio"] = CheckAsync(audio.CheckAsync, context),
            ["worker"] = CheckAsync(endpoint.HealthAsync, context),
        };
        await Task.WhenAll(checks.Values);
        var dependencies = checks.ToDictionary(check => check.Key, check => check.Value.Result);
        var storage = dependencies.Where(dependency => dependency.Key != "worker").All(dependency => dependency.Value.Status == "ok");
        var status = !storage ? "unavailable" : dependencies["worker"].Status == "ok" ? "ok" : "degraded";
        return TypedResults.Json(
            new HealthAnswer(status, Service, Version, dependencies),
            ApiJson.Default.HealthAnswer,
            statusCode: storage ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<DependencyHealth> CheckAsync(Func<CancellationToken, Task> check, HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Longest);
        try
        {
            await check(limit.Token);
            return new DependencyHealth("ok");
        }
        catch (Exception exception) when (exception is StorageUnavailableException or EndpointException)
        {
            return new DependencyHealth("unavailable", exception.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return new DependencyHealth("unavailable", $"No answer within {Longest.TotalSeconds:0} s.");
        }
    }
}
