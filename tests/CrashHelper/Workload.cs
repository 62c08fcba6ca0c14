using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;

namespace AudioReprompt.CrashHelper;

/// <summary>What the process writes until it is killed; both sides know the names and the bytes.</summary>
public static class Workload
{
    public const string Enqueue = "enqueue";
    public const string Create = "create";
    public const string Audio = "audio";

    private const int Writes = 1000;
    private const int Writers = 16;

    /// <summary>Writes a thousand things, several at once, and tells <paramref name="acknowledge"/> each one that was acknowledged.</summary>
    /// <param name="name">One of the constants.</param>
    /// <param name="path">The database's file, or the audio store's folder.</param>
    public static async Task RunAsync(string name, string path, Action<Guid> acknowledge)
    {
        if (name == Audio)
        {
            var store = new FileAudioStore(path);
            await RepeatAsync(id => store.WriteAsync(id, new MemoryStream(WavOf(id)), long.MaxValue, default), acknowledge);
            return;
        }

        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(path));
        var (jobs, queue) = (new SqliteJobStore(database), new SqliteJobQueue(database));
        await RepeatAsync(
            name switch
            {
                Enqueue => id => queue.EnqueueAsync(id, TimeSpan.Zero, default),
                Create => id => jobs.CreateAsync(SampleJobs.Queued(SampleJobs.Noon, $"key {id}") with { Id = id }, default),
                _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown workload."),
            },
            acknowledge);
    }

    /// <summary>100,000 to 355,000 bytes that only this id has.</summary>
    public static byte[] WavOf(Guid id)
    {
        var pattern = id.ToByteArray();
        var bytes = new byte[100_000 + 1000 * pattern[15]];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(pattern[i % 16] + i / 16);
        return bytes;
    }

    private static async Task RepeatAsync(Func<Guid, Task> write, Action<Guid> acknowledge)
    {
        var left = Writes;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var id = Guid.CreateVersion7();
                await write(id);
                acknowledge(id);
            }
        })));
    }
}
