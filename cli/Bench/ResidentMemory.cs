using System.Diagnostics;
using System.Globalization;

namespace AudioReprompt.Cli.Bench;

/// <summary>Memory that a process holds in RAM, in bytes.</summary>
internal static class ResidentMemory
{
    private const string CurrentField = "VmRSS:";
    private const string PeakField = "VmHWM:";

    public static long Of(int processId)
    {
        if (OperatingSystem.IsLinux()) return ReadStatus(processId, CurrentField);
        using var process = Process.GetProcessById(processId);
        return process.WorkingSet64;
    }

    /// <summary>Our own peak since <see cref="ResetPeak"/>, or since our start where the system cannot reset it.</summary>
    public static long Peak()
    {
        if (OperatingSystem.IsLinux()) return ReadStatus(Environment.ProcessId, PeakField);
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>Lets our own peak begin anew (proc(5), clear_refs).</summary>
    public static void ResetPeak()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Some containers forbid it; then the peak is the one since our start: too high rather than too low.
        }
    }

    /// <summary>proc(5): lines such as <c>VmRSS:     1234 kB</c>.</summary>
    private static long ReadStatus(int processId, string field)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[field.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
