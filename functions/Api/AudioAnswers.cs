using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.Scoring;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Api;

/// <summary>Shows a job to a caller.</summary>
public sealed class AudioAnswers(IAudioStore audio, PublicAddress address, UrlSigner signer, Callers callers)
{
    /// <summary>How long a signed download address works, where keys are required.</summary>
    private static readonly TimeSpan DownloadValidFor = TimeSpan.FromHours(1);

    private static readonly SongScores Unscored = SongScores.None("The job was completed before scores were kept.");

    /// <summary>With the audio's address.</summary>
    public AudioAnswer Linked(AudioJob job, HttpRequest request)
    {
        var answer = Describe(job);
        if (!HasAudio(job)) return answer;
        var url = $"{address.ForCaller(request)}/api/audio/{job.Id}/content";
        return answer with
        {
            AudioUrl = callers.KeysAreRequired ? $"{url}?{signer.Sign(UrlPurpose.Download, job.Id, DownloadValidFor)}" : url,
        };
    }

    /// <summary>With the audio itself in base64.</summary>
    public async Task<AudioAnswer> InlineAsync(AudioJob job, HttpRequest request, CancellationToken cancellationToken) =>
        Describe(job) with { AudioBase64 = await Base64Async(job, cancellationToken) };

    /// <returns>The WAV in base64, or null when the job has none.</returns>
    public async Task<string?> Base64Async(AudioJob job, CancellationToken cancellationToken)
    {
        if (!HasAudio(job)) return null;
        await using var stream = await audio.OpenReadAsync(job.Id, cancellationToken);
        if (stream is null) return null;
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return Convert.ToBase64String(bytes);
    }

    private static bool HasAudio(AudioJob job) => job.State is JobState.Completed or JobState.Scoring && job.Result is not null;

    private static AudioAnswer Describe(AudioJob job)
    {
        var scores = job.Scores ?? (job.State == JobState.Completed ? Unscored : null);
        return new AudioAnswer
        {
            AudioId = job.Id,
            Status = job.State,
            Progress = job.Progress,
            Prompt = job.Request.Prompt,
            ImprovedPrompt = job.Refined.Text,
            Explanation = job.Refined.Explanation,
            Profile = job.Refined.Profile,
            ClapScore = scores?.ClapScore,
            ClapScoreRaw = scores?.ClapScoreRaw,
            ClapReason = scores?.ClapReason,
            TasteScores = scores?.TasteScores,
            Scoring = scores?.Scoring,
            Aesthetics = scores?.Aesthetics,
            DurationSeconds = job.Result?.DurationSeconds ?? job.Request.DurationSeconds,
            SampleRate = job.Result?.SampleRate,
            Seed = job.Request.Seed,
            Engine = job.Result?.Engine,
            Model = job.Result?.Model,
            Timings = Timings(job),
            Error = job.Error,
            CreatedAt = job.CreatedAt,
        };
    }

    private static Dictionary<string, double> Timings(AudioJob job)
    {
        var timings = new Dictionary<string, double>();
        if (job.StartedAt is { } started) timings["queue"] = (started - job.CreatedAt).TotalMilliseconds;
        if (job.EndedAt is { } ended) timings["total"] = (ended - job.CreatedAt).TotalMilliseconds;
        foreach (var (stage, milliseconds) in job.Result?.Timings ?? new Dictionary<string, double>()) timings[stage] = milliseconds;
        return timings;
    }
}
