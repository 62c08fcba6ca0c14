using AudioReprompt.Audio.Features;
using AudioReprompt.Composing.Scores;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation.Composer;

/// <summary>How well a piece is music, by figures that need no taste.</summary>
/// <param name="KeyClarity">Correlation of the audio's chroma with the planned key (Krumhansl–Schmuckler), −1…1.</param>
/// <param name="BeatClarity">Autocorrelation of the onsets at the planned tempo, 0…1.</param>
/// <param name="Pitches">Distinct pitches of the score.</param>
internal sealed record Musicality(double KeyClarity, double BeatClarity, int Pitches)
{
    public static Musicality Of(ComposedScore score, Tonality tonality, Onsets onsets) => new(
        tonality.Correlation(score.Tonic, score.Mode is Mode.Minor or Mode.Dorian or Mode.Phrygian),
        Beat.Clarity(onsets, score.TempoBpm),
        score.Notes.Where(note => note.Part != "percussion").Select(note => note.Pitch).Distinct().Count());

    /// <summary>How alike two sections sound, by the correlation of their chroma over the beats, −1…1.</summary>
    /// <param name="beats">Of the shorter one.</param>
    public static double Likeness(Spectrogram spectrogram, double secondsPerBeat, double oneSeconds, double otherSeconds, int beats)
    {
        var (one, other) = (new List<double>(), new List<double>());
        for (var beat = 0; beat < beats; beat++)
        {
            one.AddRange(At(oneSeconds + (beat * secondsPerBeat)));
            other.AddRange(At(otherSeconds + (beat * secondsPerBeat)));
        }

        return Correlation(one, other);

        IReadOnlyList<double> At(double seconds)
        {
            var from = Math.Min(spectrogram.Windows - 1, (int)(seconds / spectrogram.HopSeconds));
            var to = Math.Min(spectrogram.Windows, Math.Max(from + 1, (int)((seconds + secondsPerBeat) / spectrogram.HopSeconds)));
            return Tonality.Of(spectrogram, from, to).Chroma;
        }
    }

    public static double Correlation(IReadOnlyList<double> one, IReadOnlyList<double> other)
    {
        var (meanOne, meanOther) = (one.Average(), other.Average());
        var (both, ones, others) = (0.0, 0.0, 0.0);
        for (var index = 0; index < one.Count; index++)
        {
            var (a, b) = (one[index] - meanOne, other[index] - meanOther);
            both += a * b;
            ones += a * a;
            others += b * b;
        }

        return ones > 0 && others > 0 ? both / Math.Sqrt(ones * others) : 0;
    }
}
