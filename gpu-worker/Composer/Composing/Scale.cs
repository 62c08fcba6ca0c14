using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing;

/// <summary>
/// A key: seven steps an octave. Melodies and chords are thought in steps (0 = the tonic, 7 = an octave above it) and become MIDI
/// note numbers here.
/// </summary>
/// <param name="mode">The order of tones and semitones.</param>
/// <param name="tonic">MIDI note number of step 0.</param>
internal sealed class Scale(Mode mode, int tonic)
{
    public const int StepsPerOctave = 7;

    private static readonly int[] Major = [0, 2, 4, 5, 7, 9, 11];
    private static readonly int[] Minor = [0, 2, 3, 5, 7, 8, 10];
    private static readonly int[] Dorian = [0, 2, 3, 5, 7, 9, 10];
    private static readonly int[] Phrygian = [0, 1, 3, 5, 7, 8, 10];
    private static readonly int[] Lydian = [0, 2, 4, 6, 7, 9, 11];
    private static readonly int[] Mixolydian = [0, 2, 4, 5, 7, 9, 10];

    private readonly int[] _semitones = mode switch
    {
        Mode.Minor => Minor,
        Mode.Dorian => Dorian,
        Mode.Phrygian => Phrygian,
        Mode.Lydian => Lydian,
        Mode.Mixolydian => Mixolydian,
        _ => Major,
    };

    public Mode Mode { get; } = mode;

    public int Tonic { get; } = tonic;

    /// <returns>0…6.</returns>
    public static int StepClass(int step) => ((step % StepsPerOctave) + StepsPerOctave) % StepsPerOctave;

    /// <returns>MIDI note number.</returns>
    public int Pitch(int step)
    {
        var stepClass = StepClass(step);
        return Tonic + _semitones[stepClass] + (12 * ((step - stepClass) / StepsPerOctave));
    }

    /// <returns>The step whose pitch is nearest, the lower one of two equally near.</returns>
    public int NearestStep(double pitch)
    {
        var step = (int)Math.Floor((pitch - Tonic) * StepsPerOctave / 12);
        var best = step - 1;
        for (var candidate = step; candidate <= step + 2; candidate++)
        {
            if (Math.Abs(Pitch(candidate) - pitch) < Math.Abs(Pitch(best) - pitch)) best = candidate;
        }

        return best;
    }
}
