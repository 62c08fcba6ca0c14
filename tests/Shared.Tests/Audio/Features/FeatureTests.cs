namespace AudioReprompt.Audio.Features;

/// <summary>Each feature on sounds for which its value is known.</summary>
public class FeatureTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(1024)]
    public void RealFft_Power_EqualsTheTransformByDefinition(int size)
    {
        var random = new Random(size);
        var samples = Enumerable.Range(0, size).Select(_ => (float)((2 * random.NextDouble()) - 1)).ToArray();
        var power = new float[(size / 2) + 1];

        new RealFft(size).Power(samples, power);

        for (var bin = 0; bin < power.Length; bin++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var index = 0; index < size; index++)
            {
                real += samples[index] * Math.Cos(2 * Math.PI * bin * index / size);
                imaginary -= samples[index] * Math.Sin(2 * Math.PI * bin * index / size);
            }

            Assert.Equal((real * real) + (imaginary * imaginary), power[bin], 1e-4 * size);
        }
    }

    [Theory]
    [InlineData(36, 12)]
    [InlineData(48, 1)]
    [InlineData(48, 10)]
    [InlineData(60, 6)]
    [InlineData(69, 3)]
    [InlineData(84, 4)]
    public void Pitch_OneTone_IsItsFundamental(double note, int harmonics)
    {
        var sound = Tones.Silence(2);
        Tones.Add(sound, 0, 2, note, harmonics);
        Assert.Equal(note, Pitch.Median(Tones.SpectrogramOf(sound))!.Value, 0.5);
    }

    [Fact]
    public void Pitch_ToneWithAWeakFundamental_IsStillTheFundamental()
    {
        var sound = Tones.Silence(2);
        double[] amplitudes = [0.3, 0.6, 1, 1, 0.8, 0.6, 0.4];
        for (var harmonic = 1; harmonic <= amplitudes.Length; harmonic++)
            Tones.Add(sound, 0, 2, 45 + (12 * Math.Log2(harmonic)), harmonics: 1, gain: 0.1 * amplitudes[harmonic - 1]);
        Assert.Equal(45, Pitch.Median(Tones.SpectrogramOf(sound))!.Value, 0.5);
    }

    [Fact]
    public void Pitch_Silence_IsNone() => Assert.Null(Pitch.Median(Tones.SpectrogramOf(Tones.Silence(1))));

    [Theory]
    [InlineData(2, 0.02, true)]
    [InlineData(4, 0.02, true)]
    [InlineData(8, 0.01, true)]
    [InlineData(2, 0.05, false)]
    [InlineData(4, 0.03, false)]
    public void Onsets_NotesOfAKnownRate_AreCounted(double perSecond, double attack, bool staccato)
    {
        const double Seconds = 8;
        var sound = Tones.Silence(Seconds);
        int[] tune = [60, 64, 67, 62, 65, 69, 64, 72];
        for (var note = 0; note < (int)(Seconds * perSecond); note++)
            Tones.Add(sound, note / perSecond, (staccato ? 0.5 : 1) / perSecond, tune[note % tune.Length], attack: attack);
        Assert.InRange(Onsets.Of(sound, Tones.SampleRate).Times.Count, (Seconds * perSecond) - 1, (Seconds * perSecond) + 1);
    }

    [Fact]
    public void Onsets_HeldRoughTone_IsOne()
    {
        // Two low tones 30 Hz apart beat thirty times a second.
        var sound = Tones.Silence(4);
        Tones.Add(sound, 0.5, 3, 45, 8);
        Tones.Add(sound, 0.5, 3, 45 + (12 * Math.Log2(140.0 / 110)), 8);
        Assert.InRange(Onsets.Of(sound, Tones.SampleRate).Times.Count, 1, 2);
    }

    [Fact]
    public void Onsets_Silence_AreNone() => Assert.Empty(Onsets.Of(Tones.Silence(2), Tones.SampleRate).Times);

    [Theory]
    [InlineData(60, 61)]
    [InlineData(55, 56)]
    [InlineData(72, 73)]
    public void Roughness_SemitoneAgainstFifth_IsMuchGreater(double note, double second)
    {
        var semitone = Roughness.Of(Tones.SpectrogramOf(Tones.Chord(2, note, second)));
        var fifth = Roughness.Of(Tones.SpectrogramOf(Tones.Chord(2, note, note + 7)));
        var single = Roughness.Of(Tones.SpectrogramOf(Tones.Chord(2, note)));
        Assert.True(semitone > 2 * fifth, $"{semitone} {fifth}");
        Assert.True(fifth > single, $"{fifth} {single}");
    }

    /// <summary>Plomp and Levelt 1965: greatest at about a quarter of the critical band, gone at the whole of it.</summary>
    [Fact]
    public void Roughness_TwoPureTones_FollowsTheCurve()
    {
        double At(double difference) => Roughness.Of([new SpectralPartial(500, 1), new SpectralPartial(500 + difference, 1)]);
        var greatest = Enumerable.Range(1, 200).MaxBy(difference => At(difference));
        Assert.InRange(greatest, 20, 40);
        Assert.True(At(120) < 0.2 * At(greatest));
        Assert.Equal(0, At(0), 12);
    }

    [Fact]
    public void Roughness_LouderSound_IsTheSame()
    {
        var soft = Tones.Chord(1, 60, 61);
        Assert.Equal(Roughness.Of(Tones.SpectrogramOf(soft)), Roughness.Of(Tones.SpectrogramOf(Array.ConvertAll(soft, sample => 4 * sample))), 1e-4);
    }

    [Fact]
    public void Envelope_StaccatoAgainstLegato_SoundsForLess()
    {
        var legato = Play(0.5, attack: 0.02, decay: 1);
        var staccato = Play(0.15, attack: 0.02, decay: 1);
        Assert.InRange(legato.Sounding, 0.95, 1);
        Assert.InRange(staccato.Sounding, 0.2, 0.45);
    }

    [Fact]
    public void Envelope_Attack_IsTheRiseOfTheNotes()
    {
        Assert.InRange(Play(0.4, attack: 0.1, decay: 1).AttackSeconds, 0.07, 0.1);
        Assert.InRange(Play(0.5, attack: 0.005, decay: 1).AttackSeconds, 0, 0.02);
    }

    [Fact]
    public void Envelope_Decay_IsTheFallOfTheNotes()
    {
        // An amplitude of 0.01 after a second falls by 40 dB/s.
        Assert.InRange(Play(0.5, attack: 0.005, decay: 0.01).DecayDecibelsPerSecond, 35, 45);
        Assert.InRange(Play(0.5, attack: 0.005, decay: 1).DecayDecibelsPerSecond, -2, 8);
    }

    [Theory]
    [InlineData(0, false, 60.0, 64.0, 67.0)]
    [InlineData(9, true, 57.0, 60.0, 64.0)]
    [InlineData(7, false, 55.0, 59.0, 62.0)]
    public void Tonality_CadenceInAKey_IsThatKeys(int tonic, bool minor, params double[] chord)
    {
        var sound = Tones.Silence(4);
        var dominant = minor ? chord.Select(note => note + 7 + (note == chord[1] ? 1 : 0)) : chord.Select(note => note + 7);
        var beat = 0;
        foreach (var notes in new[] { chord, chord.Select(note => note + 5), dominant, chord })
        {
            foreach (var note in notes) Tones.Add(sound, beat, 1, note);
            beat++;
        }

        var tonality = Tonality.Of(Tones.SpectrogramOf(sound));

        var best = (from key in Enumerable.Range(0, 12) from isMinor in new[] { false, true } orderby tonality.Correlation(key, isMinor) descending select (key, isMinor)).First();
        Assert.Equal((tonic, minor), best);
        Assert.Equal(minor, tonality.MajorLessMinor < 0);
        Assert.True(tonality.Clarity > 0.7);
    }

    [Theory]
    [InlineData(72)]
    [InlineData(100)]
    [InlineData(150)]
    public void Beat_ClickTrack_IsClearAtItsTempoAndNotAtAnother(double bpm)
    {
        var sound = Tones.Silence(12);
        for (var beat = 0; beat * 60 / bpm < 11.5; beat++) Tones.Add(sound, beat * 60 / bpm, 0.1, 69, attack: 0.002);
        var onsets = Onsets.Of(sound, Tones.SampleRate);
        Assert.True(Beat.Clarity(onsets, bpm) > 0.7);
        Assert.True(Beat.Clarity(onsets, bpm * 1.37) < 0.4);
    }

    [Fact]
    public void Brightness_MoreHarmonics_IsBrighter()
    {
        var (dull, bright) = (Tones.Silence(1), Tones.Silence(1));
        Tones.Add(dull, 0, 1, 69, harmonics: 2);
        Tones.Add(bright, 0, 1, 69, harmonics: 20);
        Assert.True(Brightness.CentroidHz(Tones.SpectrogramOf(bright)) > 2 * Brightness.CentroidHz(Tones.SpectrogramOf(dull)));
        Assert.True(Brightness.HighDecibels(Tones.SpectrogramOf(bright)) > Brightness.HighDecibels(Tones.SpectrogramOf(dull)) + 20);
    }

    [Fact]
    public void Brightness_PureTone_HasItsFrequencyAsCentroid()
    {
        var sound = Tones.Silence(2);
        Tones.Add(sound, 0, 2, 81, harmonics: 1);
        Assert.Equal(880, Brightness.CentroidHz(Tones.SpectrogramOf(sound)), 60.0);
    }

    private static Envelope Play(double sounding, double attack, double decay)
    {
        var sound = Tones.Silence(6);
        int[] tune = [60, 64, 67, 62, 65, 69];
        for (var note = 0; note < 12; note++) Tones.Add(sound, note * 0.5, sounding, tune[note % tune.Length], attack: attack, decay: decay);
        return Envelope.Of(sound, Tones.SampleRate, Onsets.Of(sound, Tones.SampleRate).Times);
    }
}
