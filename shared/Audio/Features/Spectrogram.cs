namespace AudioReprompt.Audio.Features;

/// <summary>Power spectra of Hann windows over the mono mix.</summary>
public sealed class Spectrogram
{
    private readonly float[] _power;

    /// <param name="mono"><c>[frames]</c>; zeros follow where the last windows reach beyond it.</param>
    /// <param name="sampleRate">Hz.</param>
    /// <param name="windowSeconds">Taken to the nearest power of two of samples.</param>
    /// <param name="hopSeconds">From one window to the next.</param>
    public Spectrogram(ReadOnlySpan<float> mono, int sampleRate, double windowSeconds, double hopSeconds)
    {
        var size = (int)Math.Pow(2, Math.Round(Math.Log2(windowSeconds * sampleRate)));
        var hop = Math.Max(1, (int)Math.Round(hopSeconds * sampleRate));
        HopSeconds = (double)hop / sampleRate;
        BinHz = (double)sampleRate / size;
        Bins = (size / 2) + 1;
        Windows = Math.Max(1, (mono.Length + hop - 1) / hop);
        _power = new float[Windows * Bins];

        var fft = new RealFft(size);
        var hann = new float[size];
        for (var index = 0; index < size; index++) hann[index] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * index / size)));
        var windowed = new float[size];
        for (var window = 0; window < Windows; window++)
        {
            // Centred on the window's place, so that what starts there is seen there.
            var start = (window * hop) - (size / 2);
            for (var index = 0; index < size; index++)
                windowed[index] = (uint)(start + index) < (uint)mono.Length ? mono[start + index] * hann[index] : 0;
            fft.Power(windowed, _power.AsSpan(window * Bins, Bins));
        }
    }

    public int Windows { get; }

    /// <summary>From 0 Hz to half the sample rate.</summary>
    public int Bins { get; }

    public double BinHz { get; }

    public double HopSeconds { get; }

    /// <summary>|X|² by bin.</summary>
    public ReadOnlySpan<float> this[int window] => _power.AsSpan(window * Bins, Bins);

    /// <summary>The mean of the channels.</summary>
    /// <param name="samples">Interleaved, <c>[frames · channels]</c>.</param>
    public static float[] Mono(ReadOnlySpan<float> samples, int channels)
    {
        var mono = new float[samples.Length / channels];
        MonoReader.Mix(samples, channels, mono);
        return mono;
    }
}
