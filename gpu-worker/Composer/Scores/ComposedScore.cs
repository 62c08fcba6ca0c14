using AudioReprompt.Composing.Performing;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Scores;

/// <summary>What the composer wrote, as it is played: for a musician's program, and for whoever wants to see the piece.</summary>
/// <param name="TempoBpm">Beats per minute, constant.</param>
/// <param name="BeatsPerBar">3 or 4 quarters.</param>
/// <param name="Tonic">Pitch class of the key, 0 = C … 11 = B.</param>
/// <param name="DurationSeconds">Of the piece; the last notes may ring beyond it.</param>
/// <param name="Sections">In order; the last is the close.</param>
/// <param name="Notes">By start.</param>
public sealed record ComposedScore(
    double TempoBpm,
    int BeatsPerBar,
    int Tonic,
    Mode Mode,
    double DurationSeconds,
    IReadOnlyList<ScoreSection> Sections,
    IReadOnlyList<ScoreNote> Notes)
{
    internal static ComposedScore Of(Score score, MusicalPlan plan, double durationSeconds, IReadOnlyList<PlayedNote> played)
    {
        var secondsPerBeat = 60 / score.TempoBpm;
        return new ComposedScore(
            score.TempoBpm,
            score.Form.BeatsPerBar,
            score.Scale.Tonic % 12,
            plan.Mode,
            durationSeconds,
            [
                .. score.Form.Sections.Select(section => new ScoreSection(NameOf(section.Kind), section.StartBar * score.Form.BeatsPerBar * secondsPerBeat)),
                new ScoreSection("close", score.Form.CloseBeat * secondsPerBeat),
            ],
            [.. score.Notes.Zip(played, (written, note) => ScoreNote.Of(written, note)).OrderBy(note => note.StartSeconds)]);
    }

    private static string NameOf(SectionKind kind) => kind switch
    {
        SectionKind.Introduction => "introduction",
        SectionKind.Theme => "A",
        SectionKind.Contrast => "B",
        SectionKind.Episode => "C",
        _ => "A′",
    };
}

/// <summary>A run of bars with one musical thought: <c>introduction, A, B, C, A′, close</c>.</summary>
public sealed record ScoreSection(string Name, double StartSeconds);

/// <summary>One note as it is played.</summary>
/// <param name="Part">What it is part of: <c>melody, accompaniment, counter, harmony, bass, percussion</c>.</param>
/// <param name="StartSeconds">From the first beat, with the player's small deviation.</param>
/// <param name="DurationSeconds">How long the key is down or the bow on the string.</param>
/// <param name="Pitch">MIDI note number, 69 = A4; for percussion a key of General MIDI's drum map.</param>
/// <param name="Velocity">0…1.</param>
public sealed record ScoreNote(Instrument Instrument, string Part, double StartSeconds, double DurationSeconds, int Pitch, double Velocity)
{
    internal static ScoreNote Of(Note written, PlayedNote note) => new(
        note.Instrument,
        written.Role.ToString().ToLowerInvariant(),
        Math.Max(0, note.StartSeconds - Performance.LeadInSeconds),
        note.GateSeconds,
        note.Pitch,
        note.Velocity);
}
