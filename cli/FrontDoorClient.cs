using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Jobs;

namespace AudioReprompt.Cli;

/// <summary>The front door refused the request or could not serve it; the message is for the user.</summary>
/// <param name="isBadInput">The request is at fault.</param>
internal sealed class FrontDoorException(string message, bool isBadInput = false) : Exception(message)
{
    public bool IsBadInput { get; } = isBadInput;
}

/// <summary>The HTTP API, as the command line needs it.</summary>
internal sealed class FrontDoorClient(HttpClient http)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <param name="address">Of the front door.</param>
    public static FrontDoorClient Create(string address)
    {
        var http = new HttpClient { BaseAddress = new Uri(address.TrimEnd('/') + "/"), Timeout = TimeSpan.FromSeconds(100) };
        var key = Environment.GetEnvironmentVariable("AUDIOREPROMPT_API_KEY")
            ?? Environment.GetEnvironmentVariable("AUDIOREPROMPT_API_KEYS")?.Split(',')[0].Trim();
        if (!string.IsNullOrEmpty(key)) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new FrontDoorClient(http);
    }

    /// <returns>Whether a front door of ours answers.</returns>
    public async Task<bool> IsThereAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            var body = await http.GetByteArrayAsync("api/health", limit.Token);
            return JsonSerializer.Deserialize(body, ApiJson.Default.HealthAnswer)?.Service == "audioreprompt";
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException)
        {
            // Nobody there, or somebody else's server.
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }

    /// <exception cref="FrontDoorException">It was refused.</exception>
    public async Task<GenerateAnswer> GenerateAsync(string prompt, double? durationSeconds, long? seed, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new GenerateBody { Prompt = prompt, DurationSeconds = durationSeconds, Seed = seed }, ApiJson.Default.GenerateBody);
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await http.PostAsync("api/audio/generate", content, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), ApiJson.Default.GenerateAnswer)!;
    }

    /// <summary>Looks until the job has ended.</summary>
    public async Task<AudioAnswer> FollowAsync(Guid audioId, Action<AudioAnswer> show, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = await http.GetAsync($"api/audio/{audioId}", cancellationToken);
            await EnsureAsync(response, cancellationToken);
            var answer = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), ApiJson.Default.AudioAnswer)!;
            show(answer);
            if (answer.Status.IsTerminal()) return answer;
            await Task.Delay(Look, cancellationToken);
        }
    }

    /// <summary>The WAV.</summary>
    public Task DownloadAsync(Guid audioId, Stream output, CancellationToken cancellationToken) =>
        DownloadAsync($"api/audio/{audioId}/content", output, cancellationToken);

    /// <summary>The Standard MIDI File.</summary>
    /// <exception cref="FrontDoorException">The engine writes none.</exception>
    public Task DownloadScoreAsync(Guid audioId, Stream output, CancellationToken cancellationToken) =>
        DownloadAsync($"api/audio/{audioId}/score", output, cancellationToken);

    private async Task DownloadAsync(string path, Stream output, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        await response.Content.CopyToAsync(output, cancellationToken);
    }

    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var problem = await ReadProblemAsync(response, cancellationToken);
        var message = new StringBuilder(problem?.Detail ?? string.Create(CultureInfo.InvariantCulture, $"The front door answered {(int)response.StatusCode}."));
        foreach (var (field, errors) in problem?.Errors ?? new Dictionary<string, string[]>())
            message.Append(CultureInfo.InvariantCulture, $"\n  {field}: {string.Join(" ", errors)}");
        throw new FrontDoorException(message.ToString(), response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<ProblemAnswer?> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), ApiJson.Default.ProblemAnswer);
        }
        catch (JsonException)
        {
            // A proxy's page, say; the status is all there is to tell.
            return null;
        }
    }
}
