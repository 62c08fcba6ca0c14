namespace AudioReprompt.Composing;

/// <summary>One note of a motif, relative to where the motif is placed.</summary>
/// <param name="Start">Beats from the motif's beginning.</param>
/// <param name="Duration">Beats.</param>
/// <param name="Step">Scale steps from the motif's first note.</param>
internal readonly record struct MotifNote(double Start, double Duration, int Step);

/// <summary>
/// A short figure that a melody is made of, and the ways in which composers develop one: repetition, transposition, inversion,
/// retrograde, fragmentation, ornament. Each returns a motif of the same length.
/// </summary>
internal sealed record Motif(IReadOnlyList<MotifNote> Notes, double Beats)
{
    private const double ShortestBeats = 0.25;

    /// <param name="beats">Length; a whole number.</param>
    /// <param name="noteCount">About how many notes; a grid of quarter beats may have room for fewer.</param>
    /// <param name="leaps">0 goes by step … 1 jumps about.</param>
    public static Motif Invent(int beats, int noteCount, double leaps, ref SeededRandom random)
    {
        var durations = new List<double> { beats };
        while (durations.Count < noteCount)
        {
            var longest = durations.IndexOf(durations.Max());
            var index = random.Chance(0.6) ? longest : random.Next(durations.Count);
            var whole = durations[index];
            if (whole <= ShortestBeats)
            {
                if (durations[longest] <= ShortestBeats) break;
                continue;
            }

            var first = SplitPoint(whole, ref random);
            durations[index] = first;
            durations.Insert(index + 1, whole - first);
        }

        return new Motif(WithContour(durations, leaps, ref random), beats);
    }

    public Motif Inverted() => this with { Notes = [.. Notes.Select(note => note with { Step = -note.Step })] };

    /// <summary>The contour backwards over the same rhythm.</summary>
    public Motif Reversed()
    {
        var last = Notes[^1].Step;
        return this with { Notes = [.. Notes.Select((note, index) => note with { Step = Notes[Notes.Count - 1 - index].Step - last })] };
    }

    /// <summary>The first half twice, the second time some steps away: a sequence.</summary>
    public Motif Fragmented(int sequenceSteps)
    {
        var half = Math.Floor(Beats / 2);
        var head = Notes
            .Where(note => note.Start < half)
            .Select(note => note with { Duration = Math.Min(note.Duration, half - note.Start) })
            .ToList();
        var notes = new List<MotifNote>(head);
        notes.AddRange(head.Select(note => note with { Start = note.Start + half, Step = note.Step + sequenceSteps }));
        if (Beats > 2 * half) notes[^1] = notes[^1] with { Duration = Beats - notes[^1].Start };
        return this with { Notes = notes };
    }

    /// <summary>Longer notes turn to a neighbour and go on.</summary>
    public Motif Ornamented(ref SeededRandom random)
    {
        var notes = new List<MotifNote>(Notes.Count * 2);
        foreach (var note in Notes)
        {
            if (note.Duration < 1 || !random.Chance(0.5))
            {
                notes.Add(note);
                continue;
            }

            var half = note.Duration / 2;
            notes.Add(note with { Duration = half });
            notes.Add(new MotifNote(note.Start + half, half, note.Step + (random.Chance(0.5) ? 1 : -1)));
        }

        return this with { Notes = notes };
    }

    /// <summary>The first beats of the motif, then its last tone held: how a phrase comes to rest.</summary>
    public Motif Rested()
    {
        var rest = Math.Ceiling(Beats / 2);
        var head = Notes.Where(note => note.Start < Beats - rest).ToList();
        if (head.Count == 0) return this with { Notes = [Notes[0] with { Duration = Beats }] };
        head[^1] = head[^1] with { Duration = Beats - rest - head[^1].Start };
        head.Add(new MotifNote(Beats - rest, rest, head[^1].Step - Math.Sign(head[^1].Step)));
        return this with { Notes = head };
    }

    /// <summary>Halves, dotted halves and their like: where a duration is cut so that the parts lie on the grid of quarter beats.</summary>
    private static double SplitPoint(double duration, ref SeededRandom random) => duration switch
    {
        >= 4 => random.Chance(0.7) ? 2 : 3,
        >= 3 => random.Chance(0.6) ? 2 : 1,
        >= 2 => random.Chance(0.65) ? 1 : 1.5,
        >= 1.5 => 1,
        >= 1 => random.Chance(0.75) ? 0.5 : 0.75,
        >= 0.75 => 0.5,
        _ => 0.25,
    };

    /// <summary>A walk that mostly goes by step, keeps its direction for a while, and turns back after a leap.</summary>
    private static List<MotifNote> WithContour(List<double> durations, double leaps, ref SeededRandom random)
    {
        var notes = new List<MotifNote>(durations.Count);
        var direction = random.Chance(0.6) ? 1 : -1;
        double start = 0;
        var step = 0;
        foreach (var duration in durations)
        {
            notes.Add(new MotifNote(start, duration, step));
            start += duration;
            var size = random.PickWeighted([0.1, 0.65, 0.25, 0.06 + (0.2 * leaps), 0.02 + (0.25 * leaps), 0.2 * leaps]);
            if (random.Chance(0.3)) direction = -direction;
            if (Math.Abs(step + (direction * size)) > 5) direction = -direction;
            step += direction * size;
            if (size > 2) direction = -direction;
        }

        return notes;
    }
}
