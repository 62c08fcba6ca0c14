using System.Globalization;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>
/// A line of <c>timings.jsonl</c>, the one file that says when and how fast: a session begins, a recording is made or judged, a session ends.
/// </summary>
/// <param name="Session">From 1; a study that is stopped and goes on has several.</param>
/// <param name="ElapsedSeconds">Since the session began.</param>
/// <param name="Started">Of the first line of a session.</param>
/// <param name="Machine">Of the first line of a session.</param>
/// <param name="Parallel">Of the first line of a session.</param>
public sealed record TimingLine(
    int Session, double ElapsedSeconds, DateTimeOffset? Started = null, string? Machine = null, int? Parallel = null,
    string? File = null, double? GenerateMilliseconds = null, double? ScoreMilliseconds = null);

/// <summary>When and where a study ran. It stands in the reports in one section of its own, for it is another one each time.</summary>
public sealed record RunFacts(IReadOnlyList<(string Name, string Value)> Lines)
{
    public static RunFacts Of(IReadOnlyList<TimingLine> timings, Func<DateTimeOffset, string> written)
    {
        var sessions = timings.GroupBy(line => line.Session).OrderBy(session => session.Key).ToList();
        List<(string, string)> lines =
        [
            ("Duration", Duration(sessions.Sum(session => session.Max(line => line.ElapsedSeconds)))
                + (sessions.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $", in {sessions.Count} parts: it was stopped and went on") : "")),
        ];
        foreach (var session in sessions)
        {
            var first = session.First();
            lines.Add((
                string.Create(CultureInfo.InvariantCulture, $"Part {session.Key}"),
                $"{(first.Started is { } started ? written(started) : PrintedUnknown)}, {Duration(session.Max(line => line.ElapsedSeconds))}, "
                + string.Create(CultureInfo.InvariantCulture, $"{session.Count(line => line.GenerateMilliseconds is not null)} recordings made, {first.Parallel} at a time; {first.Machine}")));
        }

        if (Median(timings, line => line.GenerateMilliseconds) is { } generate) lines.Add(("Making a recording, median", generate));
        if (Median(timings, line => line.ScoreMilliseconds) is { } score) lines.Add(("Judging a recording, median", score));
        return new RunFacts(lines);
    }

    private const string PrintedUnknown = "at a time unknown";

    public static string Duration(double seconds) => seconds switch
    {
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 60):0} min {Math.Floor(seconds % 60):0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {Math.Floor(seconds % 3600 / 60):0} min"),
    };

    private static string? Median(IReadOnlyList<TimingLine> timings, Func<TimingLine, double?> read)
    {
        var values = timings.Select(read).OfType<double>().Order().ToList();
        return values.Count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{values[values.Count / 2]:0} ms, of {values.Count}");
    }
}
