using System.Text.Json;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio;

/// <summary>fixtures/audio/wav: files of every kind, and in read.json what they hold or why they must be refused.</summary>
internal static class WavFixtures
{
    private static readonly string Folder = Path.Combine(Repository.Fixtures, "audio", "wav");
    private static readonly JsonElement[] Cases =
        [.. JsonDocument.Parse(Bytes("read.json")).RootElement.GetProperty("cases").EnumerateArray()];

    public static IEnumerable<string> Readable => Cases.Where(reference => reference.GetProperty("ok").GetBoolean()).Select(Name);

    public static IEnumerable<string> Malformed => Cases.Where(reference => !reference.GetProperty("ok").GetBoolean()).Select(Name);

    public static JsonElement Case(string file) => Cases.Single(reference => Name(reference) == file);

    public static string Reason(string file) => Case(file).GetProperty("reason").GetString()!;

    public static byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(Folder, file));

    private static string Name(JsonElement reference) => reference.GetProperty("file").GetString()!;
}
