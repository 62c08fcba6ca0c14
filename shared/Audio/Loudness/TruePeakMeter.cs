namespace AudioReprompt.Audio.Loudness;

/// <summary><see cref="TruePeak"/> of a recording that comes in parts; the same number as of the whole.</summary>
/// <param name="channels">From 1.</param>
internal sealed class TruePeakMeter(int channels)
{
    private readonly float[] _windows = new float[channels * (TruePeak.Stretch + TruePeak.TapsPerPhase)];
    private float _peak;

    /// <summary>Frames in the windows: at first the silence before the recording.</summary>
    private int _held = TruePeak.TapsPerPhase;

    /// <param name="samples">Interleaved, <c>[frames · channels]</c>, finite.</param>
    public void Add(ReadOnlySpan<float> samples)
    {
        for (var start = 0; start < samples.Length; start += channels) AddFrame(samples.Slice(start, channels));
    }

    /// <summary>Adds the silence behind the recording.</summary>
    /// <returns>Full scale is 1.</returns>
    public float End()
    {
        var silence = new float[channels];
        for (var frame = 0; frame < TruePeak.Stretch + TruePeak.TapsPerPhase; frame++) AddFrame(silence);
        return _peak;
    }

    private void AddFrame(ReadOnlySpan<float> frame)
    {
        const int length = TruePeak.Stretch + TruePeak.TapsPerPhase;
        for (var channel = 0; channel < channels; channel++) _windows[(channel * length) + _held] = frame[channel];
        if (++_held < length) return;
        for (var channel = 0; channel < channels; channel++)
        {
            var window = _windows.AsSpan(channel * length, length);
            _peak = TruePeak.PeakWithin(window, _peak);
            window[^TruePeak.TapsPerPhase..].CopyTo(window);
        }

        _held = TruePeak.TapsPerPhase;
    }
}
