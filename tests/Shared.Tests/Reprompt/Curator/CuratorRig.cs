using System.Collections.Concurrent;
using AudioReprompt.Configuration;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Reprompt.Curator;

/// <summary>A refiner that asks a <see cref="FakeModel"/>, on a clock of its own.</summary>
internal sealed class CuratorRig : IAsyncDisposable
{
    public const string Sentence = "A spicy taco al pastor at a noisy street stand, late at night";
    public const string Key = "sk-V3ryS3cretV4lue";
    public const string ModelName = "kimi-test";
    public const double LimitSeconds = 8;
    public const double AttemptSeconds = 4;

    private CuratorRig(FakeModel model, PromptRefiner refiner, SkippingClock clock, HeardLog log) =>
        (Model, Refiner, Clock, Log) = (model, refiner, clock, log);

    public FakeModel Model { get; }

    public PromptRefiner Refiner { get; }

    public SkippingClock Clock { get; }

    public HeardLog Log { get; }

    /// <summary>What the model should answer: it keeps to the plan of <see cref="Sentence"/>.</summary>
    public static string GoodText { get; } = TextAt(Refining.Plan(Sentence).TempoBpm);

    public static string TextAt(double bpm) =>
        $"Fast brass melody over plucked guitar, hand drums and a steady bass at {bpm} BPM, with short staccato attacks, a rough distorted tone "
        + "and loud dynamics, restless and bright.";

    public static async Task<CuratorRig> StartAsync(
        Func<HttpContext, int, Task> answer, string version = "v2", int retries = 2, int maxConcurrency = 8, string? dataFolder = null,
        string thinking = "disabled", string curator = "auto", string key = Key)
    {
        var model = await FakeModel.StartAsync(answer);
        var clock = new SkippingClock(TimeSpan.FromSeconds(LimitSeconds), TimeSpan.FromSeconds(AttemptSeconds));
        var log = new HeardLog();
        var options = new RepromptOptions
        {
            Curator = curator,
            Version = version,
            LlmUrl = model.Url,
            LlmModel = ModelName,
            LlmKey = key,
            LlmThinking = thinking,
            LlmRetries = retries,
            LlmMaxConcurrency = maxConcurrency,
            LlmTimeoutSeconds = LimitSeconds,
            LlmAttemptTimeoutSeconds = AttemptSeconds,
        };
        return new CuratorRig(model, PromptRefiner.Load(dataFolder ?? Refining.DataFolder, options, clock, log), clock, log);
    }

    public Task<RefinedPrompt> RefineAsync(string sentence = Sentence) =>
        Refiner.RefineAsync(sentence, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Asserts that the user got what the offline curator writes, in time, and was told why.</summary>
    public void AssertOffline(string reason, RefinedPrompt refined, string sentence = Sentence)
    {
        var offline = Refining.Refine(sentence);
        Assert.Equal(reason, refined.Explanation.Curator);
        Assert.Equal(offline.Text, refined.Text);
        Assert.Equivalent(offline.Plan, refined.Plan);
        Assert.Equal(offline.Explanation.Summary, refined.Explanation.Summary);
        Assert.InRange(Clock.Elapsed.TotalSeconds, 0, LimitSeconds);
        Assert.DoesNotContain(Key, string.Join('\n', Log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain(sentence, string.Join('\n', Log.Lines), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        Refiner.Dispose();
        await Model.DisposeAsync();
    }
}

/// <summary>
/// A clock that stands still, but for pauses: whoever waits for anything else than the given limits has waited at once, and the clock
/// has moved by so much.
/// </summary>
internal sealed class SkippingClock(params TimeSpan[] limits) : TimeProvider
{
    private readonly ManualTimeProvider _clock = new();
    private readonly DateTimeOffset _start = new ManualTimeProvider().GetUtcNow();

    /// <summary>How long was waited, each time.</summary>
    public ConcurrentQueue<TimeSpan> Pauses { get; } = new();

    public TimeSpan Elapsed => GetUtcNow() - _start;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public void Advance(TimeSpan by) => _clock.Advance(by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan && !limits.Contains(dueTime))
        {
            Pauses.Enqueue(dueTime);
            // Not from within: the waiter does not hold its timer yet.
            ThreadPool.QueueUserWorkItem(_ => _clock.Advance(dueTime));
        }

        return timer;
    }
}

/// <summary>Keeps every line at every level, exceptions included.</summary>
internal sealed class HeardLog : ILogger<PromptRefiner>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IEnumerable<string> Lines => _lines.Select(line => line.Text);

    public IEnumerable<string> Warnings => _lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((logLevel, formatter(state, exception) + exception));
}
