using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace AudioReprompt.Cli.Bench;

/// <summary>All that was measured, and what could not be.</summary>
/// <param name="Failures">Name of the measurement → why it could not be made.</param>
internal sealed record BenchReport(
    MachineFacts Machine, IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, string> Failures)
{
    /// <summary>Lines in a pipe must not be broken at the width of a terminal.</summary>
    private const int PipeWidth = 400;

    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchReport);

    /// <summary>A drawn table on a terminal, a Markdown one in a pipe or a file.</summary>
    public void Print()
    {
        var console = CreateConsole();
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.Markdown : TableBorder.Rounded };
        table.AddColumns("what", "measured", "goal", "verdict");
        foreach (var measurement in Measurements)
        {
            table.AddRow(
                new Text(measurement.What),
                new Text(measurement.Measured),
                new Text(measurement.GoalText),
                new Text(measurement.Verdict, measurement.Met ? Color.Green : Color.Red));
        }

        console.WriteLine(Machine.ToString());
        console.WriteLine();
        if (Measurements.Count > 0) console.Write(table);
        if (Measurements.Any(measurement => !measurement.Met))
            console.WriteLine("A missed goal is no failure of the bench: on a slower or a busy machine it says little about the program.");
    }

    /// <summary>On a terminal as usual; else plain text, for which Spectre.Console has to be told: it looks at TERM alone.</summary>
    private static IAnsiConsole CreateConsole()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No });
        console.Profile.Width = PipeWidth;
        return console;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
