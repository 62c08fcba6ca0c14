using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>Writes a score from a plan: key, form, harmony, then part by part.</summary>
internal static class Composition
{
    /// <summary>Streams of the seed, so that each part draws for itself.</summary>
    private enum Draw
    {
        Key,
        Form,
        Harmony,
        Motif,
        Melody,
        Accompaniment,
        Percussion,
    }

    /// <param name="plan">Validated.</param>
    /// <param name="durationSeconds">1…300.</param>
    /// <param name="seed">The same seed, plan and duration give the same score.</param>
    /// <exception cref="OperationCanceledException">The token was tripped; it is looked at with every note.</exception>
    public static Score Write(MusicalPlan plan, double durationSeconds, long seed, CancellationToken cancellationToken)
    {
        var key = new SeededRandom(seed, (int)Draw.Key);
        var scale = new Scale(plan.Mode, 60 + key.Next(12));
        var dividing = new SeededRandom(seed, (int)Draw.Form);
        var form = Form.Divide(plan.Form, durationSeconds, plan.TempoBpm, ref dividing);
        var progressing = new SeededRandom(seed, (int)Draw.Harmony);
        var chords = Harmony.Write(scale, form, plan.Consonance, ref progressing);

        var notes = new List<Note>();
        var ensemble = Ensemble.Of(plan.Instruments);
        if (ensemble.Melody is not null) AddPitched(notes, plan, form, chords, ensemble, seed, cancellationToken);
        var percussion = new Percussion(plan, form, alone: ensemble.Melody is null);
        foreach (var instrument in ensemble.Percussion)
        {
            Add(notes, percussion.Write(instrument, new SeededRandom(seed, (int)Draw.Percussion + (int)instrument)), cancellationToken);
        }

        return new Score(plan.TempoBpm, scale, form, chords, [.. notes.OrderBy(note => note.StartBeat)]);
    }

    /// <summary>
    /// Register moves everything: over its range the melody's centre goes from G2 to E6, the chords' from five to eleven semitones below it, the bass
    /// by two octaves. The values are ours; the literature says only higher or lower.
    /// </summary>
    private static void AddPitched(List<Note> notes, MusicalPlan plan, Form form, IReadOnlyList<Chord> chords, Ensemble ensemble, long seed,
        CancellationToken cancellationToken)
    {
        var melodyCentre = PortableMath.Lerp(43, 88, plan.Register);
        var chordCentre = melodyCentre - PortableMath.Lerp(5, 11, plan.Register);
        var bassCentre = PortableMath.Lerp(30, 56, plan.Register);

        var inventing = new SeededRandom(seed, (int)Draw.Motif);
        var melody = new Melody(plan, form, chords, ensemble.Melody!.Value, melodyCentre, ref inventing)
            .Write(new SeededRandom(seed, (int)Draw.Melody)).ToList();
        Add(notes, melody, cancellationToken);

        var voicings = Voicings(chords, chordCentre, plan.Consonance, cancellationToken);
        var figuring = new SeededRandom(seed, (int)Draw.Accompaniment);
        Add(notes, new Accompaniment(plan, form, voicings, ensemble.Accompaniment!.Value, ref figuring).Write(), cancellationToken);
        Add(notes, BassLine.Write(plan, form, chords, ensemble.Bass!.Value, bassCentre), cancellationToken);
        if (ensemble.Counter is { } counter)
            Add(notes, InnerVoices.Counter(plan, form, chords, melody, counter, melodyCentre - 5), cancellationToken);
        for (var player = 0; player < ensemble.Harmony.Count; player++)
        {
            Add(notes, InnerVoices.Held(form, voicings, ensemble.Harmony[player], player), cancellationToken);
        }
    }

    private static void Add(List<Note> notes, IEnumerable<Note> part, CancellationToken cancellationToken)
    {
        foreach (var note in part)
        {
            cancellationToken.ThrowIfCancellationRequested();
            notes.Add(note);
        }
    }

    private static List<int[]> Voicings(IReadOnlyList<Chord> chords, double centre, double consonance, CancellationToken cancellationToken)
    {
        var voicings = new List<int[]>(chords.Count);
        foreach (var chord in chords)
        {
            cancellationToken.ThrowIfCancellationRequested();
            voicings.Add(Voicing.Voice(chord, centre, consonance, voicings.Count == 0 ? [] : voicings[^1]));
        }

        return voicings;
    }
}
