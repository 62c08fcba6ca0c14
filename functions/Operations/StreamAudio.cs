using AudioReprompt.Audio;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.FrontDoor.Live;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>
/// <c>GET /api/audio/{id}/stream</c>: the WAV while it is made. A job that was not asked to stream, and an engine that makes music in one piece,
/// give it when it is finished; so does a song whose beginning nobody has kept.
/// </summary>
public sealed class StreamAudio(JobLookup lookup, JobWait wait, LiveSongs songs, IAudioStore audio, UrlSigner signer, Callers callers, IHostApplicationLifetime lifetime)
{
    private const string MediaType = "audio/wav";

    /// <summary>Longer than any job may take.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    public async Task<IResult> RunAsync(HttpContext context, string id, string? expires, string? signature)
    {
        if (!callers.MayRead(context, id, expires, signature, signer))
            return Problems.Of(StatusCodes.Status401Unauthorized, "An API key or a valid signed address is required.");

        var (stored, refusal) = await lookup.FindAsync(id, context.RequestAborted);
        if (stored is null) return refusal!;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var job = stored.Job;
        try
        {
            if (job.Request.Stream && !job.State.IsTerminal() && job.Result is null && await TryPlayAsync(context, job, ending.Token)) return TypedResults.Empty;
            return await FinishedAsync(job, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller hung up, or we shut down. A WAV that is cut short must not look whole.
            context.Abort();
            return TypedResults.Empty;
        }
    }

    /// <returns>false when nothing was sent, so that the finished WAV can be.</returns>
    private async Task<bool> TryPlayAsync(HttpContext context, AudioJob job, CancellationToken cancellationToken)
    {
        using var listener = songs.Join(job.Id);
        var left = 0L;
        await foreach (var part in listener.Song.ListenAsync(cancellationToken))
        {
            if (!context.Response.HasStarted)
            {
                var (rate, channels) = listener.Song.Format!.Value;
                var frames = (long)Math.Round(job.Request.DurationSeconds * rate);
                left = frames * channels * sizeof(short);
                context.Response.ContentType = MediaType;
                context.Response.ContentLength = WavFile.HeaderBytes + left;
                await context.Response.Body.WriteAsync(WavFile.Header(frames, rate, channels), cancellationToken);
            }

            var count = (int)Math.Min(left, part.Length);
            await context.Response.Body.WriteAsync(part.AsMemory(0, count), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
            left -= count;
        }

        if (!context.Response.HasStarted) return false;
        // The job failed, or its attempt was lost: the length that was promised says to the listener that this is not all.
        if (left > 0) context.Abort();
        return true;
    }

    private async Task<IResult> FinishedAsync(AudioJob job, CancellationToken cancellationToken)
    {
        if (await wait.ForAudioAsync(job, Longest, cancellationToken) is not { } ended) return Problems.Gone(job.Id);
        if (ended.Result is null) return Problems.Of(StatusCodes.Status409Conflict, $"There is no audio: the job is {ended.State.ToString().ToLowerInvariant()}.");
        return await audio.OpenReadAsync(job.Id, cancellationToken) is { } stream ? TypedResults.Stream(stream, MediaType) : Problems.Gone(job.Id);
    }
}
