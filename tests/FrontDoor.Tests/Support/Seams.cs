using AudioReprompt.Jobs;
using AudioReprompt.Storage;
using AudioReprompt.Storage.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.Support;

/// <summary>Stands before every call of a store, queue or endpoint: lets it through, or not.</summary>
public interface IGate
{
    Task<T> PassAsync<T>(string what, Func<Task<T>> pass);
}

/// <summary>Does what the test says before each call.</summary>
public sealed class ScriptedGate : IGate
{
    public Func<string, Task> Before { get; set; } = _ => Task.CompletedTask;

    public async Task<T> PassAsync<T>(string what, Func<Task<T>> pass)
    {
        await Before(what);
        return await pass();
    }
}

public static class Gates
{
    /// <summary>The embedded job store and queue, behind a gate.</summary>
    public static IServiceCollection AddGatedStorage(this IServiceCollection services, IGate gate) => services
        .AddSingleton<IJobStore>(provider => new GatedJobStore(ActivatorUtilities.CreateInstance<SqliteJobStore>(provider), gate))
        .AddSingleton<IJobQueue>(provider => new GatedJobQueue(ActivatorUtilities.CreateInstance<SqliteJobQueue>(provider), gate));
}

/// <summary>A job store behind a gate; remembers which states were written.</summary>
public sealed class GatedJobStore(IJobStore inner, IGate gate) : IJobStore
{
    public Task<(StoredJob Stored, bool Created)> CreateAsync(AudioJob job, CancellationToken cancellationToken) =>
        gate.PassAsync("store.create", () => inner.CreateAsync(job, cancellationToken));

    public Task<StoredJob?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        gate.PassAsync("store.get", () => inner.GetAsync(id, cancellationToken));

    public Task<StoredJob?> FindByIdempotencyKeyAsync(string key, CancellationToken cancellationToken) =>
        gate.PassAsync("store.find", () => inner.FindByIdempotencyKeyAsync(key, cancellationToken));

    public Task<StoredJob?> TryUpdateAsync(AudioJob job, string etag, CancellationToken cancellationToken) =>
        gate.PassAsync($"store.update {job.State}", () => inner.TryUpdateAsync(job, etag, cancellationToken));

    public Task<IReadOnlyList<AudioJob>> ListAsync(int limit, Guid? before, CancellationToken cancellationToken) =>
        gate.PassAsync("store.list", () => inner.ListAsync(limit, before, cancellationToken));

    public Task<IReadOnlyList<StoredJob>> ListStaleAsync(DateTimeOffset updatedBefore, int limit, CancellationToken cancellationToken) =>
        gate.PassAsync("store.stale", () => inner.ListStaleAsync(updatedBefore, limit, cancellationToken));

    public Task<IReadOnlyList<StoredJob>> ListExpiredAsync(DateTimeOffset endedBefore, int limit, CancellationToken cancellationToken) =>
        gate.PassAsync("store.expired", () => inner.ListExpiredAsync(endedBefore, limit, cancellationToken));

    public Task<int> PurgeDeletedAsync(DateTimeOffset updatedBefore, CancellationToken cancellationToken) =>
        gate.PassAsync("store.purge", () => inner.PurgeDeletedAsync(updatedBefore, cancellationToken));

    public Task CheckAsync(CancellationToken cancellationToken) => gate.PassAsync("store.check", async () =>
    {
        await inner.CheckAsync(cancellationToken);
        return true;
    });
}

/// <summary>A queue behind a gate.</summary>
public sealed class GatedJobQueue(IJobQueue inner, IGate gate) : IJobQueue
{
    public Task EnqueueAsync(Guid jobId, TimeSpan delay, CancellationToken cancellationToken) => gate.PassAsync("queue.enqueue", async () =>
    {
        await inner.EnqueueAsync(jobId, delay, cancellationToken);
        return true;
    });

    public Task<QueueMessage?> ReceiveAsync(TimeSpan visibilityTimeout, CancellationToken cancellationToken) =>
        gate.PassAsync("queue.receive", () => inner.ReceiveAsync(visibilityTimeout, cancellationToken));

    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => inner.WaitAsync(longest, cancellationToken);

    public Task<QueueMessage?> ExtendAsync(QueueMessage message, TimeSpan visibilityTimeout, CancellationToken cancellationToken) =>
        gate.PassAsync("queue.extend", () => inner.ExtendAsync(message, visibilityTimeout, cancellationToken));

    public Task<bool> DeleteAsync(QueueMessage message, CancellationToken cancellationToken) =>
        gate.PassAsync("queue.delete", () => inner.DeleteAsync(message, cancellationToken));

    public Task<bool> PoisonAsync(QueueMessage message, string reason, CancellationToken cancellationToken) =>
        gate.PassAsync("queue.poison", () => inner.PoisonAsync(message, reason, cancellationToken));

    public Task<IReadOnlyList<PoisonMessage>> ListPoisonAsync(int limit, CancellationToken cancellationToken) => inner.ListPoisonAsync(limit, cancellationToken);

    public Task<int> CountAsync(CancellationToken cancellationToken) => gate.PassAsync("queue.count", () => inner.CountAsync(cancellationToken));
}

/// <summary>An audio store behind a gate.</summary>
public sealed class GatedAudioStore(IAudioStore inner, IGate gate) : IAudioStore
{
    public string? DownloadOrigin => inner.DownloadOrigin;

    public Task<long> WriteAsync(Guid jobId, Stream content, long maxBytes, CancellationToken cancellationToken) =>
        gate.PassAsync("audio.write", () => inner.WriteAsync(jobId, content, maxBytes, cancellationToken));

    public Task<Stream?> OpenReadAsync(Guid jobId, CancellationToken cancellationToken) =>
        gate.PassAsync("audio.open", () => inner.OpenReadAsync(jobId, cancellationToken));

    public Task<bool> DeleteAsync(Guid jobId, CancellationToken cancellationToken) =>
        gate.PassAsync("audio.delete", () => inner.DeleteAsync(jobId, cancellationToken));

    public Task<Uri?> UploadAddressAsync(Guid jobId, TimeSpan validFor, CancellationToken cancellationToken) =>
        inner.UploadAddressAsync(jobId, validFor, cancellationToken);

    public Task<Uri?> DownloadAddressAsync(Guid jobId, string fileName, TimeSpan validFor, CancellationToken cancellationToken) =>
        inner.DownloadAddressAsync(jobId, fileName, validFor, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => gate.PassAsync("audio.check", async () =>
    {
        await inner.CheckAsync(cancellationToken);
        return true;
    });
}

/// <summary>The way to the endpoint, behind a gate.</summary>
public sealed class GatedHandler(HttpMessageHandler inner, IGate gate) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        gate.PassAsync($"endpoint {request.RequestUri!.Segments[^1]}", () => base.SendAsync(request, cancellationToken));
}

/// <summary>Refuses what the test names, as a store does that cannot be reached.</summary>
public sealed class DownGate : IGate
{
    public Func<string, bool> IsDown { get; set; } = _ => false;

    public Task<T> PassAsync<T>(string what, Func<Task<T>> pass) =>
        IsDown(what) ? Task.FromException<T>(new StorageUnavailableException($"{what} is down.")) : pass();
}
