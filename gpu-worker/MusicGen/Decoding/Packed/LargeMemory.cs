using System.Runtime.InteropServices;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// Memory that is read from one end to the other at every step. In pages of 2 MiB where the system has them: with pages of 4 KiB the processor
/// looks up an address for every 4 KiB, and reads slower by a quarter.
/// </summary>
internal sealed unsafe partial class LargeMemory : IDisposable
{
    private const nuint HugePage = 2 * 1024 * 1024;
    private const int AdviseHugePages = 14;

    private void* _start;

    public LargeMemory(long bytes)
    {
        Bytes = bytes;
        _start = NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        // A wish; a system that does not grant it gives ordinary pages.
        if (OperatingSystem.IsLinux()) _ = Advise(_start, (nuint)bytes, AdviseHugePages);
    }

    public long Bytes { get; }

    /// <summary>On a multiple of 2 MiB.</summary>
    public byte* Start => (byte*)_start;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_start);
        _start = null;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* start, nuint length, int advice);
}
