using AudioReprompt.Cli.Bench.MixedLoad;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd.Bench;

public sealed class OpenScheduleTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Answered_AfterAStall_CountsFromTheTimeThatEachWasDue()
    {
        var schedule = new OpenSchedule(perSecond: 10, count: 5, _clock);
        Assert.Equal(TimeSpan.Zero, schedule.UntilDue(0));
        Assert.Equal(TimeSpan.FromMilliseconds(400), schedule.UntilDue(4));

        // The server stood still for a second; then all five are answered at once.
        _clock.Advance(TimeSpan.FromSeconds(1));
        while (schedule.TryTake(out var index)) schedule.Answered(index);

        Assert.Equal([1000, 900, 800, 700, 600], schedule.Latencies.Select(latency => latency.TotalMilliseconds));
    }

    [Fact]
    public void TryTake_ManyCallers_GivesEachIndexOnce()
    {
        var schedule = new OpenSchedule(perSecond: 1000, count: 1000, _clock);
        var taken = new int[1000];
        Parallel.For(0, 8, _ =>
        {
            while (schedule.TryTake(out var index)) Interlocked.Increment(ref taken[index]);
        });
        Assert.All(taken, times => Assert.Equal(1, times));
    }

    [Fact]
    public void CallOf_ARound_HasTheSharesOfTheMix()
    {
        var round = Enumerable.Range(0, 100).GroupBy(Traffic.CallOf).ToDictionary(calls => calls.Key, calls => calls.Count());
        Assert.Equal((10, 60, 15, 5, 5, 5), (round[Call.Generate], round[Call.Get], round[Call.List], round[Call.Refine], round[Call.Content], round[Call.Bad]));
    }
}
