namespace AudioReprompt.Composing;

/// <summary>A chord of a key: thirds on a degree, perhaps with a raised leading tone and with notes that rub against it.</summary>
/// <param name="Scale">The key.</param>
/// <param name="Degree">Step of the root, 0 = tonic … 6.</param>
/// <param name="ToneCount">3: triad, 4: seventh chord.</param>
/// <param name="RaisedStep">
/// Step class that stands a semitone higher than in the scale (the third of a dominant in minor); −1: none.
/// </param>
/// <param name="Frictions">Semitones above the root, apart from the thirds; each makes the chord more dissonant.</param>
internal sealed record Chord(Scale Scale, int Degree, int ToneCount, int RaisedStep, IReadOnlyList<int> Frictions)
{
    /// <summary>MIDI note number of a step while this chord sounds.</summary>
    public int Pitch(int step) => Scale.Pitch(step) + (Scale.StepClass(step) == RaisedStep ? 1 : 0);

    public bool Contains(int step)
    {
        var above = Scale.StepClass(step - Degree);
        return above % 2 == 0 && above / 2 < ToneCount;
    }

    /// <returns>The nearest step that belongs to the chord; of two equally near the one above.</returns>
    public int NearestTone(int step)
    {
        for (var distance = 0; ; distance++)
        {
            if (Contains(step + distance)) return step + distance;
            if (Contains(step - distance)) return step - distance;
        }
    }

    /// <summary>
    /// Pitch classes to voice, five at most: root, third, fifth, seventh and the frictions. Of a fuller chord the fifth is left out, which
    /// says least about it.
    /// </summary>
    public IReadOnlyList<int> PitchClasses()
    {
        var classes = new List<int>(ToneCount + Frictions.Count);
        for (var tone = 0; tone < ToneCount; tone++) classes.Add(Pitch(Degree + (2 * tone)) % 12);
        foreach (var friction in Frictions)
        {
            var pitchClass = (Pitch(Degree) + friction) % 12;
            if (!classes.Contains(pitchClass)) classes.Add(pitchClass);
        }

        if (classes.Count > 5) classes.RemoveAt(2);
        return classes;
    }
}
