using AudioReprompt.Cli.Bench;
using AudioReprompt.Evaluation.Studies;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>Writes down when a session began and how long everything took; of a killed one the last line says how far it came.</summary>
internal sealed class SessionClock : IDisposable
{
    private readonly JsonLines<TimingLine>? _lines;
    private readonly List<TimingLine> _written;
    private readonly Lock _noting = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly int _session;

    /// <param name="lines">Disposed with this; null: nothing is kept.</param>
    public SessionClock(JsonLines<TimingLine>? lines, int parallel, TimeProvider time)
    {
        (_lines, _time, _started) = (lines, time, time.GetTimestamp());
        _written = [.. lines?.Read ?? []];
        _session = _written.Select(line => line.Session).DefaultIfEmpty(0).Max() + 1;
        Write(new TimingLine(_session, 0, time.GetUtcNow(), MachineFacts.Read().ToString(), parallel));
    }

    public void Note(string file, double? generateMilliseconds, double? scoreMilliseconds) =>
        Write(new TimingLine(_session, Elapsed, File: file, GenerateMilliseconds: Rounded(generateMilliseconds), ScoreMilliseconds: Rounded(scoreMilliseconds)));

    public RunFacts End()
    {
        Write(new TimingLine(_session, Elapsed));
        return RunFacts.Of(_written, started => started.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture));
    }

    public void Dispose() => _lines?.Dispose();

    private double Elapsed => Math.Round(_time.GetElapsedTime(_started).TotalSeconds, 3);

    private static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 1) : null;

    private void Write(TimingLine line)
    {
        lock (_noting)
        {
            _written.Add(line);
            _lines?.Append(line);
        }
    }
}
