using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>
/// Light percussion: a bar's pattern for the drums and one for the shaker, repeated, with another for the contrast and a fill before
/// each new section. Keys are those of General MIDI's drum map (level 2 for the shaker).
/// </summary>
internal sealed class Percussion
{
    /// <summary>Struck near the rim with the flat hand: short and bright.</summary>
    public const int SlapKey = 62;

    /// <summary>An open stroke that rings.</summary>
    public const int OpenKey = 63;

    /// <summary>The low drum.</summary>
    public const int LowKey = 64;

    public const int ShakerKey = 82;

    private readonly MusicalPlan _plan;
    private readonly Form _form;
    private readonly bool _alone;
    private readonly double _gridBeats;

    /// <param name="alone">No pitched instrument plays: the introduction is theirs too, and the close goes on to the end.</param>
    public Percussion(MusicalPlan plan, Form form, bool alone)
    {
        (_plan, _form, _alone) = (plan, form, alone);
        var beatSeconds = 60 / plan.TempoBpm;
        var grid = plan.Density switch { < 0.3 => 1, < 0.75 => 0.5, _ => 0.25 };
        while (grid * beatSeconds < 0.11) grid *= 2;
        while (grid * beatSeconds > 0.8) grid /= 2;
        _gridBeats = grid;
    }

    public IEnumerable<Note> Write(Instrument instrument, SeededRandom random)
    {
        var notes = new List<Note>();
        var theme = Pattern(instrument, ref random);
        var contrast = Pattern(instrument, ref random);
        var episode = Pattern(instrument, ref random);
        foreach (var section in _form.Sections)
        {
            if (section.Kind == SectionKind.Introduction && instrument == Instrument.HandDrums && !_alone) continue;
            for (var bar = 0; bar < section.Bars; bar++)
            {
                var fill = bar == section.Bars - 1 && section.Bars > 1 && instrument == Instrument.HandDrums;
                var pattern = section.Kind switch { SectionKind.Contrast => contrast, SectionKind.Episode => episode, _ => theme };
                AddBar(notes, instrument, fill ? Fill(pattern, ref random) : pattern, (section.StartBar + bar) * _form.BeatsPerBar);
            }
        }

        AddClose(notes, instrument);
        return notes;
    }

    /// <summary>Key and accent per place of the grid; key 0 is a rest.</summary>
    private (int Key, double Accent)[] Pattern(Instrument instrument, ref SeededRandom random)
    {
        var places = new (int Key, double Accent)[(int)(_form.BeatsPerBar / _gridBeats)];
        for (var place = 0; place < places.Length; place++)
        {
            var beat = place * _gridBeats;
            places[place] = instrument == Instrument.Shaker ? Shake(beat) : Stroke(beat, ref random);
        }

        return places;
    }

    /// <summary>Every place, the off-beats a little stronger: how a shaker drives.</summary>
    private static (int Key, double Accent) Shake(double beat) => (ShakerKey, (beat - Math.Floor(beat)) switch
    {
        0 => 0.6,
        0.5 => 0.72,
        _ => 0.45,
    });

    private (int Key, double Accent) Stroke(double beat, ref SeededRandom random)
    {
        if (beat == 0) return (LowKey, 0.85);
        if (beat == Math.Floor(beat))
        {
            // The back beat is slapped, the others stay low or open.
            return ((int)beat % 2 == 1 ? SlapKey : random.Chance(0.5) ? OpenKey : LowKey, 0.7);
        }

        return random.Chance(0.25 + (0.6 * _plan.Density)) ? (random.Chance(0.6) ? OpenKey : SlapKey, 0.55) : (0, 0);
    }

    private static (int Key, double Accent)[] Fill((int Key, double Accent)[] pattern, ref SeededRandom random)
    {
        var fill = pattern.ToArray();
        for (var place = fill.Length / 2; place < fill.Length; place++)
        {
            fill[place] = (random.Chance(0.5) ? OpenKey : LowKey, 0.6 + (0.2 * place / fill.Length));
        }

        return fill;
    }

    private void AddBar(List<Note> notes, Instrument instrument, (int Key, double Accent)[] pattern, double startBeat)
    {
        for (var place = 0; place < pattern.Length; place++)
        {
            var start = startBeat + (place * _gridBeats);
            if (pattern[place].Key == 0 || start >= _form.CloseBeat) continue;
            notes.Add(new Note(instrument, Role.Percussion, start, _gridBeats, pattern[place].Key, pattern[place].Accent));
        }
    }

    private void AddClose(List<Note> notes, Instrument instrument)
    {
        var key = instrument == Instrument.Shaker ? ShakerKey : LowKey;
        var step = 60 / _plan.TempoBpm > 0.8 ? 0.5 : 1;
        for (double beat = 0; beat < (_alone ? _form.CloseBeats : Math.Min(0.01, _form.CloseBeats)); beat += step)
        {
            notes.Add(new Note(instrument, Role.Percussion, _form.CloseBeat + beat, step, key, beat == 0 ? 0.85 : 0.6));
        }
    }
}
