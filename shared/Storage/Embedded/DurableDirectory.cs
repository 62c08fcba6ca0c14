using System.Runtime.InteropServices;

namespace AudioReprompt.Storage.Embedded;

/// <summary>
/// Makes names durable. On Linux a new name, or the absence of a removed one, is on the disk only when the folder itself
/// was flushed (fsync(2)); the runtime has no call for it. Elsewhere nothing is done.
/// </summary>
internal static partial class DurableDirectory
{
    // The same numbers on x64 and arm64.
    private const int ReadOnlyCloseOnExec = 0x80000;
    private const int InvalidArgument = 22;

    /// <summary>Makes the folder and those above it that are missing, durably.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(path);
        if (parent is not null) Create(parent);
        Directory.CreateDirectory(path);
        if (parent is not null) Flush(parent);
    }

    /// <exception cref="IOException">The folder cannot be flushed.</exception>
    public static void Flush(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        var descriptor = Open(path, ReadOnlyCloseOnExec);
        if (descriptor < 0) throw Fault(path);
        try
        {
            // EINVAL: a file system without such a thing; there is no more to be had.
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument) throw Fault(path);
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Fault(string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{Marshal.GetPInvokeErrorMessage(error)}: {path}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
