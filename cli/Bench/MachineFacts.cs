using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace AudioReprompt.Cli.Bench;

/// <summary>What the numbers were measured on.</summary>
/// <param name="Cores">Logical ones that this process may use.</param>
/// <param name="MemoryBytes">That this process may use.</param>
/// <param name="Os">Name and version.</param>
/// <param name="DotNet">Version of the runtime.</param>
/// <param name="Build">Configuration that this program was built with.</param>
/// <param name="Storage">File system of the temporary folder, where the front door writes.</param>
/// <param name="LoadBefore">
/// Processes that were running or waited for a core in the minute before; null where the system does not say.
/// </param>
internal sealed record MachineFacts(int Cores, long MemoryBytes, string Os, string DotNet, string Build, string Storage, double? LoadBefore)
{
    public static MachineFacts Read() => new(
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        typeof(MachineFacts).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "unknown",
        new DriveInfo(Path.GetTempPath()).DriveFormat,
        ReadLoad());

    public override string ToString()
    {
        var load = LoadBefore is { } before ? string.Create(CultureInfo.InvariantCulture, $", load before {before:0.0}") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Cores} cores, {MemoryBytes / 1e9:0.0} GB memory, {Os}, {DotNet}, {Build} build, storage on {Storage}{load}");
    }

    /// <summary>proc(5): the first number of loadavg.</summary>
    private static double? ReadLoad() => OperatingSystem.IsLinux()
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : null;
}
