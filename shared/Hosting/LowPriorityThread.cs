using System.Runtime.InteropServices;

namespace AudioReprompt.Hosting;

/// <summary>Runs what may take seconds of the processor on a thread of its own that the system lets wait behind all others.</summary>
public static partial class LowPriorityThread
{
    private const int OfProcessOrThread = 0;
    private const int CallingThread = 0;

    /// <param name="work">Threads that it starts have the low priority too.</param>
    /// <param name="name">Of the thread, for debuggers.</param>
    /// <param name="nice">
    /// 0 as all others … 19 lowest. On a core that is wanted by others too, each step leaves the thread a fifth less: 10 a tenth, 19 a seventieth of what
    /// one of them gets.
    /// </param>
    public static Task<T> RunAsync<T>(Func<T> work, string name, int nice)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                if (nice > 0) Lower(nice);
                result.SetResult(work());
            }
            catch (Exception exception)
            {
                // For whoever awaits; on this thread it would end the process.
                result.SetException(exception);
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return result.Task;
    }

    private static void Lower(int nice)
    {
        // .NET knows no priorities of threads on Linux. There every thread has a nice value of its own, and 0 names the calling one (setpriority(2)).
        // Lowering is always allowed; where it is not known, the thread is as others are.
        if (OperatingSystem.IsLinux()) _ = SetPriority(OfProcessOrThread, CallingThread, nice);
        else Thread.CurrentThread.Priority = ThreadPriority.Lowest;
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
