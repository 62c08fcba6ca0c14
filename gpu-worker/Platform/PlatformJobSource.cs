using System.Text.Json;
using AudioReprompt.Contracts;
using AudioReprompt.Worker.Jobs;

namespace AudioReprompt.Worker.Platform;

/// <summary>RunPod's queue as the loop sees it: takes jobs, and brings progress, chunks and results back.</summary>
internal sealed partial class PlatformJobSource : IJobSource
{
    private const int ChunkTries = 3;

    /// <summary>What an idle take gets to end in once the worker has to stop: a job on its way is not lost.</summary>
    private static readonly TimeSpan LastTakeLimit = TimeSpan.FromSeconds(1.5);

    /// <summary>How often a worker with too many undelivered results looks for room.</summary>
    private static readonly TimeSpan RoomPause = TimeSpan.FromSeconds(1);

    /// <summary>The platform takes no longer chunk in one piece.</summary>
    private const int MaxChunkBytes = 1024 * 1024;
    private const int MaxResultBytes = 20 * 1024 * 1024;

    private readonly PlatformClient _client;
    private readonly PlatformEnvironment _environment;
    private readonly HeldJobs _held;
    private readonly ResultDelivery _delivery;
    private readonly Outbox _outbox;
    private readonly JobRunner _runner;
    private readonly TimeProvider _time;
    private readonly TakePacing _pacing;
    private readonly ILogger<PlatformJobSource> _logger;
    private TimeSpan _pause;
    private (int Waiting, int Running) _counted;

    public PlatformJobSource(
        PlatformClient client, PlatformEnvironment environment, HeldJobs held, ResultDelivery delivery, Outbox outbox, JobRunner runner, TimeProvider time,
        Func<double> random, ILogger<PlatformJobSource> logger)
    {
        (_client, _environment, _held, _delivery, _outbox, _runner, _time, _logger) = (client, environment, held, delivery, outbox, runner, time, logger);
        _pacing = new TakePacing(time, random);
        delivery.Settled += (result, delivered) => held.Remove(result.JobId, delivered && result.Succeeded);
    }

    /// <summary>Posts what an earlier life of this worker has left.</summary>
    public void Recover()
    {
        foreach (var result in _outbox.Undelivered())
        {
            using var scope = _logger.BeginJob(result.JobId, null);
            LogRecovered();
            Deliver(result);
        }
    }

    public async Task<IReadOnlyList<TakenJob>> TakeAsync(int wanted, CancellationToken draining)
    {
        while (true)
        {
            if (Start(wanted) is { Count: > 0 } jobs) return jobs;
            if (draining.IsCancellationRequested) return [];
            try
            {
                await Task.Delay(_pause, _time, draining);
                while (!_delivery.HasRoom) await Task.Delay(RoomPause, _time, draining);
            }
            catch (OperationCanceledException) when (draining.IsCancellationRequested)
            {
                continue;
            }

            try
            {
                await AskAsync(wanted, draining);
            }
            catch (Exception exception)
            {
                // Nothing that an answer holds may end the loop, not even what nobody has thought of.
                LogTakeBroken(exception);
                _pause = _pacing.PauseAfter(TakeVerdict.Error, _time.GetTimestamp());
            }
        }
    }

    public void ReportProgress(TakenJob job, JsonElement progress) => _held.Find(job.Id)?.Progress.Report(progress);

    public async Task ReportChunkAsync(TakenJob job, JsonElement chunk, CancellationToken cancellationToken)
    {
        var url = PlatformUrl.With(PlatformUrl.ForJob(_environment.StreamUrl, job.Id), "isStream=false");
        var body = JobOutcome.ChunkBody(chunk);
        if (body.Length > MaxChunkBytes) LogLargeChunk(body.Length);
        for (var attempt = 1; ; attempt++)
        {
            var reply = await _client.PostAsync(url, job.Id, body, cancellationToken);
            if (reply.Fault is null && reply.Status < 400) return;
            var passes = reply.Fault is { Kind: not FaultKind.Address } || reply.Status is 429 or >= 500;
            if (!passes || attempt == ChunkTries)
            {
                // A hole in the stream; the values that follow are still wanted.
                LogChunkLost(PlatformClient.Quote(reply));
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1 + attempt), _time, cancellationToken);
        }
    }

    public async Task ReportAsync(TakenJob job, JobOutcome outcome)
    {
        if (_held.Find(job.Id) is { } held)
        {
            _held.MarkEnded(held);
            await held.Progress.EndAsync();
        }

        if (outcome.HandedBack)
        {
            // Silence hands a job back: the platform queues the jobs of a worker that is gone again.
            LogHandedBack();
            _held.Remove(job.Id, delivered: false);
            return;
        }

        var body = outcome.ToBody();
        if (body.Length > MaxResultBytes) LogLargeResult(body.Length);
        await Deliver(new JobResult(job.Id, body, outcome.IsStream, outcome.Succeeded));
        LogFinished();
    }

    /// <summary>Nothing to do: the loop's token ends the takes.</summary>
    public void Close()
    {
    }

    /// <summary>Stops a job at the platform's word. Unknown ones, and those that have ended, are left alone.</summary>
    public void Stop(string id)
    {
        using var scope = _logger.BeginJob(id, null);
        if (_held.Stop(id) is not { } job)
        {
            LogStopUnknown();
            return;
        }

        LogStopping();
        _ = job.Progress.EndAsync();
        // Not awaited: what a handler hangs on its token must not hold up the channel.
        _ = job.Stop.CancelAsync();
    }

    private Task Deliver(JobResult result)
    {
        _held.MarkPosting(result.JobId);
        return _delivery.DeliverAsync(result);
    }

    private List<TakenJob> Start(int most)
    {
        var started = _held.Start(most).Select(Taken).ToList();
        var counts = _held.Count();
        if (counts != _counted)
        {
            LogWaiting(counts.Waiting);
            LogRunning(counts.Running);
        }

        _counted = counts;
        return started;
    }

    private static TakenJob Taken(HeldJob job) => new(job.Offer.Id!, job.Offer.Input, default, job.Stop.Token)
    {
        Record = job.Offer.Record,
        BatchId = job.Offer.BatchId,
    };

    /// <summary>One take. One that is under way when the worker has to stop gets a moment to end.</summary>
    private async Task AskAsync(int wanted, CancellationToken draining)
    {
        var asked = _time.GetTimestamp();
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        await using var hurry = draining.Register(() => limit.CancelAfter(LastTakeLimit));
        TakeAnswer answer;
        try
        {
            answer = TakeReader.Read(await _client.PollAsync(UrlFor(wanted), limit.Token));
        }
        catch (OperationCanceledException)
        {
            // The worker stops.
            return;
        }

        if (answer.Note is not null)
        {
            if (answer.Verdict == TakeVerdict.Error) LogTakeFailed(answer.Note);
            else LogTake(answer.Note);
        }

        foreach (var offer in answer.Jobs) Accept(offer);
        _pause = _pacing.PauseAfter(answer.Verdict, asked);
    }

    private string UrlFor(int wanted)
    {
        var held = $"job_in_progress={(_held.Any ? 1 : 0)}";
        return wanted == 1
            ? PlatformUrl.With(_environment.TakeUrl!, held)
            : PlatformUrl.With(_environment.BatchUrl!, $"batch_size={wanted}&{held}");
    }

    private void Accept(OfferedJob offer)
    {
        if (offer.Id is not { } id)
        {
            LogNoId(offer.Fault!);
            return;
        }

        using var scope = _logger.BeginJob(id, null);
        if (_outbox.FindInDoubt(id) is { } done && _held.Find(id) is null)
        {
            // Done in an earlier life; the platform asks again, so that life's post did not arrive.
            LogRecovered();
            _ = Deliver(done);
        }
        else if (!_held.TryAdd(new HeldJob(offer, new ProgressPosts(_client, PlatformUrl.ForJob(_environment.OutputUrl, id), id, _time))))
        {
            LogDuplicate();
        }
        else if (offer.Fault is not null)
        {
            Refuse(id, offer.Fault);
        }
    }

    /// <summary>A job that no handler could read fails at once, and says why.</summary>
    private void Refuse(string id, string fault)
    {
        LogInvalid(fault);
        _held.Stop(id);
        var errors = new FieldErrors();
        var (field, message) = fault.Split(": ", 2) is [var name, var text] ? (name, text) : ("job", fault);
        errors.Add(field, message);
        var outcome = _runner.Failure(new InvalidInputException(errors));
        _ = Deliver(new JobResult(id, outcome.ToBody(), outcome.IsStream, Succeeded: false));
    }

    [LoggerMessage(1, LogLevel.Information, "Jobs in queue: {Count}")]
    private partial void LogWaiting(int count);

    [LoggerMessage(2, LogLevel.Information, "Jobs in progress: {Count}")]
    private partial void LogRunning(int count);

    [LoggerMessage(3, LogLevel.Error, "{Note}")]
    private partial void LogTakeFailed(string note);

    [LoggerMessage(4, LogLevel.Debug, "{Note}")]
    private partial void LogTake(string note);

    [LoggerMessage(5, LogLevel.Error, "A job was offered that {Fault}; it is dropped.")]
    private partial void LogNoId(string fault);

    [LoggerMessage(6, LogLevel.Error, "The job cannot be run: {Fault}")]
    private partial void LogInvalid(string fault);

    [LoggerMessage(7, LogLevel.Warning, "The job was offered once more; the worker has it, or has just delivered it.")]
    private partial void LogDuplicate();

    [LoggerMessage(8, LogLevel.Information, "Finished.")]
    private partial void LogFinished();

    [LoggerMessage(9, LogLevel.Information, "The job's result is from before a restart of the worker; it is posted now.")]
    private partial void LogRecovered();

    [LoggerMessage(10, LogLevel.Warning, "The job is handed back unfinished.")]
    private partial void LogHandedBack();

    [LoggerMessage(11, LogLevel.Information, "Stopping job.")]
    private partial void LogStopping();

    [LoggerMessage(12, LogLevel.Debug, "The job is to be stopped, and does not run here.")]
    private partial void LogStopUnknown();

    [LoggerMessage(13, LogLevel.Error, "A chunk could not be posted and is skipped: {Reply}")]
    private partial void LogChunkLost(string reply);

    [LoggerMessage(14, LogLevel.Warning, "A chunk of {Bytes} bytes is longer than the platform takes in one piece (1 MB).")]
    private partial void LogLargeChunk(int bytes);

    [LoggerMessage(16, LogLevel.Error, "A take could not be dealt with.")]
    private partial void LogTakeBroken(Exception exception);

    [LoggerMessage(15, LogLevel.Warning, "The result of {Bytes} bytes is larger than the platform takes (20 MB); with upload_url it stays small.")]
    private partial void LogLargeResult(int bytes);
}
