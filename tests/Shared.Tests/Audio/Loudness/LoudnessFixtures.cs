using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio.Loudness;

/// <summary>Golden data: fixtures/audio/loudness, computed with NumPy from the standard's formulas, and what they are computed from.</summary>
internal static class LoudnessFixtures
{
    public static readonly string Folder = Path.Combine(Repository.Fixtures, "audio", "loudness");

    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "loudness.json"))).RootElement;

    public static JsonElement Results => Root.GetProperty("results");

    public static JsonElement Files => Root.GetProperty("files");

    /// <summary>dB: interpolation filters differ near half the sample rate.</summary>
    public static double TruePeakTolerance => Root.GetProperty("true_peak_tolerance_db").GetDouble();

    public static JsonElement Weighting(int sampleRate) => Root.GetProperty("k_weighting").GetProperty($"{sampleRate}");

    /// <summary>Segments of sines; the time goes on through them.</summary>
    public static (float[] Samples, int Channels) Signal(string name, int sampleRate)
    {
        var signal = Root.GetProperty("signals").EnumerateArray().Single(known => known.GetProperty("name").GetString() == name);
        var channels = signal.GetProperty("channels").GetInt32();
        var samples = new List<float>();
        foreach (var segment in signal.GetProperty("segments").EnumerateArray())
        {
            var hz = segment.TryGetProperty("hz", out var given)
                ? given.ValueKind == JsonValueKind.String ? sampleRate / 4.0 : given.GetDouble()
                : 997;
            var phase = segment.TryGetProperty("phase_rad", out var start) ? start.GetDouble() : 0;
            var levels = segment.GetProperty("dbfs").EnumerateArray()
                .Select(level => level.ValueKind == JsonValueKind.Null ? 0 : Math.Pow(10, level.GetDouble() / 20)).ToArray();
            var frames = (int)Math.Round(segment.GetProperty("seconds").GetDouble() * sampleRate);
            var first = samples.Count / channels;
            for (var frame = first; frame < first + frames; frame++)
            {
                foreach (var level in levels) samples.Add((float)(level * Math.Sin((2 * Math.PI * hz * frame / sampleRate) + phase)));
            }
        }

        return ([.. samples], channels);
    }

    public static (float[] Samples, int Channels, int SampleRate) File16(string name)
    {
        using var file = File.OpenRead(Path.Combine(Folder, name));
        var header = WavHeader.Read(file);
        var bytes = new byte[header.DataBytes];
        file.ReadExactly(bytes);
        var samples = new float[bytes.Length / 2];
        for (var index = 0; index < samples.Length; index++) samples[index] = BitConverter.ToInt16(bytes, 2 * index) / 32768f;
        return (samples, header.Channels, header.SampleRate);
    }
}
