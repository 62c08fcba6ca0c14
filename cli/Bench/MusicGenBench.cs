using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using AudioReprompt.Music;
using AudioReprompt.MusicGen;
using AudioReprompt.MusicGen.Codec;
using AudioReprompt.MusicGen.Decoding.Packed;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.Cli.Bench;

/// <summary>MusicGen on this machine's CPU: half a minute of music from its prompt to its samples, alone and four together.</summary>
internal static class MusicGenBench
{
    private const int Seconds = 30;
    private const int Together = 4;
    private const double GoalSong = 18;
    private const double GoalFirstChunk = 3;
    private const double GoalLoad = 2;
    private const double GoalMegabytes = 800;
    private const double GoalTogether = 2;
    private const string Prompt = "A slow legato melody of soft marimba and warm strings, sweet and consonant";

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var folder = await BenchModel.FindAsync(cancellationToken);
        var settings = MusicGenSettings.Of(BenchModel.Configuration) with { MostTogether = Together };
        // Builds what is not built yet; that is not what is measured.
        using (MusicGenModel.Load(folder, settings, null, cancellationToken))
        {
        }

        ResidentMemory.ResetPeak();
        var started = Stopwatch.GetTimestamp();
        using var model = MusicGenModel.Load(folder, settings, null, cancellationToken);
        yield return new Measurement(
            "musicgen.load", "MusicGen ready, from a warm cache", Stopwatch.GetElapsedTime(started).TotalSeconds, "s", Goal.AtMost(GoalLoad), $"{model.Precision} on {model.Device.Name}");

        await using var loop = new DecodingLoop(model.Decoder, model.Config.Codec, Together);
        // The first song touches every page of the weights; a worker's first song pays that, and it is small.
        var song = await PlayAsync(model, loop, seed: 1, cancellationToken);
        var peak = ResidentMemory.Peak() / 1e6;
        var steps = StepsOf(model);
        yield return new Measurement(
            "musicgen.song", $"{Seconds} s of music by MusicGen, from the prompt to the samples", song.Total, "s", Goal.AtMost(GoalSong),
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Seconds / song.Total:0.00} times real time; reading the prompt {song.Text:0.0} s, decoding {song.Decoding:0.0} s ({1000 * song.Decoding / steps:0.0} ms a step), codec {song.Codec:0.0} s"));
        if (model.Decoder is PackedDecoder packed)
        {
            var bandwidth = await Task.Run(() => MemoryBandwidth.Measure(settings.ActualThreads), cancellationToken);
            // Every step reads all weights, and of both branches what the cache holds: half of a full one on average.
            var floor = steps * (packed.WeightBytes + packed.CacheBytes((int)steps)) / bandwidth;
            yield return new Measurement(
                "musicgen.floor", "decoding against what reading the memory takes alone", song.Decoding / floor, "times", Goal.AtMost(1.5),
                string.Create(CultureInfo.InvariantCulture, $"{bandwidth / 1e9:0.0} GB/s, {packed.WeightBytes / 1e6:0} MB of weights a step: {floor:0.0} s a song"));
        }

        yield return new Measurement("musicgen.first_chunk", "the song's first second can be heard", song.FirstChunk, "s", Goal.AtMost(GoalFirstChunk), "streamed");
        yield return new Measurement("musicgen.memory", "the process at its peak, one song", peak, "MB", Goal.AtMost(GoalMegabytes), "resident, with the mapped weights");

        started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Together).Select(number => PlayAsync(model, loop, number, cancellationToken)));
        var together = Stopwatch.GetElapsedTime(started).TotalSeconds;
        yield return new Measurement(
            "musicgen.together", $"songs a minute, {Together} together against one", Together * song.Total / together, "times", Goal.AtLeast(GoalTogether),
            string.Create(CultureInfo.InvariantCulture, $"{Together} songs in {together:0.0} s, {60 * Together / together:0.0} a minute; peak {ResidentMemory.Peak() / 1e6:0} MB"));
        if (settings.Precision == MusicGenPrecision.Int8) yield return await PlayInFourBitsAsync(folder, settings with { Precision = MusicGenPrecision.Int4 }, cancellationToken);
    }

    private static async Task<Measurement> PlayInFourBitsAsync(string folder, MusicGenSettings settings, CancellationToken cancellationToken)
    {
        using (MusicGenModel.Load(folder, settings, null, cancellationToken))
        {
        }

        using var model = MusicGenModel.Load(folder, settings, null, cancellationToken);
        await using var loop = new DecodingLoop(model.Decoder, model.Config.Codec, 1);
        var song = await PlayAsync(model, loop, seed: 1, cancellationToken);
        return new Measurement(
            "musicgen.int4", $"{Seconds} s of music with 4-bit weights", song.Total, "s", Goal.AtMost(GoalSong),
            string.Create(CultureInfo.InvariantCulture, $"decoding {song.Decoding:0.0} s ({1000 * song.Decoding / StepsOf(model):0.0} ms a step)"));
    }

    private static double StepsOf(MusicGenModel model) => Seconds * model.Config.Codec.FrameRate + 3;

    private static Task<SongTimes> PlayAsync(MusicGenModel model, DecodingLoop loop, long seed, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            var started = Stopwatch.GetTimestamp();
            var states = model.ReadPrompt(Prompt);
            var text = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var frames = (int)(Seconds * model.Config.Codec.FrameRate);
            using var sound = new SongSound(model.Codec, model.Config.Channels, frames, Seconds * model.Config.Codec.SampleRate);
            var codec = TimeSpan.Zero;
            double? first = null;
            var written = 0;
            await loop.RunAsync(
                new SongRequest(states, [], frames, new SamplingOptions(), seed),
                (codes, complete) =>
                {
                    if (complete < frames && complete - sound.Frames < MusicGenEngine.ChunkFrames) return;
                    var begun = Stopwatch.GetTimestamp();
                    var samples = sound.Decode(codes, complete);
                    codec += Stopwatch.GetElapsedTime(begun);
                    written += samples.Length;
                    if (samples.Length > 0) first ??= Stopwatch.GetElapsedTime(started).TotalSeconds;
                },
                cancellationToken);
            var total = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (written != Seconds * model.Config.Codec.SampleRate * model.Config.Channels) throw new InvalidOperationException($"The song has {written} samples.");
            return new SongTimes(total, text, total - text - codec.TotalSeconds, codec.TotalSeconds, first ?? total);
        },
        cancellationToken);

    /// <summary>Seconds.</summary>
    private sealed record SongTimes(double Total, double Text, double Decoding, double Codec, double FirstChunk);
}
