using System.Diagnostics;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.Infra;

/// <summary>A shell script of this repository, as its user runs it.</summary>
internal static class Script
{
    /// <returns>Its exit code, and standard output followed by standard error.</returns>
    public static (int Code, string Output) Run(string file, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine([Repository.Root, .. file.Split('/')]), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
