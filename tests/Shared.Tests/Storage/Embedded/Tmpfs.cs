using System.Diagnostics;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Storage.Embedded;

/// <summary>A test that needs a small disk of its own; skipped, with the reason, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TmpfsFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        if (!OperatingSystem.IsLinux()) return "Needs Linux: a small tmpfs is the full disk.";
        if (!Environment.IsPrivilegedProcess) return "Needs root: mounts a small tmpfs as the full disk.";
        try
        {
            using var disk = new Tmpfs("64k");
            return null;
        }
        catch (Exception fault)
        {
            // Most likely a container without CAP_SYS_ADMIN.
            return $"Needs the right to mount a small tmpfs: {fault.Message}";
        }
    });

    public TmpfsFactAttribute() => Skip = Missing.Value!;
}

/// <summary>A small disk, mounted until it is disposed.</summary>
internal sealed class Tmpfs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="size">As mount(8) reads it: <c>256k</c>.</param>
    public Tmpfs(string size)
    {
        try
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _folder.Path);
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    public string Path => _folder.Path;

    /// <summary>Leaves not one free block.</summary>
    public void Fill()
    {
        using var file = new FileStream(_folder.Combine("filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Empty() => File.Delete(_folder.Combine("filler"));

    public void Dispose()
    {
        // Lazy: goes away at once for everybody who looks, even if a failed test left a file open.
        Run("umount", "--lazy", _folder.Path);
        _folder.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var complaint = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException(complaint.Split('\n')[0]);
    }
}
