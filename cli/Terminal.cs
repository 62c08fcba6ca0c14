using Spectre.Console;

namespace AudioReprompt.Cli;

/// <summary>Where reports go: drawn tables on a terminal, plain Markdown ones in a pipe or a file.</summary>
internal static class Terminal
{
    /// <summary>Lines in a pipe must not be broken at the width of a terminal.</summary>
    private const int PipeWidth = 2_000;

    /// <summary>On a terminal as usual; else plain text, for which Spectre.Console has to be told: it looks at TERM alone.</summary>
    public static IAnsiConsole Open()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No });
        console.Profile.Width = PipeWidth;
        return console;
    }

    public static Table NewTable(params string[] columns)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Markdown : TableBorder.Rounded };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column)));
        return table;
    }

    /// <summary>The cells as they stand: brackets are no markup.</summary>
    public static void Add(this Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    /// <summary>A bar on standard error while something long goes on; nothing in a pipe.</summary>
    /// <param name="work">Is given where to report its share done, 0…1, from any thread.</param>
    public static async Task<T> WithProgressAsync<T>(string what, Func<Action<double>, Task<T>> work)
    {
        if (Console.IsErrorRedirected) return await work(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask(what, maxValue: 1);
                return await work(share => bar.Value = share);
            });
    }

    /// <summary>A heading with a table below it.</summary>
    public static void Section(this IAnsiConsole console, string heading, Table table)
    {
        console.WriteLine();
        console.WriteLine(heading);
        console.Write(table);
    }
}
