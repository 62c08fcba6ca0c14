using System.Diagnostics;
using System.Text;
using AudioReprompt.CrashHelper;
using AudioReprompt.Storage.Embedded;
using AudioReprompt.TestSupport;
using Microsoft.Data.Sqlite;

namespace AudioReprompt.Tests.Storage.Embedded;

/// <summary>Another process is killed with SIGKILL while it writes; what it had been promised is there afterwards.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DatabasePath => _folder.Combine("jobs.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(170)]
    [InlineData(500)]
    [InlineData(990)]
    public async Task EnqueueAsync_KilledAmongAThousand_LosesNoneThatWasAcknowledged(int acknowledgements)
    {
        var acknowledged = await WriteUntilKilledAsync(Workload.Enqueue, DatabasePath, acknowledgements);

        AssertSound();
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(DatabasePath));
        var queue = new SqliteJobQueue(database);
        var found = new HashSet<Guid>();
        while (await queue.ReceiveAsync(TimeSpan.FromHours(1), default) is { } message) Assert.True(found.Add(message.JobId));
        Assert.Subset(found, acknowledged);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(333)]
    [InlineData(800)]
    public async Task CreateAsync_KilledAmongAThousand_LosesNoneThatWasAcknowledged(int acknowledgements)
    {
        var acknowledged = await WriteUntilKilledAsync(Workload.Create, DatabasePath, acknowledgements);

        AssertSound();
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(DatabasePath));
        var jobs = new SqliteJobStore(database);
        foreach (var id in acknowledged) Assert.Equal(id, (await jobs.GetAsync(id, default))!.Job.Id);
    }

    /// <summary>We write the same file as the process that is killed, before, while and after it dies.</summary>
    [Fact]
    public async Task EnqueueAsync_AnotherProcessIsKilledMeanwhile_GoesOn()
    {
        await using var database = new EmbeddedDatabase(new EmbeddedDatabaseOptions(DatabasePath));
        var queue = new SqliteJobQueue(database);
        var ours = new HashSet<Guid>();
        using var killed = new CancellationTokenSource();
        var enqueuing = Task.Run(async () =>
        {
            var goOn = 50;
            while (!killed.IsCancellationRequested || goOn-- > 0)
            {
                var id = Guid.CreateVersion7();
                await queue.EnqueueAsync(id, TimeSpan.Zero, default);
                ours.Add(id);
            }
        });

        var theirs = await WriteUntilKilledAsync(Workload.Enqueue, DatabasePath, 300);
        await killed.CancelAsync();
        await enqueuing;

        var found = new HashSet<Guid>();
        while (await queue.ReceiveAsync(TimeSpan.FromHours(1), default) is { } message) Assert.True(found.Add(message.JobId));
        Assert.Subset(found, theirs);
        Assert.Subset(found, ours);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(60)]
    public async Task WriteAsync_KilledAmongManyWavs_LeavesOnlyWholeFiles(int acknowledgements)
    {
        var acknowledged = await WriteUntilKilledAsync(Workload.Audio, _folder.Path, acknowledgements);

        var store = new FileAudioStore(_folder.Path);
        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.All(files, path => Assert.Equal(".wav", Path.GetExtension(path)));
        var found = files.Select(path => Guid.Parse(Path.GetFileNameWithoutExtension(path))).ToHashSet();
        Assert.Subset(found, acknowledged);
        foreach (var id in found)
        {
            await using var stream = await store.OpenReadAsync(id, default);
            var expected = Workload.WavOf(id);
            var actual = new byte[stream!.Length];
            await stream.ReadExactlyAsync(actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"{id} has {actual.Length} bytes and should have {expected.Length}.");
        }
    }

    /// <summary>Runs the other process until it has printed so many acknowledged ids, and kills it there.</summary>
    /// <returns>Every id that it printed; more than asked for, because it went on until it died.</returns>
    private static async Task<HashSet<Guid>> WriteUntilKilledAsync(string workload, string path, int acknowledgements)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var program = Path.Combine(AppContext.BaseDirectory, "AudioReprompt.CrashHelper.dll");
        using var process = Process.Start(new ProcessStartInfo(dotnet, [program, workload, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var complaints = new StringBuilder();
        process.ErrorDataReceived += (_, line) => complaints.AppendLine(line.Data);
        process.BeginErrorReadLine();
        try
        {
            var acknowledged = new HashSet<Guid>();
            while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            {
                // The last line may be cut off; it was not acknowledged to anybody.
                if (Guid.TryParseExact(line, "D", out var id)) acknowledged.Add(id);
                if (acknowledged.Count == acknowledgements) process.Kill();
            }

            await process.WaitForExitAsync(deadline.Token);
            Assert.True(acknowledged.Count >= acknowledgements, $"It ended by itself after {acknowledged.Count}: {complaints}");
            return acknowledged;
        }
        finally
        {
            process.Kill();
        }
    }

    private void AssertSound()
    {
        using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        Assert.Equal("ok", command.ExecuteScalar());
    }
}
