using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>
/// A melody made of one motif for the theme and one, made from it, for each contrast. Each bar takes a developed form of its section's
/// motif, sets it on a tone of the bar's chord, pulls what stands on strong beats to chord tones, and keeps the whole in an arch that
/// rises (in a low register: falls) to the third quarter of the section and comes home.
/// </summary>
internal sealed class Melody
{
    /// <summary>Steps to both sides of the centre.</summary>
    private const int Range = 7;

    /// <summary>A plan below this goes down where others rise, so that low stays low.</summary>
    private const double Low = 0.4;

    private readonly MusicalPlan _plan;
    private readonly IReadOnlyList<Chord> _chords;
    private readonly Form _form;
    private readonly Instrument _instrument;
    private readonly int _centre;
    private readonly Motif _theme;
    private readonly Motif _contrast;
    private readonly Motif _episode;
    private readonly int _direction;
    private readonly int _contrastLift;

    /// <param name="centrePitch">MIDI note number around which the melody moves.</param>
    public Melody(
        MusicalPlan plan, Form form, IReadOnlyList<Chord> chords, Instrument instrument, double centrePitch, ref SeededRandom random)
    {
        (_plan, _form, _chords, _instrument) = (plan, form, chords, instrument);
        _centre = chords[0].Scale.NearestStep(centrePitch);
        _theme = Fresh(ref random);
        _contrast = WithContour(Fresh(ref random), _theme, -1);
        _direction = plan.Register < Low ? -1 : 1;
        _contrastLift = _direction * (random.Chance(0.7) ? 3 : -3);
        _episode = WithContour(Fresh(ref random), _theme.Reversed(), 1);
    }

    private Motif Fresh(ref SeededRandom random) =>
        Motif.Invent(_form.BeatsPerBar, NotesPerBar(_plan, _form), leaps: 1 - _plan.Consonance, ref random);

    /// <summary>A known contour, or the same upside down, over a rhythm of its own: akin to the theme, but not it.</summary>
    private static Motif WithContour(Motif rhythm, Motif contour, int sign) => rhythm with
    {
        Notes = [.. rhythm.Notes.Select((note, index) => note with { Step = sign * contour.Notes[index % contour.Notes.Count].Step })],
    };

    /// <summary>Steps by which a section lies away from the theme: the two contrasts to different sides.</summary>
    private int LiftOf(SectionKind kind) => kind switch
    {
        SectionKind.Contrast => _contrastLift,
        SectionKind.Episode => -_contrastLift,
        _ => 0,
    };

    public IEnumerable<Note> Write(SeededRandom random)
    {
        var notes = new List<Note>();
        var previous = _chords[0].NearestTone(_centre);
        foreach (var section in _form.Sections)
        {
            if (section.Kind == SectionKind.Introduction) continue;
            for (var bar = 0; bar < section.Bars; bar++)
            {
                previous = WriteBar(notes, section, bar, previous, ref random);
            }
        }

        var tonic = _chords[^1].Scale.NearestStep(_chords[^1].Scale.Pitch(previous));
        tonic -= Scale.StepClass(tonic) <= 3 ? Scale.StepClass(tonic) : Scale.StepClass(tonic) - Scale.StepsPerOctave;
        Add(notes, _form.CloseBeat, _form.CloseBeats, _chords[^1].Pitch(tonic), 0.8);
        return notes;
    }

    /// <summary>0.4…2.2 notes a beat by density, and no more than seven a second: a tune has to stay singable. Both are ours.</summary>
    private static int NotesPerBar(MusicalPlan plan, Form form)
    {
        var notesPerBeat = Math.Min(PortableMath.Lerp(0.4, 2.2, plan.Density), 7 * 60 / plan.TempoBpm);
        return Math.Max(1, (int)Math.Round(notesPerBeat * form.BeatsPerBar));
    }

    private int WriteBar(List<Note> notes, Section section, int bar, int previous, ref SeededRandom random)
    {
        var chord = _chords[section.StartBar + bar];
        var motif = Develop(section, bar, ref random);
        var target = _centre + (_direction * Arch((bar + 0.5) / section.Bars)) + LiftOf(section.Kind);
        var anchor = chord.NearestTone((target + (bar == 0 ? target : previous)) / 2);
        var startBeat = (section.StartBar + bar) * _form.BeatsPerBar;
        foreach (var note in motif.Notes)
        {
            var step = IntoRange(anchor + note.Step);
            var strong = note.Start == 0 || (note.Start == Math.Floor(note.Start) && note.Duration >= 1);
            if (strong) step = chord.NearestTone(step);
            if (step == previous && bar > 0 && random.Chance(0.65)) step = Onward(chord, step, strong);
            if (Math.Abs(step - previous) > Scale.StepsPerOctave) step -= Math.Sign(step - previous) * Scale.StepsPerOctave;
            var accent = (note.Start == 0 ? 0.8 : strong ? 0.72 : 0.62) + (0.08 * Arch((bar + 0.5) / section.Bars) / 4);
            var pitch = chord.Pitch(step);
            WriteNote(notes, startBeat + note.Start, note.Duration, pitch, accent, ref random);
            previous = step;
        }

        return previous;
    }

    /// <summary>Dissonance in the tune: now and then a tone is bent by a semitone, or a semitone or tritone is struck with it.</summary>
    private void WriteNote(List<Note> notes, double start, double duration, int pitch, double accent, ref SeededRandom random)
    {
        var tension = 1 - _plan.Consonance;
        if (random.Chance((tension - 0.45) * 0.5)) pitch += random.Chance(0.5) ? 1 : -1;
        Add(notes, start, duration, pitch, accent);
        if (random.Chance((tension - 0.5) * 0.9)) Add(notes, start, duration, pitch + (random.Chance(0.7) ? -1 : -6), accent * 0.85);
    }

    private void Add(List<Note> notes, double start, double duration, int pitch, double accent)
    {
        duration = Math.Min(duration, (start < _form.CloseBeat ? _form.CloseBeat : _form.TotalBeats) - start);
        if (duration <= 0) return;
        notes.Add(new Note(_instrument, Role.Melody, start, duration, Ensemble.Fit(_instrument, pitch), Math.Min(1, accent)));
    }

    private Motif Develop(Section section, int bar, ref SeededRandom random)
    {
        var motif = section.Kind switch { SectionKind.Contrast => _contrast, SectionKind.Episode => _episode, _ => _theme };
        if (bar == section.Bars - 1 && section.Bars > 1) return motif.Rested();
        var developed = (bar % 4) switch
        {
            1 => random.Chance(0.5) ? motif : motif.Fragmented(random.Chance(0.5) ? 1 : -1),
            2 => random.Chance(0.5) ? motif.Inverted() : motif.Fragmented(2),
            3 => motif.Reversed(),
            _ => motif,
        };
        var varied = section.Kind == SectionKind.Reprise || section.Round > 0;
        return varied && _plan.Density > 0.25 ? developed.Ornamented(ref random) : developed;
    }

    /// <returns>Steps above the centre at a share of the section, 0…4…0.</returns>
    private static int Arch(double share) => (int)Math.Round(share < 0.7 ? 4 * share / 0.7 : 4 * (1 - share) / 0.3);

    /// <returns>The next tone towards the centre: a line that stays where it is says nothing.</returns>
    private int Onward(Chord chord, int step, bool strong)
    {
        var direction = step > _centre ? -1 : 1;
        step += direction;
        while (strong && !chord.Contains(step)) step += direction;
        return step;
    }

    private int IntoRange(int step)
    {
        if (step > _centre + Range) return (2 * (_centre + Range)) - step;
        return step < _centre - Range ? (2 * (_centre - Range)) - step : step;
    }
}
