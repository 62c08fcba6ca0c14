using AudioReprompt.Hub;
using Spectre.Console;

namespace AudioReprompt.Cli.Models;

/// <summary>
/// A download on standard error: what comes and under which licence, then a bar for all of it and one for the file on its way; in a pipe a line
/// for each file that has come.
/// </summary>
/// <param name="console">Of the bars: a line written past it would tear them.</param>
/// <param name="bars">null in a pipe.</param>
internal sealed class PullProgress(IAnsiConsole? console, ProgressContext? bars)
{
    private ProgressTask? _all;
    private ProgressTask? _file;
    private string? _name;
    private string? _waitsFor;

    public static async Task<T> ShowAsync<T>(Func<PullProgress, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return await work(new PullProgress(null, null));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new PullProgress(console, context)));
    }

    public void Announce(PlannedPull plan)
    {
        var size = plan.Files.Sum(file => file.Size);
        Say($"{plan.Revision.Reference} at {plan.Revision.Commit[..8]}: {plan.Kind.DisplayName()}, {plan.Files.Count} files, {HubDownload.Bytes(size)}");
        Say($"Licence: {plan.Licence ?? "the model card names none"}");
        if (ModelCard.Warning(plan.Kind, plan.Licence) is { } warning) Say(warning);
        _all = bars?.AddTask($"in all {HubDownload.Bytes(size)}", maxValue: Math.Max(size, 1));
    }

    public void Report(HubProgress progress)
    {
        var file = progress.File;
        if (progress.IsWaiting && _waitsFor != file.Name) Say($"Another process downloads {_waitsFor = file.Name}; waiting for it.");
        if (bars is null)
        {
            if (progress.FileBytes == file.Size && _name != file.Name && !progress.IsWaiting) Say($"{_name = file.Name}  {HubDownload.Bytes(file.Size)}");
            return;
        }

        if (_name != file.Name)
        {
            _file?.StopTask();
            _file = bars.AddTask(Markup.Escape($"{_name = file.Name} {HubDownload.Bytes(file.Size)}"), maxValue: Math.Max(file.Size, 1));
        }

        _file!.Value = progress.FileBytes;
        _all!.Value = progress.Bytes;
    }

    /// <summary>Above the bars, where they stand.</summary>
    private void Say(string line)
    {
        if (console is null) Console.Error.WriteLine(line);
        else console.WriteLine(line);
    }
}
