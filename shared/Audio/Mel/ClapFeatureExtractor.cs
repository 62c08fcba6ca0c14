using AudioReprompt.Audio.Resampling;

namespace AudioReprompt.Audio.Mel;

/// <summary>
/// What a CLAP model hears of a recording: Hugging Face's <c>ClapFeatureExtractor</c> (transformers 4.57). Recordings up to
/// <see cref="WindowSamples"/> give what it gives; of longer ones it takes a part at random, or with a fusion checkpoint three parts beside
/// the whole: <see cref="Extract"/> does so from a generator handed in. For a score that is the same every time and hears everything, see
/// <see cref="ClapWindows"/>. Belongs to one thread.
/// </summary>
public sealed class ClapFeatureExtractor
{
    private const int FusionPlanes = 4;

    private readonly ClapPreprocessing _settings;
    private readonly LogMelSpectrogram _mel;
    private readonly float[] _window;

    private readonly bool _quantised;

    /// <param name="settings">The checkpoint's own.</param>
    /// <param name="quantised">Whether the samples go through <see cref="LaionQuantisation"/> first, to compare with <c>laion_clap</c>.</param>
    public ClapFeatureExtractor(ClapPreprocessing settings, bool quantised = false)
    {
        ArgumentNullException.ThrowIfNull(settings);
        (_settings, _quantised) = (settings, quantised);
        var scale = settings.IsFusion ? MelScale.Htk : MelScale.Slaney;
        var filters = new MelFilterBank(
            scale, settings.FeatureSize, settings.FftWindowSize, settings.SamplingRate, settings.FrequencyMin, settings.FrequencyMax);
        _mel = new LogMelSpectrogram(filters, settings.FftWindowSize, settings.HopLength);
        _window = new float[settings.MaxLengthS * settings.SamplingRate];
    }

    /// <summary>Hz; other rates are for <see cref="Prepare"/>.</summary>
    public int SampleRate => _settings.SamplingRate;

    /// <summary>What the model hears at a time.</summary>
    public int WindowSamples => _window.Length;

    /// <summary>Of a window: 1,001 for 10 s.</summary>
    public int Frames => _mel.Frames(WindowSamples);

    public int MelBins => _mel.MelBins;

    /// <summary>1, or 4 for a fusion checkpoint.</summary>
    public int Planes => _settings.IsFusion ? FusionPlanes : 1;

    /// <summary>The mean of the channels at the model's sample rate.</summary>
    /// <param name="recording">Disposed with the reader returned.</param>
    /// <exception cref="InvalidDataException">The recording's sample rate cannot be converted.</exception>
    public IAudioReader Prepare(IAudioReader recording) => new ResamplingReader(new MonoReader(recording), SampleRate);

    /// <summary>A window, or a shorter recording that is repeated and padded to one. Allocates nothing.</summary>
    /// <param name="mono">1 to <see cref="WindowSamples"/> samples, finite.</param>
    /// <param name="decibels"><c>[Frames, MelBins]</c>.</param>
    /// <exception cref="ArgumentException">No samples, too many, or one that is not finite.</exception>
    public void ExtractWindow(ReadOnlySpan<float> mono, Span<float> decibels)
    {
        Validate(mono);
        if (mono.Length > WindowSamples) throw new ArgumentException($"{mono.Length} samples are more than {WindowSamples}.", nameof(mono));
        Pad(mono);
        _mel.Compute(_window, decibels);
    }

    /// <summary>As the reference does with any recording.</summary>
    /// <param name="mono">From 1 sample, finite.</param>
    /// <param name="random">Where a longer one is cut; not asked for shorter ones.</param>
    /// <exception cref="ArgumentException">No samples, or one that is not finite.</exception>
    public ClapFeatures Extract(ReadOnlySpan<float> mono, NumpyRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Validate(mono);
        if (mono.Length <= WindowSamples || !_settings.IsFusion)
        {
            var excess = mono.Length - WindowSamples;
            return FromWindow(excess <= 0 ? mono : mono.Slice(random.Next(excess + 1), WindowSamples));
        }

        if (_quantised)
        {
            var quantised = mono.ToArray();
            LaionQuantisation.Apply(quantised);
            mono = quantised;
        }

        var starts = _mel.Frames(mono.Length) - Frames + 1;
        return starts == 1 ? FromWindow(mono) : Fuse(mono, FusionStarts(starts, random));
    }

    /// <summary>
    /// The planes of a fusion checkpoint for a longer recording: the whole, shrunk to <see cref="Frames"/> linearly with half-pixel centres
    /// and no smoothing, and three parts of it.
    /// </summary>
    /// <param name="mono">More than a window, finite.</param>
    /// <param name="starts">The first frame of each part.</param>
    internal ClapFeatures Fuse(ReadOnlySpan<float> mono, ReadOnlySpan<int> starts)
    {
        var whole = new float[checked(_mel.Frames(mono.Length) * MelBins)];
        _mel.Compute(mono, whole);
        var plane = Frames * MelBins;
        var values = new float[FusionPlanes * plane];
        Shrink(whole, values.AsSpan(0, plane));
        for (var part = 0; part < starts.Length; part++)
            whole.AsSpan(starts[part] * MelBins, plane).CopyTo(values.AsSpan((part + 1) * plane));
        return new ClapFeatures(values, FusionPlanes, IsLonger: true);
    }

    private static void Validate(ReadOnlySpan<float> mono)
    {
        if (mono.IsEmpty) throw new ArgumentException("The recording is empty.", nameof(mono));
        FiniteSamples.Require(mono, nameof(mono));
    }

    /// <summary>One out of each third of 0 … starts − 1; a third that is empty counts as the first frame.</summary>
    private static int[] FusionStarts(int starts, NumpyRandom random)
    {
        var chosen = new int[FusionPlanes - 1];
        var first = 0;
        for (var third = 0; third < chosen.Length; third++)
        {
            var length = (starts / chosen.Length) + (third < starts % chosen.Length ? 1 : 0);
            chosen[third] = length == 0 ? 0 : first + random.Next(length);
            first += length;
        }

        return chosen;
    }

    /// <summary>All planes alike; samples beyond a window (fewer than a hop) count in the last frame's reach alone.</summary>
    private ClapFeatures FromWindow(ReadOnlySpan<float> mono)
    {
        var plane = Frames * MelBins;
        var values = new float[Planes * plane];
        if (mono.Length <= WindowSamples)
        {
            Pad(mono);
            mono = _window;
        }

        _mel.Compute(mono, values.AsSpan(0, plane));
        for (var copy = 1; copy < Planes; copy++) values.AsSpan(0, plane).CopyTo(values.AsSpan(copy * plane));
        return new ClapFeatures(values, Planes, IsLonger: false);
    }

    private void Pad(ReadOnlySpan<float> mono)
    {
        var copies = _settings.Padding switch
        {
            "repeatpad" => WindowSamples / mono.Length,
            "repeat" => (WindowSamples / mono.Length) + 1,
            _ => 1,
        };
        var filled = 0;
        for (var copy = 0; copy < copies && filled < WindowSamples; copy++)
        {
            var part = mono[..Math.Min(mono.Length, WindowSamples - filled)];
            part.CopyTo(_window.AsSpan(filled));
            filled += part.Length;
        }

        _window.AsSpan(filled).Clear();
        if (_quantised) LaionQuantisation.Apply(_window);
    }

    private void Shrink(ReadOnlySpan<float> whole, Span<float> shrunk)
    {
        var frames = whole.Length / MelBins;
        for (var frame = 0; frame < Frames; frame++)
        {
            var position = Math.Max(0, ((frame + 0.5) * frames / Frames) - 0.5);
            var before = Math.Min((int)position, frames - 1);
            var after = Math.Min(before + 1, frames - 1);
            var share = (float)(position - before);
            for (var mel = 0; mel < MelBins; mel++)
            {
                var value = whole[(before * MelBins) + mel];
                shrunk[(frame * MelBins) + mel] = value + (share * (whole[(after * MelBins) + mel] - value));
            }
        }
    }
}
