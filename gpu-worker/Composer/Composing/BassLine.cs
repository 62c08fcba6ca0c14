using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>Roots under the chords; with density fifths and octaves between them, and a step into the next root.</summary>
internal static class BassLine
{
    private const double LongestSeconds = 2.5;

    /// <param name="centrePitch">MIDI note number around which the line moves.</param>
    public static IEnumerable<Note> Write(
        MusicalPlan plan, Form form, IReadOnlyList<Chord> chords, Instrument instrument, double centrePitch)
    {
        for (var bar = 0; bar < form.Bars; bar++)
        {
            var root = Root(chords[bar], centrePitch);
            var next = Root(chords[bar + 1], centrePitch);
            foreach (var (beat, duration, pitch, accent) in Bar(plan, form.BeatsPerBar, chords[bar], root, next))
            {
                var start = (bar * form.BeatsPerBar) + beat;
                var sounding = Math.Min(duration, form.CloseBeat - start);
                if (sounding > 0) yield return Written(instrument, start, sounding, pitch, accent);
            }
        }

        yield return Written(instrument, form.CloseBeat, form.CloseBeats, Root(chords[^1], centrePitch), 0.75);
    }

    private static IEnumerable<(double Beat, double Duration, int Pitch, double Accent)> Bar(
        MusicalPlan plan, int beatsPerBar, Chord chord, int root, int next)
    {
        var fifth = chord.Pitch(chord.Degree + 4);
        while (fifth > root) fifth -= 12;
        if (root - fifth > 7) fifth += 12;
        var beatSeconds = 60 / plan.TempoBpm;
        if (plan.Density < 0.35 && beatsPerBar * beatSeconds <= LongestSeconds)
        {
            yield return (0, beatsPerBar, root, 0.75);
        }
        else if (plan.Density < 0.7 || beatSeconds < 0.4)
        {
            yield return (0, 2, root, 0.75);
            yield return (2, beatsPerBar - 2, fifth, 0.66);
        }
        else
        {
            for (var beat = 0; beat < beatsPerBar - 1; beat++) yield return (beat, 1, beat % 2 == 0 ? root : fifth, beat == 0 ? 0.8 : 0.68);
            yield return (beatsPerBar - 1, 0.5, root, 0.66);
            yield return (beatsPerBar - 0.5, 0.5, next == root ? fifth : next + (root > next ? 1 : -1), 0.62);
        }
    }

    private static int Root(Chord chord, double centrePitch)
    {
        var pitch = chord.Pitch(chord.Degree);
        while (pitch > centrePitch + 6) pitch -= 12;
        while (pitch <= centrePitch - 6) pitch += 12;
        return pitch;
    }

    private static Note Written(Instrument instrument, double start, double duration, int pitch, double accent) =>
        new(instrument, Role.Bass, start, duration, Ensemble.Fit(instrument, pitch), accent);
}
