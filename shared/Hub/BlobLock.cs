namespace AudioReprompt.Hub;

/// <summary>
/// Sees to it that one process at a time downloads a blob. The lock is on an open file (flock(2), which the hub's Python library takes too),
/// so it goes with the process, however that ends; the file itself stays.
/// </summary>
internal static class BlobLock
{
    // .NET puts errno into HResult on Unix, and an HRESULT of the Win32 code on Windows.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until nobody else holds it.</summary>
    /// <param name="waiting">Called once when somebody does.</param>
    public static async Task<IDisposable> TakeAsync(string path, Action waiting, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException exception) when (exception.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
            {
                // Somebody downloads it now; there is no call that waits for the end of that.
                if (isFirst) waiting();
                await Task.Delay(Look, time, cancellationToken);
            }
        }
    }
}
