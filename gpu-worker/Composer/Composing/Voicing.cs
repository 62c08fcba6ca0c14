namespace AudioReprompt.Composing;

/// <summary>
/// Lays a chord's notes out in a register so that each voice moves as little as it can from the chord before: the classical rule of
/// smooth voice leading, found by trying every octave for every note.
/// </summary>
internal static class Voicing
{
    /// <summary>How far from the centre a voice may lie, semitones.</summary>
    private const int Reach = 9;

    /// <summary>The arranger's low interval limit of a third, about C3; MIDI note number.</summary>
    private const double LowIntervalLimit = 52;

    private const double Consonant = 0.55;

    /// <param name="chord">What to lay out.</param>
    /// <param name="centre">MIDI note number around which the voices gather.</param>
    /// <param name="consonance">0…1; a consonant chord that lies low is left open, because thirds growl down there.</param>
    /// <param name="previous">The voices of the chord before, ascending; empty at the beginning.</param>
    /// <returns>MIDI note numbers, ascending, none twice.</returns>
    public static int[] Voice(Chord chord, double centre, double consonance, ReadOnlySpan<int> previous)
    {
        var classes = chord.PitchClasses();
        if (centre < LowIntervalLimit && consonance > Consonant) classes = [classes[0], chord.Pitch(chord.Degree + 4) % 12];
        var lowest = (int)Math.Ceiling(centre - Reach);
        Span<int> first = stackalloc int[classes.Count];
        Span<int> octaves = stackalloc int[classes.Count];
        var combinations = 1;
        for (var voice = 0; voice < classes.Count; voice++)
        {
            first[voice] = lowest + ((((classes[voice] - lowest) % 12) + 12) % 12);
            octaves[voice] = first[voice] + 12 <= centre + Reach ? 2 : 1;
            combinations *= octaves[voice];
        }

        Span<int> candidate = stackalloc int[classes.Count];
        var best = new int[classes.Count];
        var bestCost = double.PositiveInfinity;
        for (var combination = 0; combination < combinations; combination++)
        {
            var rest = combination;
            for (var voice = 0; voice < classes.Count; voice++)
            {
                candidate[voice] = first[voice] + (12 * (rest % octaves[voice]));
                rest /= octaves[voice];
            }

            candidate.Sort();
            var cost = Cost(candidate, centre, previous);
            if (cost >= bestCost) continue;
            bestCost = cost;
            candidate.CopyTo(best);
        }

        return best;
    }

    private static double Cost(ReadOnlySpan<int> voices, double centre, ReadOnlySpan<int> previous)
    {
        double mean = 0;
        foreach (var pitch in voices) mean += (double)pitch / voices.Length;
        var cost = Math.Abs(mean - centre) * (previous.IsEmpty ? 1 : 0.4);
        if (voices[^1] - voices[0] > 14) cost += 2;

        // Close intervals turn to mud below about C3 (the arranger's low interval limits).
        for (var voice = 1; voice < voices.Length; voice++)
        {
            if (voices[voice - 1] < 48 && voices[voice] - voices[voice - 1] < 4) cost += 4;
        }

        foreach (var pitch in voices) cost += DistanceToNearest(pitch, previous);
        return cost;
    }

    private static int DistanceToNearest(int pitch, ReadOnlySpan<int> voices)
    {
        if (voices.IsEmpty) return 0;
        var nearest = int.MaxValue;
        foreach (var voice in voices) nearest = Math.Min(nearest, Math.Abs(voice - pitch));
        return nearest;
    }
}
