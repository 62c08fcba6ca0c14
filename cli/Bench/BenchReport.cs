using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace AudioReprompt.Cli.Bench;

/// <summary>All that was measured, and what could not be.</summary>
/// <param name="Failures">Name of the measurement → why it could not be made.</param>
internal sealed record BenchReport(
    MachineFacts Machine, IReadOnlyList<Measurement> Measurements, IReadOnlyDictionary<string, string> Failures)
{
    public string ToJson() => JsonSerializer.Serialize(this, BenchJson.Default.BenchReport);

    /// <summary>A drawn table on a terminal, a Markdown one in a pipe or a file.</summary>
    public void Print()
    {
        var console = Terminal.Open();
        console.WriteLine(Machine.ToString());
        console.WriteLine();
        if (Measurements.Count > 0) console.Write(TableOf(Measurements));
        if (Measurements.Any(measurement => !measurement.Met))
            console.WriteLine("A goal that is missed is no failure of the bench: on a slower or busy machine it says nothing about the program.");
    }

    /// <summary>A row for each measurement, its goal beside it.</summary>
    public static Table TableOf(IReadOnlyList<Measurement> measurements)
    {
        var table = Terminal.NewTable("what", "measured", "goal", "verdict");
        foreach (var measurement in measurements)
        {
            table.AddRow(
                new Text(measurement.What),
                new Text(measurement.Measured),
                new Text(measurement.GoalText),
                new Text(measurement.Verdict, measurement.Met ? Color.Green : Color.Red));
        }

        return table;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(BenchReport))]
internal sealed partial class BenchJson : JsonSerializerContext;
