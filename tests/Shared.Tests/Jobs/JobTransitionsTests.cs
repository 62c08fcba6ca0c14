using AudioReprompt.Jobs;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Jobs;

public sealed class JobTransitionsTests
{
    private static readonly DateTimeOffset Later = TestJobs.Start.AddSeconds(5);

    private static readonly HashSet<(JobState From, JobState To)> Allowed =
    [
        (JobState.Queued, JobState.Dispatched),
        (JobState.Queued, JobState.Failed),
        (JobState.Queued, JobState.Cancelled),
        (JobState.Dispatched, JobState.Running),
        (JobState.Dispatched, JobState.Scoring),
        (JobState.Dispatched, JobState.Queued),
        (JobState.Dispatched, JobState.Failed),
        (JobState.Dispatched, JobState.Cancelled),
        (JobState.Running, JobState.Scoring),
        (JobState.Running, JobState.Queued),
        (JobState.Running, JobState.Failed),
        (JobState.Running, JobState.Cancelled),
        (JobState.Scoring, JobState.Completed),
        (JobState.Scoring, JobState.Failed),
        (JobState.Scoring, JobState.Cancelled),
    ];

    public static TheoryData<JobState, JobState> EveryPair()
    {
        var pairs = new TheoryData<JobState, JobState>();
        foreach (var from in Enum.GetValues<JobState>())
            foreach (var to in Enum.GetValues<JobState>()) pairs.Add(from, to);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void IsAllowed_EveryPair_IsAsTheDesignSays(JobState from, JobState to) =>
        Assert.Equal(Allowed.Contains((from, to)), JobTransitions.IsAllowed(from, to));

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void Change_EveryPair_HappensOrThrows(JobState from, JobState to)
    {
        var job = TestJobs.New() with { State = from, Attempts = 1 };
        AudioJob Change() => to switch
        {
            JobState.Queued => job.Requeue("lost", Later),
            JobState.Dispatched => job.Dispatch(Later),
            JobState.Running => job.Run(Later),
            JobState.Scoring => job.Score(TestJobs.Result, Later),
            JobState.Completed => job.Complete(TestJobs.Scores, Later),
            JobState.Failed => job.Fail("broken", Later),
            _ => job.Cancel("not wanted", Later),
        };

        if (Allowed.Contains((from, to)))
        {
            var changed = Change();
            Assert.Equal((to, job.Revision + 1, Later), (changed.State, changed.Revision, changed.UpdatedAt));
        }
        else
        {
            Assert.Throws<ForbiddenTransitionException>(Change);
        }
    }

    [Fact]
    public void Dispatch_AfterALostAttempt_CountsAndForgetsTheOldOne()
    {
        var lost = TestJobs.New().Dispatch(Later).Accepted("run-1", Later).Run(Later).Advance(0.7, Later).Requeue("The worker was lost.", Later);

        Assert.Equal((JobState.Queued, 0.0, null), (lost.State, lost.Progress, lost.EndpointJobId));
        Assert.Equal("The worker was lost.", lost.Error);
        var again = lost.Dispatch(Later);
        Assert.Equal((2, null), (again.Attempts, again.Error));
    }

    [Fact]
    public void RequeueUncounted_EndpointNeverReached_LeavesTheAttemptsAsTheyWere() =>
        Assert.Equal(0, TestJobs.New().Dispatch(Later).RequeueUncounted("nobody there", Later).Attempts);

    [Fact]
    public void RequeueUncounted_AgainAndAgain_KeepsSinceWhenUntilTheEndpointIsReached()
    {
        var (first, second) = (Later, Later.AddMinutes(5));
        var unreached = TestJobs.New().Dispatch(first).RequeueUncounted("nobody there", first).Dispatch(second).RequeueUncounted("nobody there", second);

        Assert.Equal(first, unreached.UnreachableSince);
        Assert.Equal((null, null), (unreached.Reached(second).UnreachableSince, unreached.Reached(second).Error));
        Assert.Null(unreached.Dispatch(second).Accepted("run-1", second).UnreachableSince);
        Assert.Null(unreached.Dispatch(second).Requeue("It answered nonsense.", second).UnreachableSince);
    }

    [Theory]
    [InlineData(0.2, 0.5)]
    [InlineData(0.9, 0.9)]
    [InlineData(7.0, 1.0)]
    public void Advance_NeverFallsAndNeverPassesOne(double reported, double expected)
    {
        var running = TestJobs.New().Dispatch(Later).Accepted("run-1", Later).Run(Later).Advance(0.5, Later);
        Assert.Equal(expected, running.Advance(reported, Later).Progress);
    }

    [Fact]
    public void Advance_NotRunning_Throws() =>
        Assert.Throws<ForbiddenTransitionException>(() => TestJobs.New().Advance(0.5, Later));

    [Fact]
    public void BeginScoring_EachAttempt_IsCountedAndStaysInScoring()
    {
        var scoring = TestJobs.New().Dispatch(Later).Score(TestJobs.Result, Later);
        var again = scoring.BeginScoring(Later).BeginScoring(Later);
        Assert.Equal((JobState.Scoring, 2, scoring.Revision + 2), (again.State, again.ScoringAttempts, again.Revision));
    }

    [Fact]
    public void BeginScoring_EndedJob_Throws() =>
        Assert.Throws<ForbiddenTransitionException>(() => TestJobs.Completed().BeginScoring(Later));

    [Fact]
    public void Delete_EndedJob_KeepsTheIdAndForgetsTheTexts()
    {
        var deleted = TestJobs.Completed().Delete(Later);

        Assert.True(deleted.Deleted);
        Assert.Equal(JobState.Completed, deleted.State);
        Assert.Equal(("", "", null, null), (deleted.Request.Prompt, deleted.Refined.Text, deleted.IdempotencyKey, deleted.Scores));
    }

    [Theory]
    [InlineData(JobState.Queued)]
    [InlineData(JobState.Dispatched)]
    [InlineData(JobState.Running)]
    [InlineData(JobState.Scoring)]
    public void Delete_JobUnderWay_Throws(JobState state) =>
        Assert.Throws<ForbiddenTransitionException>(() => (TestJobs.New() with { State = state }).Delete(Later));
}
