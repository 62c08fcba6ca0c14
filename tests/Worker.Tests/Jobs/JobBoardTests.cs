using System.Text.Json;
using AudioReprompt.RunPod;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Tests.Support;

namespace AudioReprompt.Worker.Tests.Jobs;

public sealed class JobBoardTests : IDisposable
{
    private static readonly JsonElement Input = JsonElement.Parse("{}");
    private static readonly JobSubmission Submission = new(Input);
    private static readonly JobOutcome Done = JobOutcome.Completed(JsonElement.Parse("""{"done":true}"""));

    private readonly WatchedClock _clock = new();
    private readonly JobBoard _board;

    public JobBoardTests() => _board = new JobBoard(new WorkerIdentity("w1", "pod"), new JobBoardLimits(MaxQueued: 2, MaxKeptBytes: 50), _clock);

    public void Dispose() => _board.Dispose();

    private async Task<TakenJob> TakeAsync() => (await _board.TakeAsync(1, CancellationToken.None).InTime()).Single();

    private Task ReportAsync(TakenJob job) => _board.ReportAsync(job, Done);

    [Fact]
    public async Task Find_ThroughAJobsLife_SaysWhereItStandsAndForHowLong()
    {
        var id = _board.Submit(Submission)!.Id;
        Assert.Equal(new JobRecord(id, EndpointStatus.InQueue), _board.Find(id));

        _clock.Advance(TimeSpan.FromSeconds(2));
        var job = await TakeAsync();
        Assert.Equal(new JobRecord(id, EndpointStatus.InProgress) { DelayTime = 2000, WorkerId = "w1" }, _board.Find(id));

        _clock.Advance(TimeSpan.FromSeconds(3));
        await ReportAsync(job);
        Assert.Equal(
            new JobRecord(id, EndpointStatus.Completed) { Output = Done.Output, DelayTime = 2000, ExecutionTime = 3000, WorkerId = "w1" },
            _board.Find(id));
    }

    [Fact]
    public async Task TakeAsync_SeveralJobs_ComeInTheirOrder()
    {
        var (first, second) = (_board.Submit(Submission)!.Id, _board.Submit(Submission)!.Id);
        Assert.Equal((first, second), ((await TakeAsync()).Id, (await TakeAsync()).Id));
    }

    [Fact]
    public async Task TakeAsync_EmptyBoard_WaitsForAJobOrTheToken()
    {
        using var stop = new CancellationTokenSource();
        var take = _board.TakeAsync(1, stop.Token);
        Assert.False(take.IsCompleted);
        await stop.CancelAsync();
        Assert.Empty(await take.InTime());
    }

    [Fact]
    public void Submit_QueueFull_IsRefused()
    {
        _board.Submit(Submission);
        _board.Submit(Submission);
        Assert.Null(_board.Submit(Submission));
    }

    [Fact]
    public async Task Cancel_QueuedJob_IsNeverTakenAndMakesRoom()
    {
        var cancelled = _board.Submit(Submission)!.Id;
        var next = _board.Submit(Submission)!.Id;
        Assert.Equal(new JobRecord(cancelled, EndpointStatus.Cancelled), _board.Cancel(cancelled));
        Assert.NotNull(_board.Submit(Submission));
        Assert.Equal(next, (await TakeAsync()).Id);
    }

    [Fact]
    public async Task Cancel_RunningJob_TripsItsTokenAndIgnoresItsResult()
    {
        var id = _board.Submit(Submission)!.Id;
        var job = await TakeAsync();
        _board.ReportProgress(job, Input);

        Assert.Equal(EndpointStatus.Cancelled, _board.Cancel(id)!.Status);
        await ReportAsync(job);
        _board.ReportProgress(job, Input);

        Assert.True(job.Stopped.IsCancellationRequested);
        var record = _board.Find(id)!;
        Assert.Equal(EndpointStatus.Cancelled, record.Status);
        Assert.Null(record.Output);
    }

    [Fact]
    public async Task Cancel_EndedJob_LeavesItAsItIs()
    {
        var id = _board.Submit(Submission)!.Id;
        await ReportAsync(await TakeAsync());
        Assert.Equal(EndpointStatus.Completed, _board.Cancel(id)!.Status);
        Assert.NotNull(_board.Find(id)!.Output);
    }

    [Fact]
    public async Task ExecutionTimeout_Over_EndsTheJobAndTripsItsToken()
    {
        var id = _board.Submit(Submission with { ExecutionTimeout = TimeSpan.FromSeconds(30) })!.Id;
        _clock.Advance(TimeSpan.FromMinutes(1));
        var job = await TakeAsync();
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(EndpointStatus.InProgress, _board.Find(id)!.Status);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(EndpointStatus.TimedOut, _board.Find(id)!.Status);
        Assert.True(job.Stopped.IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TimeToLive_Over_JobIsGone(bool running)
    {
        var id = _board.Submit(Submission with { TimeToLive = TimeSpan.FromSeconds(20) })!.Id;
        var job = running ? await TakeAsync() : null;
        var waiting = _board.WaitAsync(id, TimeSpan.FromHours(1), CancellationToken.None);

        _clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Null(_board.Find(id));
        Assert.Equal(EndpointStatus.TimedOut, (await waiting.InTime())!.Status);
        Assert.Equal(new EndpointJobCounts(Failed: 1), _board.Count());
        Assert.True(job is null || job.Stopped.IsCancellationRequested);
    }

    [Fact]
    public async Task Retention_Over_JobIsGone()
    {
        var id = _board.Submit(Submission with { Retention = TimeSpan.FromMinutes(30) })!.Id;
        _clock.Advance(TimeSpan.FromHours(1));
        await ReportAsync(await TakeAsync());
        _clock.Advance(TimeSpan.FromMinutes(29.9));
        Assert.NotNull(_board.Find(id));
        _clock.Advance(TimeSpan.FromMinutes(0.1));
        Assert.Null(_board.Find(id));
    }

    [Fact]
    public async Task Retention_MuchOutput_ForgetsTheOldestFirst()
    {
        // 13 bytes: three of them fit into the 50 that this board keeps.
        var ids = new List<string>();
        for (var job = 0; job < 4; job++)
        {
            ids.Add(_board.Submit(Submission)!.Id);
            await ReportAsync(await TakeAsync());
        }

        Assert.Equal([false, true, true, true], ids.Select(id => _board.Find(id) is not null));
    }

    [Fact]
    public async Task WaitAsync_JobEnds_GivesItsRecordAtOnce()
    {
        var id = _board.Submit(Submission)!.Id;
        var waiting = _board.WaitAsync(id, TimeSpan.FromSeconds(90), CancellationToken.None);
        await ReportAsync(await TakeAsync());
        Assert.Equal(EndpointStatus.Completed, (await waiting.InTime())!.Status);
    }

    [Fact]
    public async Task WaitAsync_TimeIsUp_GivesTheRecordAsItStands()
    {
        var id = _board.Submit(Submission)!.Id;
        var waiting = _board.WaitAsync(id, TimeSpan.FromSeconds(90), CancellationToken.None);
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(EndpointStatus.InQueue, (await waiting.InTime())!.Status);
    }

    [Fact]
    public async Task Purge_QueuedAndRunning_CancelsTheQueuedOnly()
    {
        var running = _board.Submit(Submission)!.Id;
        await TakeAsync();
        var queued = _board.Submit(Submission)!.Id;
        Assert.Equal(1, _board.Purge());
        Assert.Equal(EndpointStatus.InProgress, _board.Find(running)!.Status);
        Assert.Equal(EndpointStatus.Cancelled, _board.Find(queued)!.Status);
        Assert.Equal(new EndpointJobCounts(InProgress: 1), _board.Count());
    }

    [Fact]
    public async Task Close_QueuedAndRunning_FailsTheQueuedAndTakesNoMore()
    {
        _board.Submit(Submission);
        var job = await TakeAsync();
        var queued = _board.Submit(Submission)!.Id;

        _board.Close();

        Assert.Null(_board.Submit(Submission));
        Assert.Contains(typeof(WorkerStoppedException).FullName!, _board.Find(queued)!.Error);
        await ReportAsync(job);
        Assert.Equal(EndpointStatus.Completed, _board.Find(job.Id)!.Status);
    }

    [Fact]
    public async Task Ended_HoweverAJobEnds_IsRaisedOnce()
    {
        var ended = new List<EndedJob>();
        _board.Ended += ended.Add;
        var webhook = new Uri("http://127.0.0.1/hook");
        var id = _board.Submit(Submission with { Webhook = webhook })!.Id;
        var job = await TakeAsync();

        _board.Cancel(id);
        _board.Cancel(id);
        await ReportAsync(job);
        _clock.Advance(TimeSpan.FromDays(1));

        var end = Assert.Single(ended);
        Assert.Equal((EndpointStatus.Cancelled, webhook), (end.Record.Status, end.Webhook));
    }
}
