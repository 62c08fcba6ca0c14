using AudioReprompt.Audio.Loudness;
using AudioReprompt.Music;

namespace AudioReprompt.Composing.Tests;

/// <summary>Simple acoustic features of finished audio; each is defined here so that no test depends on an outside tool.</summary>
internal sealed class Listening
{
    /// <summary>10 ms.</summary>
    private const int HopFrames = 320;

    private const int WindowFrames = 1024;

    private readonly float[] _mono;
    private readonly int _sampleRate;

    public Listening(GeneratedAudio audio)
    {
        _sampleRate = audio.SampleRate;
        Lufs = IntegratedLoudness.Measure(audio.Samples, audio.Channels, audio.SampleRate).Lufs ?? double.NegativeInfinity;
        _mono = new float[audio.Samples.Length / audio.Channels];
        for (var frame = 0; frame < _mono.Length; frame++)
        {
            _mono[frame] = 0.5f * (audio.Samples[2 * frame] + audio.Samples[(2 * frame) + 1]);
        }
    }

    public double HopSeconds => (double)HopFrames / _sampleRate;

    /// <summary>Integrated, of the whole piece.</summary>
    public double Lufs { get; }

    /// <summary>Power-weighted mean frequency over windows of 32 ms, Hz.</summary>
    public double SpectralCentroidHz
    {
        get
        {
            double weighted = 0, total = 0;
            for (var start = 0; start + WindowFrames <= _mono.Length; start += 4 * WindowFrames)
            {
                var power = Spectrum(start);
                for (var bin = 1; bin < power.Length; bin++)
                {
                    weighted += power[bin] * bin * _sampleRate / WindowFrames;
                    total += power[bin];
                }
            }

            return weighted / total;
        }
    }

    /// <summary>The frequency with as much power below as above it, Hz: follows the notes more than their timbre.</summary>
    public double SpectralMedianHz
    {
        get
        {
            var sum = new double[WindowFrames / 2];
            for (var start = 0; start + WindowFrames <= _mono.Length; start += WindowFrames)
            {
                var power = Spectrum(start);
                for (var bin = 0; bin < sum.Length; bin++) sum[bin] += power[bin];
            }

            var below = sum.Sum() / 2;
            var middle = 0;
            while (below > sum[middle]) below -= sum[middle++];
            return (middle + (below / sum[middle]) - 0.5) * _sampleRate / WindowFrames;
        }
    }

    /// <summary>Share of the 10 ms hops that are no more than 26 dB below the loud ones (their 90th percentile).</summary>
    public double SoundingShare
    {
        get
        {
            var levels = Levels();
            var loud = levels.Order().ElementAt((int)(levels.Length * 0.9));
            return levels.Count(level => level > loud * 0.05) / (double)levels.Length;
        }
    }

    /// <summary>Onsets a second: peaks of the spectral flux that stand out from the half second around them.</summary>
    public double OnsetsPerSecond
    {
        get
        {
            var flux = OnsetStrength();
            const int Near = 5;
            const int Around = 25;
            var overall = flux.Average();
            var onsets = 0;
            for (var hop = Around; hop < flux.Length - Around; hop++)
            {
                var local = 0.0;
                foreach (var value in flux.AsSpan(hop - Around, (2 * Around) + 1)) local += value / ((2 * Around) + 1);
                if (flux[hop] == Max(flux.AsSpan(hop - Near, (2 * Near) + 1)) && flux[hop] > (1.3 * local) + (0.3 * overall)) onsets++;
            }

            return onsets / ((flux.Length - (2 * Around)) * HopSeconds);
        }
    }

    /// <summary>
    /// How strongly the envelope above 500 Hz fluctuates at 20…90 Hz, relative to its level: the beating that roughness is heard from.
    /// </summary>
    public double Beating
    {
        get
        {
            // The level every 2 ms; less its mean over 50 ms, what is left beats faster than 20 Hz; its mean over 6 ms takes off what is
            // faster than 90 Hz.
            var hop = _sampleRate / 500;
            var envelope = new double[_mono.Length / hop];
            double low = 0;
            for (var index = 0; index < envelope.Length; index++)
            {
                double square = 0;
                foreach (var sample in _mono.AsSpan(index * hop, hop))
                {
                    low += 0.09 * (sample - low);
                    square += (sample - low) * (sample - low);
                }

                envelope[index] = Math.Sqrt(square / hop);
            }

            const int Half = 12;
            double fast = 0, all = 0;
            for (var index = Half; index < envelope.Length - Half; index++)
            {
                double mean = 0;
                for (var near = index - Half; near <= index + Half; near++) mean += envelope[near] / ((2 * Half) + 1);
                fast += Math.Abs(((envelope[index - 1] + envelope[index] + envelope[index + 1]) / 3) - mean);
                all += envelope[index];
            }

            return fast / all;
        }
    }

    /// <summary>The longest stretch below −60 dBFS, seconds.</summary>
    public double LongestSilenceSeconds
    {
        get
        {
            int longest = 0, current = 0;
            foreach (var level in Levels())
            {
                current = level < 0.001 ? current + 1 : 0;
                longest = Math.Max(longest, current);
            }

            return longest * HopSeconds;
        }
    }

    /// <summary>Beats per minute within ±30 % of a guess at which the onset strength is most like itself.</summary>
    public double TempoNear(double guessBpm)
    {
        var flux = OnsetStrength();
        var mean = flux.Average();
        double best = 0, bestCorrelation = double.NegativeInfinity;
        for (var bpm = guessBpm * 0.7; bpm <= guessBpm * 1.3; bpm += 0.1)
        {
            // Over eight beats an error in the tempo adds up, and the hop of 10 ms matters less.
            var lag = 8 * 60 / bpm / HopSeconds;
            var whole = (int)lag;
            var part = lag - whole;
            double correlation = 0;
            for (var hop = 0; hop + whole + 1 < flux.Length; hop++)
            {
                var later = flux[hop + whole] + (part * (flux[hop + whole + 1] - flux[hop + whole]));
                correlation += (flux[hop] - mean) * (later - mean);
            }

            correlation /= flux.Length - whole;
            if (correlation <= bestCorrelation) continue;
            bestCorrelation = correlation;
            best = bpm;
        }

        return best;
    }

    private double[] Levels()
    {
        var levels = new double[_mono.Length / HopFrames];
        for (var hop = 0; hop < levels.Length; hop++)
        {
            double square = 0;
            foreach (var sample in _mono.AsSpan(hop * HopFrames, HopFrames)) square += sample * sample;
            levels[hop] = Math.Sqrt(square / HopFrames);
        }

        return levels;
    }

    /// <summary>
    /// Spectral flux: how much the magnitudes of a 32 ms window rise from one to the one 30 ms later, each compressed as the ear
    /// does.
    /// </summary>
    private double[] OnsetStrength()
    {
        const int Lag = 3;
        var spectra = new double[Math.Max(0, ((_mono.Length - WindowFrames) / HopFrames) + 1)][];
        for (var hop = 0; hop < spectra.Length; hop++)
        {
            spectra[hop] = Spectrum(hop * HopFrames);
            foreach (ref var bin in spectra[hop].AsSpan()) bin = Math.Log(1 + (100 * Math.Sqrt(bin)));
        }

        var flux = new double[spectra.Length];
        for (var hop = Lag; hop < flux.Length; hop++)
        {
            for (var bin = 0; bin < spectra[hop].Length; bin++) flux[hop] += Math.Max(0, spectra[hop][bin] - spectra[hop - Lag][bin]);
        }

        return flux;
    }

    private static double Max(ReadOnlySpan<double> values)
    {
        var max = values[0];
        foreach (var value in values) max = Math.Max(max, value);
        return max;
    }

    /// <summary>Power by bin of a Hann window, by a radix-2 FFT.</summary>
    private double[] Spectrum(int start)
    {
        var re = new double[WindowFrames];
        var im = new double[WindowFrames];
        for (var index = 0; index < WindowFrames; index++)
        {
            var reversed = 0;
            for (var bit = 1; bit < WindowFrames; bit <<= 1) reversed = (reversed << 1) | ((index & bit) == 0 ? 0 : 1);
            re[reversed] = _mono[start + index] * (0.5 - (0.5 * Math.Cos(2 * Math.PI * index / WindowFrames)));
        }

        for (var half = 1; half < WindowFrames; half *= 2)
        {
            for (var group = 0; group < half; group++)
            {
                var (sin, cos) = Math.SinCos(-Math.PI * group / half);
                for (var even = group; even < WindowFrames; even += 2 * half)
                {
                    var odd = even + half;
                    var (tRe, tIm) = ((re[odd] * cos) - (im[odd] * sin), (re[odd] * sin) + (im[odd] * cos));
                    (re[odd], im[odd]) = (re[even] - tRe, im[even] - tIm);
                    (re[even], im[even]) = (re[even] + tRe, im[even] + tIm);
                }
            }
        }

        var power = new double[WindowFrames / 2];
        for (var bin = 0; bin < power.Length; bin++) power[bin] = (re[bin] * re[bin]) + (im[bin] * im[bin]);
        return power;
    }
}
