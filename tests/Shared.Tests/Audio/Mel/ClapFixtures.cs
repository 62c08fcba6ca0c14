using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio.Mel;

/// <summary>fixtures/clap-tiny: recordings, and what Hugging Face's feature extractor (transformers 4.57.6) makes of them.</summary>
internal static class ClapFixtures
{
    public const int WindowSamples = 480_000;

    public static readonly string Folder = Path.Combine(Repository.Fixtures, "clap-tiny");

    public static JsonElement Goldens { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "goldens", "goldens.json"))).RootElement;

    public static float[] Golden(string name) => Npy.ReadFloats(Path.Combine(Folder, "goldens", $"{name}.npy"));

    /// <summary>A clip of goldens.json, cut as it says.</summary>
    public static (float[] Samples, int? CropOffset) Clip(string name)
    {
        var clip = Goldens.GetProperty("clips").EnumerateArray().Single(candidate => candidate.GetProperty("name").GetString() == name);
        using var reader = AudioFile.OpenRead(Path.Combine(Folder, clip.GetProperty("file").GetString()!));
        Assert.Equal((48_000, 1), (reader.SampleRate, reader.Channels));
        var samples = reader.ReadToEnd(maxFrames: 1_000_000).AsSpan(clip.GetProperty("start").GetInt32(), clip.GetProperty("length").GetInt32()).ToArray();
        var offset = clip.GetProperty("crop_offset");
        return (samples, offset.ValueKind == JsonValueKind.Null ? null : offset.GetInt32());
    }

    /// <summary>Every n-th frame of 64 values.</summary>
    public static float[] EveryNthFrame(ReadOnlySpan<float> decibels, int n)
    {
        var kept = new List<float>();
        for (var frame = 0; frame * 64 < decibels.Length; frame += n) kept.AddRange(decibels.Slice(frame * 64, 64));
        return [.. kept];
    }

    public static void AssertClose(float[] expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (largest, at) = (0.0, 0);
        for (var index = 0; index < expected.Length; index++)
        {
            var difference = Math.Abs((double)expected[index] - actual[index]);
            if (difference <= largest && !double.IsNaN(difference)) continue;
            (largest, at) = (difference, index);
        }

        Assert.True(largest <= tolerance, $"{largest} at {at}: {expected[at]} expected, {actual[at]} found");
    }
}
