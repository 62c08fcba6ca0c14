namespace AudioReprompt.Storage.Embedded;

/// <summary>What a fault of the file system means to a caller.</summary>
internal static class FileFault
{
    // .NET puts errno into HResult on Unix and an HRESULT of the Win32 code on Windows.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>Whether the disk, and not the caller, is to blame.</summary>
    public static bool IsOfDisk(Exception fault) => fault is IOException or UnauthorizedAccessException;

    /// <param name="fault">One that <see cref="IsOfDisk"/>.</param>
    public static StorageUnavailableException Translate(Exception fault) => fault.HResult switch
    {
        NoSpace or QuotaExceeded or WindowsDiskFull or WindowsHandleDiskFull =>
            new("The audio store's disk is full. Free space, then try again.", fault),
        _ when fault is UnauthorizedAccessException =>
            new("The audio store cannot be used: its folder may not be read or written.", fault),
        _ => new($"The audio store cannot be read or written ({fault.GetType().Name}, code {fault.HResult}).", fault),
    };
}
