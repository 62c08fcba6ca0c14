using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using AudioReprompt.Cli.Servers;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary>
/// <c>audioreprompt worker [flags]</c>: starts exactly what the worker's container starts, and becomes it, so that signals reach it and its exit
/// code is the caller's.
/// </summary>
internal static partial class WorkerCommand
{
    private const string Name = "worker";
    private const string Assembly = "AudioReprompt.Worker.dll";

    /// <summary>For <c>--help</c> alone; <see cref="TryBecome"/> comes before the parser, as the worker reads its flags itself.</summary>
    public static Command Create() => new(Name, "Start the RunPod worker, as its container does; worker --help shows its flags.")
    {
        new Argument<string[]>("FLAGS") { Description = "For the worker.", Arity = ArgumentArity.ZeroOrMore },
    };

    /// <summary>Replaces this process by the worker where the command line asks for it. Does not return then, unless it fails.</summary>
    /// <returns>null: another command was asked for; else the exit code.</returns>
    public static int? TryBecome(string[] args)
    {
        if (args is not [Name, .. var flags]) return null;
        string[] command = [ChildServer.DotNet(), Path.Combine(AppContext.BaseDirectory, Assembly), .. flags];
        return OperatingSystem.IsWindows() ? RunAsChild(command) : Replace(command);
    }

    /// <summary>execvp(3) looks the program up as a shell does.</summary>
    private static int Replace(string[] command)
    {
        Execute(command[0], [.. command, null]);
        Console.Error.WriteLine($"The worker could not be started: {new Win32Exception(Marshal.GetLastPInvokeError()).Message} ({command[0]})");
        return ServerProcess.Failed;
    }

    /// <summary>A process of Windows cannot be replaced; Ctrl-C reaches both.</summary>
    private static int RunAsChild(string[] command)
    {
        Console.CancelKeyPress += (_, pressed) => pressed.Cancel = true;
        using var worker = Process.Start(command[0], command[1..]);
        worker.WaitForExit();
        return worker.ExitCode;
    }

    [LibraryImport("libc", EntryPoint = "execvp", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
