using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>
/// Chord progressions. Each mode has its own turns, which bring out the degree that makes it what it is (Dorian's major IV, Phrygian's
/// ♭II, Lydian's II, Mixolydian's ♭VII); degrees with a diminished triad are left out. Dissonance is added to the chords, after
/// Mesz, Sigman and Trevisan 2012, who compose towards a taste by Euler's gradus function: the intervals it ranks highest (semitone,
/// tritone, major seventh) come in as consonance falls. How many come at which consonance is ours.
/// </summary>
internal static class Harmony
{
    /// <summary>Turns of a mode, as degrees from 0.</summary>
    /// <param name="Theme">Openings that begin at home.</param>
    /// <param name="Contrast">Openings that begin away from it.</param>
    /// <param name="HalfClose">Last degree of a phrase that wants to go on.</param>
    /// <param name="Leading">The degree before the tonic at a full close.</param>
    private sealed record Turns(int[][] Theme, int[][] Contrast, int HalfClose, int Leading);

    private static readonly Turns Major = new(
        [[0, 4, 5, 3], [0, 5, 3, 4], [0, 2, 3, 4], [0, 5, 1, 4], [0, 3, 4, 3], [0, 3, 0, 4], [0, 3, 4, 0], [0, 4, 0, 3], [0, 5, 0, 4], [0, 1, 4, 0]],
        [[3, 4, 2, 5], [5, 2, 3, 4], [1, 4, 0, 5], [3, 0, 1, 4], [3, 0, 4, 0], [5, 3, 0, 4], [4, 0, 3, 0]], 4, 4);

    private static readonly Turns Minor = new(
        [[0, 5, 2, 6], [0, 3, 6, 2], [0, 6, 5, 4], [0, 5, 3, 4], [0, 3, 0, 4], [0, 5, 0, 6], [0, 3, 6, 0], [0, 4, 5, 0]],
        [[5, 6, 0, 3], [2, 6, 3, 0], [3, 0, 5, 4], [5, 2, 6, 0]], 4, 4);

    private static readonly Turns Dorian = new(
        [[0, 3, 0, 3], [0, 3, 6, 0], [0, 1, 3, 0], [0, 6, 3, 0], [0, 2, 3, 6]],
        [[2, 6, 3, 0], [3, 6, 0, 3], [6, 2, 3, 1]], 3, 6);

    private static readonly Turns Phrygian = new(
        [[0, 1, 0, 1], [0, 1, 2, 1], [0, 6, 1, 0], [0, 3, 1, 0], [0, 5, 1, 6]],
        [[5, 1, 6, 0], [2, 1, 6, 0], [3, 5, 6, 1]], 1, 1);

    private static readonly Turns Lydian = new(
        [[0, 1, 0, 1], [0, 1, 4, 0], [0, 4, 1, 0], [0, 5, 1, 0], [0, 2, 1, 4]],
        [[5, 1, 2, 4], [2, 5, 1, 4], [1, 4, 5, 1], [1, 0, 4, 1], [5, 1, 0, 4]], 4, 1);

    private static readonly Turns Mixolydian = new(
        [[0, 6, 3, 0], [0, 3, 6, 0], [0, 4, 3, 0], [0, 6, 0, 3], [0, 1, 6, 3]],
        [[3, 6, 0, 4], [1, 3, 6, 3], [5, 3, 6, 0]], 6, 6);

    /// <returns>One chord per bar of the form, and one more: the closing tonic.</returns>
    public static IReadOnlyList<Chord> Write(Scale scale, Form form, double consonance, ref SeededRandom random)
    {
        var turns = Settled(TurnsOf(scale.Mode), consonance);
        var theme = random.Pick(turns.Theme);
        var contrast = random.Pick(turns.Contrast);
        var episode = random.Pick([.. turns.Contrast.Where(turn => turn != contrast)]);
        var degrees = new List<int>(form.Bars + 1);
        foreach (var section in form.Sections)
        {
            // What stays with one thought keeps its chords too.
            if (section is { Kind: SectionKind.Theme, Round: > 0 } && form.Shape != MusicalForm.Strophic && random.Chance(0.4))
                theme = random.Pick(turns.Theme);
            if (section is { Kind: SectionKind.Contrast, Round: > 0 }) contrast = random.Pick(turns.Contrast);
            AddSection(degrees, section, section.Kind switch { SectionKind.Contrast => contrast, SectionKind.Episode => episode, _ => theme }, turns);
        }

        var chords = new List<Chord>(degrees.Count + 1);
        foreach (var degree in degrees) chords.Add(Colour(scale, degree, 1 - consonance, ref random));
        chords.Add(Colour(scale, 0, Math.Max(0, (1 - consonance) - 0.25), ref random) with { ToneCount = 3 });
        return chords;
    }

    /// <summary>A consonant piece says clearly where home is: only turns that come back to it.</summary>
    private static Turns Settled(Turns turns, double consonance)
    {
        const double consonant = 0.65;
        return consonance < consonant ? turns : turns with
        {
            Theme = [.. turns.Theme.Where(turn => turn.Count(degree => degree == 0) > 1)],
            Contrast = [.. turns.Contrast.Where(turn => turn.Contains(0))],
        };
    }

    private static void AddSection(List<int> degrees, Section section, int[] opening, Turns turns)
    {
        for (var bar = 0; bar < section.Bars; bar++)
        {
            // A short introduction rocks on the tonic, so that the theme's own turn is still news.
            degrees.Add(section.Kind == SectionKind.Introduction && bar % 2 == 0 ? 0 : opening[bar % opening.Length]);
        }

        // Two bars are too short to leave home for a half close.
        if (section.Bars < 2 || (section.Bars == 2 && section.Kind != SectionKind.Reprise)) return;

        // After a reprise comes the tonic, of the next round or of the close.
        degrees[^1] = section.Kind == SectionKind.Reprise ? turns.Leading : turns.HalfClose;

        // A last chord that only repeats the one before it is no close.
        if (section.Bars > 2 && degrees[^2] == degrees[^1]) degrees[^2] = 0;
    }

    private static Chord Colour(Scale scale, int degree, double tension, ref SeededRandom random)
    {
        var raised = scale.Mode == Mode.Minor && degree == 4 ? Scale.StepClass(6) : -1;
        var toneCount = random.Chance((tension - 0.2) * 1.4) ? 4 : 3;
        var frictions = new List<int>();
        if (random.Chance((tension - 0.4) * 1.8)) frictions.Add(1);
        if (random.Chance((tension - 0.55) * 2)) frictions.Add(6);
        if (random.Chance((tension - 0.75) * 3)) frictions.Add(11);
        return new Chord(scale, degree, toneCount, raised, frictions);
    }

    private static Turns TurnsOf(Mode mode) => mode switch
    {
        Mode.Minor => Minor,
        Mode.Dorian => Dorian,
        Mode.Phrygian => Phrygian,
        Mode.Lydian => Lydian,
        Mode.Mixolydian => Mixolydian,
        _ => Major,
    };
}
