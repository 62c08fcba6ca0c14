using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>The parts between melody and chords: a slow counter-line, and held tones for whoever else is there.</summary>
internal static class InnerVoices
{
    /// <summary>
    /// A line of long notes that moves to the nearest third or seventh of each chord, which is where one hears that the harmony changes.
    /// In a reprise the melody's own line takes its place, a third below.
    /// </summary>
    public static IEnumerable<Note> Counter(
        MusicalPlan plan, Form form, IReadOnlyList<Chord> chords, IReadOnlyList<Note> melody, Instrument instrument, double centrePitch)
    {
        var scale = chords[0].Scale;
        var previous = scale.NearestStep(centrePitch);
        foreach (var section in form.Sections)
        {
            if (section.Kind == SectionKind.Reprise)
            {
                foreach (var note in Doubling(form, scale, melody, section, instrument)) yield return note;
                continue;
            }

            for (var bar = section.StartBar; bar < section.StartBar + section.Bars; bar++)
            {
                var pieces = plan.Density > 0.5 || plan.Articulation > 0.6 ? 2 : 1;
                for (var piece = 0; piece < pieces; piece++)
                {
                    previous = Guide(chords[bar], previous + (piece == 1 ? 2 : 0));
                    var start = (bar * form.BeatsPerBar) + (piece * Math.Floor(form.BeatsPerBar / 2.0));
                    var end = piece == pieces - 1 ? (bar + 1) * form.BeatsPerBar : start + Math.Floor(form.BeatsPerBar / 2.0);
                    var duration = Math.Min(end, form.CloseBeat) - start;
                    if (duration > 0) yield return Written(instrument, Role.Counter, start, duration, chords[bar].Pitch(previous), 0.6);
                }
            }
        }

        yield return Written(instrument, Role.Counter, form.CloseBeat, form.CloseBeats, chords[^1].Pitch(Guide(chords[^1], previous)), 0.6);
    }

    /// <summary>Two tones of each chord, held, the lower or the upper ones by turns of <paramref name="player"/>.</summary>
    public static IEnumerable<Note> Held(Form form, IReadOnlyList<int[]> voicings, Instrument instrument, int player)
    {
        for (var bar = 0; bar <= form.Bars; bar++)
        {
            var start = bar == form.Bars ? form.CloseBeat : bar * form.BeatsPerBar;
            var end = bar == form.Bars ? form.TotalBeats : Math.Min((bar + 1) * form.BeatsPerBar, form.CloseBeat);
            var voices = voicings[bar];
            for (var voice = 0; voice < 2; voice++)
            {
                var pitch = voices[player % 2 == 0 ? voice : voices.Length - 1 - voice];
                yield return Written(instrument, Role.Harmony, start, end - start, pitch, 0.6);
            }
        }
    }

    private static IEnumerable<Note> Doubling(Form form, Scale scale, IReadOnlyList<Note> melody, Section section, Instrument instrument)
    {
        var start = section.StartBar * form.BeatsPerBar;
        var end = Math.Min((section.StartBar + section.Bars) * form.BeatsPerBar, form.CloseBeat);
        return melody
            .Where(note => note.StartBeat >= start && note.StartBeat < end)
            .Select(note => Written(
                instrument,
                Role.Counter,
                note.StartBeat,
                note.DurationBeats,
                scale.Pitch(scale.NearestStep(note.Pitch) - 2),
                note.Accent * 0.9));
    }

    private static int Guide(Chord chord, int near)
    {
        for (var distance = 0; ; distance++)
        {
            if (IsGuide(chord, near + distance)) return near + distance;
            if (IsGuide(chord, near - distance)) return near - distance;
        }
    }

    private static bool IsGuide(Chord chord, int step) =>
        chord.Contains(step) && Scale.StepClass(step - chord.Degree) is 2 or 6;

    private static Note Written(Instrument instrument, Role role, double start, double duration, int pitch, double accent) =>
        new(instrument, role, start, duration, Ensemble.Fit(instrument, pitch), accent);
}
