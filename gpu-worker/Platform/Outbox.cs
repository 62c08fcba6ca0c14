using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Worker.Platform;

/// <summary>
/// Results that the platform has not acknowledged, as files: what a GPU has computed outlives a crash of the process. A file is
/// <c>.sent</c> while its result may be with the platform, and <c>.ready</c> once a try has certainly failed. After a crash the ready ones are
/// posted; those that were sent are kept for the case that the platform queues their job again, because a second post could be one too many.
/// Nothing here ever fails a job: without a disk the worker goes on without the outbox.
/// </summary>
internal sealed partial class Outbox : IDisposable
{
    private const string Ready = ".ready";
    private const string Sent = ".sent";
    private const int MaxFolders = 64;

    /// <summary>RunPod forgets a job a day after its submission.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly ILogger<Outbox> _logger;
    private readonly string? _folder;
    private readonly FileStream? _owner;
    private readonly HashSet<string> _inDoubt = new(StringComparer.Ordinal);
    private bool _failed;

    /// <param name="root">Below it each running worker has a folder of its own; null: no outbox.</param>
    public Outbox(string? root, TimeProvider time, ILogger<Outbox> logger)
    {
        _logger = logger;
        if (root is null) return;
        try
        {
            (_folder, _owner) = Claim(root);
            if (_folder is null) return;
            Adopt(root, time.GetUtcNow() - Life);
            _inDoubt.UnionWith(Directory.EnumerateFiles(_folder, "*" + Sent));
        }
        catch (Exception exception) when (IsDiskFault(exception))
        {
            Fail(exception);
        }
    }

    /// <summary>Keeps a result that is about to be sent.</summary>
    public void Keep(JobResult result) => Try(() =>
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new OutboxHead(result.JobId, result.IsStream, result.Succeeded), OutboxJson.Default.OutboxHead);
        using var file = new FileStream(PathOf(result.JobId, Sent) + ".new", FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write([.. head, (byte)'\n']);
        file.Write(result.Body);
        file.Dispose();
        File.Move(file.Name, PathOf(result.JobId, Sent), overwrite: true);
    });

    /// <summary>The platform has certainly not taken the result: it may be sent again after a crash.</summary>
    public void MarkReady(string jobId) => Try(() => MoveIfThere(PathOf(jobId, Sent), PathOf(jobId, Ready)));

    /// <summary>The result is about to be sent again.</summary>
    public void MarkSent(string jobId) => Try(() => MoveIfThere(PathOf(jobId, Ready), PathOf(jobId, Sent)));

    public void Remove(string jobId) => Try(() =>
    {
        File.Delete(PathOf(jobId, Sent));
        File.Delete(PathOf(jobId, Ready));
    });

    /// <summary>Results of an earlier life that the platform has not.</summary>
    public IReadOnlyList<JobResult> Undelivered()
    {
        var results = new List<JobResult>();
        Try(() => results.AddRange(Directory.EnumerateFiles(_folder!, "*" + Ready).Select(ReadFile).OfType<JobResult>()));
        return results;
    }

    /// <summary>The result of a job that was done in an earlier life, and whose post may or may not have arrived.</summary>
    public JobResult? FindInDoubt(string jobId)
    {
        JobResult? found = null;
        // Nearly always there are none, and no job has to pay for a look.
        if (_inDoubt.Count > 0) Try(() => found = _inDoubt.Remove(PathOf(jobId, Sent)) ? ReadFile(PathOf(jobId, Sent)) : null);
        return found;
    }

    public void Dispose() => _owner?.Dispose();

    /// <summary>The first folder that no running worker owns: two with the same id may overlap while one replaces the other.</summary>
    private static (string? Folder, FileStream? Owner) Claim(string root)
    {
        for (var number = 0; number < MaxFolders; number++)
        {
            var folder = Path.Combine(root, $"{number}");
            if (Lock(folder) is { } owner) return (folder, owner);
        }

        return default;
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The caller owns the lock.")]
    private static FileStream? Lock(string folder)
    {
        // Results are their callers' alone.
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            return new FileStream(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Somebody else's.
            return null;
        }
    }

    /// <summary>Takes what workers that are gone have left in their folders; drops what is too old for anybody.</summary>
    private void Adopt(string root, DateTimeOffset oldest)
    {
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            using var owner = folder == _folder ? null : Lock(folder);
            if (folder != _folder && owner is null) continue;
            foreach (var file in Directory.EnumerateFiles(folder).Where(IsResult))
            {
                if (File.GetLastWriteTimeUtc(file) < oldest.UtcDateTime) File.Delete(file);
                else if (folder != _folder) File.Move(file, Path.Combine(_folder!, Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    private static bool IsResult(string file) => Path.GetExtension(file) is Ready or Sent;

    private static void MoveIfThere(string from, string to)
    {
        if (File.Exists(from)) File.Move(from, to, overwrite: true);
    }

    private JobResult? ReadFile(string file)
    {
        var content = File.ReadAllBytes(file);
        var end = content.AsSpan().IndexOf((byte)'\n');
        try
        {
            if (end > 0 && JsonSerializer.Deserialize(content.AsSpan(0, end), OutboxJson.Default.OutboxHead) is { } head)
                return new JobResult(head.JobId, content[(end + 1)..], head.IsStream, head.Succeeded);
        }
        catch (JsonException)
        {
            // Not ours, or cut off: the same as none.
        }

        LogUnreadable(file);
        return null;
    }

    /// <summary>Ids are opaque, and no file names.</summary>
    private string PathOf(string jobId, string state) =>
        Path.Combine(_folder!, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(jobId)).AsSpan(0, 16)) + state);

    private void Try(Action action)
    {
        if (_folder is null || _failed) return;
        try
        {
            action();
        }
        catch (Exception exception) when (IsDiskFault(exception))
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        _failed = true;
        LogFailed(exception.Message);
    }

    private static bool IsDiskFault(Exception exception) => exception is IOException or UnauthorizedAccessException;

    [LoggerMessage(1, LogLevel.Warning, "Results will not outlive a crash of the worker: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2, LogLevel.Warning, "A kept result cannot be read: {File}")]
    private partial void LogUnreadable(string file);
}

internal sealed record OutboxHead(string JobId, bool IsStream, bool Succeeded);

[System.Text.Json.Serialization.JsonSerializable(typeof(OutboxHead))]
internal sealed partial class OutboxJson : System.Text.Json.Serialization.JsonSerializerContext;
