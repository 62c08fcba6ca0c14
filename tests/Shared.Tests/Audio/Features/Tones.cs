namespace AudioReprompt.Audio.Features;

/// <summary>Sounds whose features are known beforehand. Mono, 32 kHz.</summary>
internal static class Tones
{
    public const int SampleRate = 32_000;

    public static float[] Silence(double seconds) => new float[(int)(seconds * SampleRate)];

    /// <summary>Harmonics of 1/h, with a rise and a fall.</summary>
    /// <param name="note">MIDI note number.</param>
    /// <param name="decay">Amplitude after a second, 1: held.</param>
    public static void Add(float[] sound, double start, double seconds, double note, int harmonics = 6, double attack = 0.01, double decay = 1, double gain = 0.1)
    {
        var hz = 440 * Math.Pow(2, (note - 69) / 12);
        var first = (int)(start * SampleRate);
        var frames = Math.Min((int)(seconds * SampleRate), sound.Length - first);
        for (var frame = 0; frame < frames; frame++)
        {
            var t = (double)frame / SampleRate;
            var envelope = Math.Min(1, t / attack) * Math.Min(1, (frames - frame) / (0.01 * SampleRate)) * Math.Pow(decay, t);
            for (var harmonic = 1; harmonic <= harmonics; harmonic++)
                sound[first + frame] += (float)(gain * envelope * Math.Sin(2 * Math.PI * hz * harmonic * t) / harmonic);
        }
    }

    public static float[] Chord(double seconds, params double[] notes)
    {
        var sound = Silence(seconds);
        foreach (var note in notes) Add(sound, 0, seconds, note);
        return sound;
    }

    public static Spectrogram SpectrogramOf(float[] sound) => AcousticFeatures.SpectrogramOf(sound, SampleRate);
}
