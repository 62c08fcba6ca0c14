using System.Numerics;
using AudioReprompt.Music;
using AudioReprompt.Reprompt;
using AudioReprompt.TestSupport;
using MathNet.Numerics.IntegralTransforms;

namespace AudioReprompt.MusicGen.Tests;

/// <summary>The engine from prompt to samples, on the fixtures' models.</summary>
public sealed class MusicGenEngineTests : IDisposable
{
    private const double GoldenSeconds = 0.8;
    private readonly TemporaryFolder _cache = new();

    public static TheoryData<string, string> WaysIn => new()
    {
        { "musicgen-tiny", "checkpoint" },
        { "musicgen-tiny", "export" },
        { "musicgen-tiny-stereo", "checkpoint" },
    };

    /// <summary>Greedy decoding in single precision; golden audio of transformers 4.57.6.</summary>
    [Theory]
    [MemberData(nameof(WaysIn))]
    public async Task Generate_Greedy_IsTheReferencesAudio(string model, string wayIn)
    {
        var golden = new Golden(model);
        await using var engine = Load(golden, MusicGenPrecision.Fp32, wayIn == "export" ? "" : null);
        foreach (var (prompt, guidance) in (ReadOnlySpan<(int, int)>)[(0, 3), (1, 1), (1, 3)])
        {
            var expected = golden.Floats($"prompt{prompt}_guidance{guidance}_audio");
            var channels = expected.Shape[^2];
            var audio = Run(engine, Request(golden.Prompts[prompt], GoldenSeconds, sampling: new SamplingOptions(guidance, Temperature: 0)));
            Assert.Equal(channels, audio.Channels);
            var frames = expected.Values.Length / channels;
            for (var channel = 0; channel < channels; channel++)
            {
                for (var i = 0; i < frames; i++) Assert.Equal(expected.Values[channel * frames + i], audio.Samples[i * channels + channel], 1e-5f);
            }
        }
    }

    [Theory]
    [InlineData("musicgen-tiny")]
    [InlineData("musicgen-tiny-stereo")]
    public async Task Generate_SameSeed_SameBytesAloneAmongEightAndWithOneThread(string model)
    {
        var golden = new Golden(model);
        float[] alone;
        await using (var engine = Load(golden, MusicGenPrecision.Int8)) alone = Run(engine, Request(golden.Prompts[0], 1.5, seed: 7)).Samples;
        await using (var single = Load(golden, MusicGenPrecision.Int8, threads: 1)) Assert.Equal(alone, Run(single, Request(golden.Prompts[0], 1.5, seed: 7)).Samples);
        await using (var crowded = Load(golden, MusicGenPrecision.Int8))
        {
            // Of other lengths, prompts and guidance: they come and go while the one is decoded.
            var others = Enumerable.Range(0, 7).Select(i => crowded.GenerateAsync(
                Request(golden.Prompts[i % 3], 0.3 + 0.4 * i, seed: i, sampling: new SamplingOptions(GuidanceScale: 1 + i % 3)), null, CancellationToken.None));
            var all = others.Append(crowded.GenerateAsync(Request(golden.Prompts[0], 1.5, seed: 7), null, CancellationToken.None)).ToArray();
            Assert.Equal(alone, (await Task.WhenAll(all))[^1].Samples);
        }
    }

    [Fact]
    public async Task Generate_OtherSeed_OtherMusic()
    {
        await using var engine = Load(Golden.Mono, MusicGenPrecision.Int8);
        Assert.NotEqual(Run(engine, Request(Golden.Mono.Prompts[0], 1, seed: 1)).Samples, Run(engine, Request(Golden.Mono.Prompts[0], 1, seed: 2)).Samples);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.23456)]
    [InlineData(7.3)]
    public async Task Generate_AnyDuration_IsExact(double seconds)
    {
        await using var engine = Load(Golden.Mono, MusicGenPrecision.Int8);
        var audio = Run(engine, Request(Golden.Mono.Prompts[1], seconds));
        Assert.Equal((int)Math.Round(seconds * 32_000), audio.Samples.Length);
        Assert.All(audio.Samples, sample => Assert.True(float.IsFinite(sample)));
        // Up to the very end there is sound.
        Assert.Contains(audio.Samples[^640..], sample => sample != 0);
    }

    [Fact]
    public async Task Stream_Chunks_AreTheWholeAndComeBeforeTheEnd()
    {
        await using var engine = Load(Golden.Stereo, MusicGenPrecision.Int8);
        var request = Request(Golden.Stereo.Prompts[0], 4.5);
        var samples = new List<float>();
        var chunks = 0;
        await foreach (var chunk in engine.StreamAsync(request, null, CancellationToken.None))
        {
            Assert.Equal((32_000, 2), (chunk.SampleRate, chunk.Channels));
            samples.AddRange(chunk.Samples);
            chunks++;
        }

        Assert.Equal(Run(engine, request).Samples, samples);
        Assert.InRange(chunks, 4, 6);
    }

    [Fact]
    public async Task Generate_Progress_RisesEverySecondToOne()
    {
        await using var engine = Load(Golden.Mono, MusicGenPrecision.Int8);
        var shares = new Shares();
        await engine.GenerateAsync(Request(Golden.Mono.Prompts[0], 5), shares, CancellationToken.None);
        Assert.Equal([0.2, 0.4, 0.6, 0.8, 1], shares.Reported.Select(share => Math.Round(share, 6)));
    }

    [Fact]
    public async Task Generate_Cancelled_EndsAndTheOthersGoOn()
    {
        await using var engine = Load(Golden.Mono, MusicGenPrecision.Int8);
        var alone = Run(engine, Request(Golden.Mono.Prompts[0], 2, seed: 3)).Samples;
        using var cancel = new CancellationTokenSource();
        var other = engine.GenerateAsync(Request(Golden.Mono.Prompts[0], 2, seed: 3), null, CancellationToken.None);
        var stopped = engine.GenerateAsync(Request(Golden.Mono.Prompts[1], 300), new Then(cancel.Cancel), cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(alone, (await other).Samples);
    }

    /// <summary>Energy and spectrum across the seam of two windows differ no more than between neighbours inside a window.</summary>
    [Fact]
    public async Task Generate_LongerThanAWindow_HasNoAudibleSeam()
    {
        await using var engine = Load(Golden.Mono, MusicGenPrecision.Int8);
        var samples = Run(engine, Request(Golden.Mono.Prompts[0], 50)).Samples;
        Assert.Equal(50 * 32_000, samples.Length);
        // Level of every 100 ms, in decibels; windows end at 30 s and 48 s.
        var levels = samples.Chunk(3_200).Select(part => 20 * Math.Log10(Math.Sqrt(part.Average(sample => (double)sample * sample)) + 1e-9)).ToArray();
        AssertSeamsAreUsual([.. levels.Zip(levels.Skip(1), (before, after) => Math.Abs(after - before))]);
        // Distance of their spectra: root mean square of the bands' differences in decibels (log-spectral distance, Gray and Markel 1976).
        var bands = samples.Chunk(3_200).Select(LogBands).ToArray();
        AssertSeamsAreUsual([.. bands.Zip(bands.Skip(1), (before, after) => Math.Sqrt(before.Zip(after, (a, b) => (a - b) * (a - b)).Average()))]);
        // And no click: the step from sample to sample at the seam is one of those that occur.
        var largest = Enumerable.Range(320_000, 320_000).Max(i => Math.Abs(samples[i + 1] - samples[i]));
        foreach (var seam in (ReadOnlySpan<int>)[960_000, 1_536_000])
        {
            for (var i = seam - 640; i < seam + 640; i++) Assert.InRange(Math.Abs(samples[i + 1] - samples[i]), 0, largest);
        }
    }

    public void Dispose() => _cache.Dispose();

    /// <param name="steps">From every 100 ms to the next, of a song of 50 s.</param>
    private static void AssertSeamsAreUsual(double[] steps)
    {
        var inside = steps.Where((_, i) => i is not (299 or 479)).Order().ToArray();
        var usual = inside[(int)(inside.Length * 0.99)];
        Assert.InRange(steps[299], 0, usual);
        Assert.InRange(steps[479], 0, usual);
    }

    /// <summary>Energy of 24 bands of a third of an octave from 60 Hz on, in decibels.</summary>
    private static double[] LogBands(float[] samples)
    {
        const int bandCount = 24;
        var spectrum = samples.Select((sample, i) => new Complex(sample * (0.5 - 0.5 * Math.Cos(2 * Math.PI * i / samples.Length)), 0)).ToArray();
        Fourier.Forward(spectrum, FourierOptions.Matlab);
        var energy = new double[bandCount];
        for (var bin = 1; bin < samples.Length / 2; bin++)
        {
            var band = (int)Math.Floor(3 * Math.Log2(bin * 32_000.0 / samples.Length / 60));
            if (band is >= 0 and < bandCount) energy[band] += spectrum[bin].Magnitude * spectrum[bin].Magnitude;
        }

        return [.. energy.Select(value => 10 * Math.Log10(value + 1e-9))];
    }

    private static GeneratedAudio Run(MusicGenEngine engine, MusicRequest request) =>
        engine.GenerateAsync(request, null, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();

    private static MusicRequest Request(string prompt, double seconds, long seed = 0, SamplingOptions? sampling = null) =>
        new(prompt, MusicalPlan.Neutral, seconds, seed, sampling ?? new SamplingOptions());

    private MusicGenEngine Load(Golden golden, MusicGenPrecision precision, string? export = null, int threads = 2) => MusicGenEngine.Load(
        golden.Folder, "tiny", new MusicGenSettings(_cache.Path, precision, threads, MostTogether: 8, Device: "cpu", export));

    private sealed class Shares : IProgress<double>
    {
        public List<double> Reported { get; } = [];

        public void Report(double value) => Reported.Add(value);
    }

    private sealed class Then(Action act) : IProgress<double>
    {
        public void Report(double value) => act();
    }
}
