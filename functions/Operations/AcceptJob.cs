using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Jobs;
using AudioReprompt.Reprompt;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Operations;

/// <summary>What became of a request for music: a job (new, or the one that an Idempotency-Key stands for), or the answer that refuses it.</summary>
public readonly record struct Acceptance(StoredJob? Job, bool IsNew, IResult? Refusal);

/// <summary>
/// Turns a request into a stored job with a message in the queue. Acknowledged means both are durable; on any fault neither
/// is left to act.
/// </summary>
public sealed partial class AcceptJob(
    SongQuota quota, PromptRefiner refiner, IJobStore store, IJobQueue queue, JobUpdates updates, TimeProvider time, ILogger<AcceptJob> logger, MockedGeneration? mocked = null)
{
    private const int MaxIdempotencyKeyLength = 200;

    /// <param name="body">As it came; part of an idempotent request's identity.</param>
    public async Task<Acceptance> RunAsync(HttpContext context, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var request = GenerateRequestReader.Read(body, DrawSeed, errors);
        var key = IdempotencyKey(context, errors);
        if (request is null || errors.Any) return new(null, false, Problems.Of(errors));

        var bodyHash = key is null ? null : Convert.ToHexStringLower(SHA256.HashData(body.Span));
        if (key is not null && await store.FindByIdempotencyKeyAsync(key, cancellationToken) is { } earlier)
            return await RepeatAsync(earlier, bodyHash);
        // After the repetition, which is no song more, and before the language model, which costs.
        if (await quota.TryTakeAsync(Callers.Of(context), cancellationToken) is { } refusal) return new(null, false, refusal);

        var refined = request.Reprompt
            ? await refiner.RefineAsync(request.Prompt, cancellationToken)
            : Unrefined(request.Prompt);
        var now = time.GetUtcNow();
        var job = new AudioJob
        {
            Id = Guid.CreateVersion7(now),
            State = JobState.Queued,
            Request = request,
            Refined = refined,
            CreatedAt = now,
            UpdatedAt = now,
            WebhookToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            IdempotencyKey = key,
            IdempotencyBody = bodyHash,
            TraceParent = Activity.Current?.Id,
        };
        // Whatever it goes through in there, it is written once.
        if (mocked is not null) job = await mocked.MakeAsync(job, cancellationToken) with { Revision = 1 };

        // From here on the caller's hanging up must not leave the job half accepted.
        var (stored, created) = await StoreAsync(job);
        if (!created) return await RepeatAsync(stored, bodyHash);
        FrontDoorTelemetry.Accepted.Add(1);
        LogAccepted(logger, job.Id);
        return new(stored, true, null);
    }

    private async Task<(StoredJob Stored, bool Created)> StoreAsync(AudioJob job)
    {
        var isTaken = false;
        try
        {
            var (stored, created) = await store.CreateAsync(job, CancellationToken.None);
            if (created) await EnqueueAsync(stored);
            isTaken = created;
            return (stored, created);
        }
        finally
        {
            // Audio that was made beforehand would belong to nobody.
            if (!isTaken && mocked is not null) await mocked.ForgetAsync(job.Id);
        }
    }

    private async Task EnqueueAsync(StoredJob stored)
    {
        try
        {
            await queue.EnqueueAsync(stored.Job.Id, TimeSpan.Zero, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // The caller will be told 503, so the record must not lead to music after all, unless somebody has taken it up meanwhile. Should this
            // write fail too, upkeep finds the stranded record later and runs it: a request too many is better than one lost.
            await updates.UpdateAsync(
                stored, static (job, now) => IsTakenUp(job) ? null : job.Cancel("Not accepted.", now).Delete(now), CancellationToken.None);
            throw;
        }
    }

    /// <summary>
    /// The caller wants the prompt as it stands. The composer does not read texts, so it plays the neutral plan, as in a study; what was tasted is
    /// told all the same.
    /// </summary>
    private RefinedPrompt Unrefined(string prompt)
    {
        var refined = refiner.RefineOffline(prompt);
        return refined with
        {
            Text = prompt,
            Plan = MusicalPlan.Neutral,
            Explanation = refined.Explanation with { Curator = "none", Summary = "", Choices = [] },
        };
    }

    /// <summary>
    /// Acknowledged means that there is a message, too. Where nobody has taken the job up, whoever made it may have died before the message, or be about
    /// to take the job back because there can be none: then it gets one here, once, and is written, which keeps it.
    /// </summary>
    private async Task<Acceptance> RepeatAsync(StoredJob earlier, string? bodyHash)
    {
        if (earlier.Job.IdempotencyBody != bodyHash)
            return new(null, false, Problems.Of(StatusCodes.Status422UnprocessableEntity, "This Idempotency-Key was used before with another body."));
        if (IsTakenUp(earlier.Job)) return new(earlier, false, null);
        await queue.EnqueueAsync(earlier.Job.Id, TimeSpan.Zero, CancellationToken.None);
        var kept = await updates.UpdateAsync(earlier, static (job, now) => IsTakenUp(job) ? null : job.Repeated(now), CancellationToken.None);
        return kept is { Job.Deleted: false } ? new(kept, false, null) : throw new StorageUnavailableException("The same request was given up just now.");
    }

    /// <summary>Somebody has written the job since it was made.</summary>
    private static bool IsTakenUp(AudioJob job) => job.Revision > 1;

    /// <returns>A hash over caller and key: one caller's keys cannot meet another's, and the store keeps no caller's text.</returns>
    private static string? IdempotencyKey(HttpContext context, FieldErrors errors)
    {
        if (!context.Request.Headers.TryGetValue("Idempotency-Key", out var values)) return null;
        var key = values.ToString();
        if (key.Length is < 1 or > MaxIdempotencyKeyLength || key.Any(char.IsControl))
        {
            errors.Add("Idempotency-Key", $"must have 1 to {MaxIdempotencyKeyLength} printable characters.");
            return null;
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Callers.Of(context)}\n{key}")));
    }

    private static long DrawSeed() => Random.Shared.NextInt64(GenerateLimits.MaxSeed + 1);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId} is accepted.")]
    private static partial void LogAccepted(ILogger logger, Guid jobId);
}
