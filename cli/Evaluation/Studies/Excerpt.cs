using AudioReprompt.Audio;
using AudioReprompt.Audio.Resampling;

namespace AudioReprompt.Cli.Evaluation.Studies;

/// <summary>What of a recording is put into a page: a dozen whole ones would make it tens of megabytes.</summary>
internal static class Excerpt
{
    private const int SampleRate = 24_000;
    private const int Seconds = 10;

    public const string WordsAlone = "The players hold the first 10 seconds, in one channel at 24 kHz, so that this file is all that is needed.";
    public const string Words = $"{WordsAlone} The recordings themselves are in the folder audio beside it.";

    /// <returns>A WAV.</returns>
    /// <exception cref="InvalidDataException">The recording is malformed.</exception>
    public static byte[] Of(string path)
    {
        using var reader = new ResamplingReader(new MonoReader(AudioFile.OpenRead(path)), SampleRate);
        var samples = new float[SampleRate * Seconds];
        var count = reader.Read(samples);
        return WavFile.EncodePcm16(samples.AsSpan(0, count), SampleRate, channels: 1);
    }
}
