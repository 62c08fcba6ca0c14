using System.Globalization;
using AudioReprompt.Evaluation.Studies;
using Spectre.Console;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>
/// How far a study is and how long it will take: a bar on a terminal, lines in a pipe, both on standard error. What an earlier session made counts
/// as done but not towards the speed.
/// </summary>
internal sealed class StudyProgress(int total, TimeProvider time, Action<double, string> show)
{
    private const double LineShare = 0.05;
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(30);

    private readonly long _started = time.GetTimestamp();
    private readonly Lock _counting = new();
    private int _done;
    private int _worked;

    /// <summary>One more; from any thread.</summary>
    /// <param name="worked">false where it was there already.</param>
    public void Add(bool worked)
    {
        lock (_counting)
        {
            _done++;
            if (worked) _worked++;
            show((double)_done / total, Text());
        }
    }

    private string Text()
    {
        var counted = string.Create(CultureInfo.InvariantCulture, $"{_done} of {total} recordings");
        if (_worked == 0 || _done == total) return counted;
        var left = time.GetElapsedTime(_started).TotalSeconds / _worked * (total - _done);
        return $"{counted}, about {RunFacts.Duration(left)} left";
    }

    public static async Task<T> ShowAsync<T>(int total, TimeProvider time, Func<StudyProgress, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return await work(new StudyProgress(total, time, Lines(time)));
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("…", maxValue: 1);
                return await work(new StudyProgress(total, time, (share, text) => (bar.Value, bar.Description) = (share, text)));
            });
    }

    private static Action<double, string> Lines(TimeProvider time)
    {
        var (lastShare, last) = (0.0, time.GetTimestamp());
        return (share, text) =>
        {
            var since = time.GetElapsedTime(last);
            if (share < 1 && (since < ShortestInterval || (share < lastShare + LineShare && since < LineInterval))) return;
            (lastShare, last) = (share, time.GetTimestamp());
            Console.Error.WriteLine(text);
        };
    }
}
