namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// Group additive synthesis (Kleczkowski 1989): the harmonics of a note are summed into a few wavetables, each with an envelope of its
/// own, so that the spectrum moves as it does in an instrument at the price of a few oscillators.
/// </summary>
internal abstract class HarmonicVoice : IVoice
{
    /// <summary>Envelopes are set this often and go straight between, frames (1 ms).</summary>
    private const int BlockFrames = 32;

    private const int MostHarmonics = 64;

    /// <summary>Harmonics above fold back as aliases; a margin to the Nyquist frequency of 16 kHz is left for bends, Hz.</summary>
    private const double HighestHz = 14_500;

    private const float Rms = 0.25f;

    private readonly Dictionary<int, float[][]> _tables = [];

    /// <summary>An oscillator that plays a group's table at a ratio to the note's frequency.</summary>
    protected readonly record struct Oscillator(int Group, double Ratio);

    protected abstract IReadOnlyList<Oscillator> Oscillators { get; }

    /// <summary>The last harmonic of each group but the last one, ascending.</summary>
    protected abstract IReadOnlyList<int> GroupEnds { get; }

    /// <returns>Relative amplitude; the sum of all groups is normalised.</returns>
    protected abstract double Amplitude(int harmonic, double hz);

    protected abstract double LengthSeconds(in Tone tone);

    /// <summary>Sets the level of every group at a time since the note's beginning; all 0 at the end.</summary>
    protected abstract void Shape(in Tone tone, double seconds, Span<float> levels);

    /// <returns>Ratio to the note's frequency: vibrato and the like.</returns>
    protected virtual double Bend(in Tone tone, double seconds) => 1;

    /// <summary>Adds what is not harmonic, such as breath.</summary>
    protected virtual void AddNoise(in Tone tone, Span<float> output)
    {
    }

    public int Render(in Tone tone, Span<float> output)
    {
        output = output[..Math.Min(output.Length, (int)(LengthSeconds(tone) * AudioFormat.SampleRate))];
        output.Clear();
        var tables = Tables(tone.Pitch);
        var oscillators = Oscillators;
        var hz = tone.Hz;
        Span<uint> phases = stackalloc uint[oscillators.Count];
        Span<float> from = stackalloc float[tables.Length];
        Span<float> to = stackalloc float[tables.Length];
        var random = new SeededRandom(tone.NoiseSeed, 0);

        // The first oscillator of each pitch starts alike, the detuned ones anywhere, or they would begin as one louder tone.
        for (var index = 1; index < phases.Length; index++)
        {
            phases[index] = oscillators[index].Ratio == 1 ? 0 : (uint)(random.NextUInt64() >> 32);
        }

        Shape(tone, 0, from);
        for (var frame = 0; frame < output.Length; frame += BlockFrames)
        {
            var block = output.Slice(frame, Math.Min(BlockFrames, output.Length - frame));
            var seconds = (double)(frame + block.Length) / AudioFormat.SampleRate;
            Shape(tone, seconds, to);
            var bent = hz * Bend(tone, seconds);
            for (var index = 0; index < phases.Length; index++)
            {
                var (group, ratio) = oscillators[index];
                var increment = Wavetable.Increment(bent * ratio);
                phases[index] = Wavetable.AddTo(block, tables[group], phases[index], increment, from[group], to[group]);
            }

            to.CopyTo(from);
        }

        AddNoise(tone, output);
        return output.Length;
    }

    private float[][] Tables(int pitch)
    {
        if (_tables.TryGetValue(pitch, out var known)) return known;
        var hz = PortableMath.PitchToHz(pitch);
        var harmonics = Math.Clamp((int)(HighestHz / hz), 1, MostHarmonics);
        Span<double> amplitudes = stackalloc double[harmonics];
        double square = 0;
        for (var harmonic = 1; harmonic <= harmonics; harmonic++)
        {
            var amplitude = Amplitude(harmonic, harmonic * hz);
            amplitudes[harmonic - 1] = amplitude;
            square += amplitude * amplitude;
        }

        var scale = Rms * Math.Sqrt(2 / square);
        var tables = new float[GroupEnds.Count + 1][];
        for (var group = 0; group < tables.Length; group++) tables[group] = Wavetable.Empty();
        var current = 0;
        for (var harmonic = 1; harmonic <= harmonics; harmonic++)
        {
            while (current < GroupEnds.Count && harmonic > GroupEnds[current]) current++;
            var amplitude = amplitudes[harmonic - 1] * scale;
            if (amplitude > 1e-5) Wavetable.AddHarmonic(tables[current], harmonic, harmonics, (float)amplitude);
        }

        return _tables[pitch] = tables;
    }
}
