using System.Collections.Concurrent;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor;
using AudioReprompt.FrontDoor.Dispatch;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.FrontDoor.Scoring;
using AudioReprompt.Jobs;
using AudioReprompt.RunPod;
using AudioReprompt.Scoring;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudioReprompt.Tests.FrontDoor.Dispatch;

/// <summary>
/// The dispatcher is killed at each of its awaits in turn, once before the call takes effect and once after; a second one goes
/// on. Whatever the moment, the job ends exactly once, with its audio and without a message left.
/// </summary>
public sealed class KilledDispatcherTests
{
    /// <summary>After it nobody takes a dead holder for one that is still at it.</summary>
    private static readonly TimeSpan Death = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(EndpointBehaviour.Complete, false)]
    [InlineData(EndpointBehaviour.Complete, true)]
    [InlineData(EndpointBehaviour.CompleteInline, false)]
    public async Task Dispatcher_KilledAtEachAwait_JobEndsExactlyOnce(EndpointBehaviour behaviour, bool webhook)
    {
        // Only messages live by this clock: moving it lets a dead holder's message come back at once.
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        var written = new WrittenStates();
        await using var door = await TestFrontDoor.StartAsync(
            new() { ["AUDIOREPROMPT__DISPATCH__WEBHOOK"] = webhook ? "true" : "false", ["AUDIOREPROMPT__DISPATCH__MAX_ATTEMPTS"] = "5" },
            services =>
            {
                services.Remove(services.Single(service => service.ImplementationType == typeof(Dispatcher)));
                services.AddSingleton<IJobStore>(provider => new GatedJobStore(ActivatorUtilities.CreateInstance<SqliteJobStore>(provider), written));
                services.AddSingleton(provider => new EmbeddedDatabase(new EmbeddedDatabaseOptions(PathOf(provider)) { TimeProvider = clock }));
            });
        door.Endpoint.Behaviour = behaviour;

        var killed = new List<string>();
        for (var point = 1; ; point++)
        {
            var id = await door.GenerateAsync();
            var kill = new KillGate(point);
            using (var first = Start(door, kill))
            {
                await Task.WhenAny(kill.Happened, first.UntilIdleAsync(id));
            }

            clock.Advance(Death);
            using (var second = Start(door, new KillGate(int.MaxValue), new LaterTimeProvider(Death)))
            {
                await second.UntilIdleAsync(id);
            }

            var job = (await door.Services.GetRequiredService<IJobStore>().GetAsync(Guid.Parse(id), CancellationToken.None))!.Job;
            Assert.True(job.State == JobState.Completed, $"Killed at {kill.Where}: the job is {job.State} ({job.Error}).");
            Assert.True(written.Count(job.Id, JobState.Completed) == 1, $"Killed at {kill.Where}: the job ended {written.Count(job.Id, JobState.Completed)} times.");
            Assert.Equal(TestWav.Make(1), await door.Http.GetByteArrayAsync($"/api/audio/{id}/content"));
            var queue = door.Services.GetRequiredService<IJobQueue>();
            Assert.True(await queue.CountAsync(CancellationToken.None) == 0, $"Killed at {kill.Where}: a message is left.");
            Assert.Empty(await queue.ListPoisonAsync(1, CancellationToken.None));
            if (kill.Where is null) break;
            killed.Add(kill.Where);
        }

        // Every kind of await was met; with a webhook the front door's HTTP side may do the last steps.
        string[] expected =
        [
            "queue.receive", "store.get", "endpoint health", "store.update Dispatched", "endpoint run", "store.update Scoring", "audio.open", "store.update Completed", "queue.delete",
        ];
        foreach (var what in expected)
            Assert.Contains(killed, where => where.Contains(what, StringComparison.Ordinal));
        if (behaviour == EndpointBehaviour.CompleteInline) Assert.Contains(killed, where => where.Contains("audio.write", StringComparison.Ordinal));
        Assert.True(killed.Count >= 20, string.Join(", ", killed));
    }

    private static string PathOf(IServiceProvider services) => Path.Combine(services.GetRequiredService<StorageOptions>().Path, "jobs.db");

    /// <summary>A dispatcher of its own with everything it awaits behind the gate, as another process would be.</summary>
    private static RunningDispatcher Start(TestFrontDoor door, KillGate gate, TimeProvider? clock = null)
    {
        var services = door.Services;
        var options = services.GetRequiredService<DispatchOptions>();
        var time = clock ?? TimeProvider.System;
        var store = new GatedJobStore(services.GetRequiredService<IJobStore>(), gate);
        var queue = new GatedJobQueue(services.GetRequiredService<IJobQueue>(), gate);
        var audio = new GatedAudioStore(services.GetRequiredService<IAudioStore>(), gate);
        var runPod = services.GetRequiredService<RunPodOptions>();
        var http = new HttpClient(new GatedHandler(RunPodClient.CreateHandler(runPod), gate)) { Timeout = Timeout.InfiniteTimeSpan };
        var endpoint = new RunPodClient(http, new Uri(door.Endpoint.Address), runPod, time);
        var changes = new JobChanges();
        var updates = new JobUpdates(store, changes, time);
        var reports = new EndpointReports(options, updates, new AudioIntake(services.GetRequiredService<StorageOptions>(), audio));
        var uploads = new UploadPlace(audio, services.GetRequiredService<PublicAddress>(), services.GetRequiredService<UrlSigner>());
        var room = new EndpointRoom(options, endpoint, time, NullLogger<EndpointRoom>.Instance);
        var dispatch = new DispatchJob(
            options, store, updates, changes, reports, endpoint, room, services.GetRequiredService<PublicAddress>(), uploads, time, NullLogger<DispatchJob>.Instance);
        var scoring = services.GetRequiredService<ScoringOptions>();
        var score = new ScoreJob(scoring, store, updates, audio, services.GetRequiredService<SongScorer>(), NullLogger<ScoreJob>.Instance);
        var loop = new ScoringLoop(scoring, score, NullLogger<ScoringLoop>.Instance);
        return new RunningDispatcher(new Dispatcher(options, queue, dispatch, loop, time, NullLogger<Dispatcher>.Instance), loop, services, http);
    }

    /// <summary>The system's clock, put forward.</summary>
    private sealed class LaterTimeProvider(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private sealed class RunningDispatcher : IDisposable
    {
        private readonly Dispatcher _dispatcher;
        private readonly ScoringLoop _scoring;
        private readonly IServiceProvider _services;
        private readonly HttpClient _http;

        public RunningDispatcher(Dispatcher dispatcher, ScoringLoop scoring, IServiceProvider services, HttpClient http)
        {
            (_dispatcher, _scoring, _services, _http) = (dispatcher, scoring, services, http);
            scoring.StartAsync(CancellationToken.None);
            dispatcher.StartAsync(CancellationToken.None);
        }

        /// <summary>Until the job has ended and its message is gone.</summary>
        public async Task UntilIdleAsync(string id)
        {
            var (store, queue) = (_services.GetRequiredService<IJobStore>(), _services.GetRequiredService<IJobQueue>());
            using var limit = new CancellationTokenSource(TestFrontDoor.Patience);
            while (!limit.IsCancellationRequested)
            {
                var job = (await store.GetAsync(Guid.Parse(id), CancellationToken.None))!.Job;
                if (job.State.IsTerminal() && await queue.CountAsync(CancellationToken.None) == 0) return;
                await Task.Yield();
            }
        }

        public void Dispose()
        {
            _dispatcher.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            _scoring.StopAsync(CancellationToken.None).GetAwaiter().GetResult();
            _dispatcher.Dispose();
            _scoring.Dispose();
            _http.Dispose();
        }
    }

    /// <summary>Dies at the n-th point; from then on nothing passes, as from a dead process.</summary>
    private sealed class KillGate(int point) : IGate
    {
        private readonly TaskCompletionSource _happened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _passed;

        public string? Where { get; private set; }

        public Task Happened => _happened.Task;

        public async Task<T> PassAsync<T>(string what, Func<Task<T>> pass)
        {
            Point($"before {what}");
            var result = await pass();
            Point($"after {what}");
            return result;
        }

        private void Point(string where)
        {
            var number = Interlocked.Increment(ref _passed);
            if (number < point) return;
            if (number == point)
            {
                Where = where;
                _happened.TrySetResult();
            }

            throw new KilledException();
        }
    }

    private sealed class KilledException : Exception;

    /// <summary>Lets everything pass and counts what was written.</summary>
    private sealed class WrittenStates : IGate
    {
        private readonly ConcurrentDictionary<(Guid, JobState), int> _counts = new();

        public int Count(Guid id, JobState state) => _counts.GetValueOrDefault((id, state));

        public async Task<T> PassAsync<T>(string what, Func<Task<T>> pass)
        {
            var result = await pass();
            if (what.StartsWith("store.update", StringComparison.Ordinal) && result is StoredJob { Job: var job })
                _counts.AddOrUpdate((job.Id, job.State), 1, (_, count) => count + 1);
            return result;
        }
    }
}
