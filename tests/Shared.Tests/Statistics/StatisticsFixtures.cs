using System.Text.Json;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Statistics;

/// <summary>Golden statistics made with numpy, scipy and mpmath. See the README beside them.</summary>
internal static class StatisticsFixtures
{
    private static string Folder { get; } = Path.Combine(Repository.Fixtures, "stats");

    public static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));
        return document.RootElement.Clone();
    }

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Folder, file));

    /// <summary>[rows][columns].</summary>
    public static float[][] Rows(string npy)
    {
        var array = Npy.Read<float>(Path.Combine(Folder, npy));
        return [.. array.Values.Chunk(array.Shape[1])];
    }

    public static TheoryData<string> Names(JsonElement cases) => [.. cases.EnumerateArray().Select(item => item.GetProperty("name").GetString()!)];

    public static JsonElement Named(JsonElement cases, string name) => cases.EnumerateArray().Single(item => item.GetProperty("name").GetString() == name);

    /// <summary>null stands for NaN and text for what it says, where the golden data gives what must be refused.</summary>
    public static double[] Doubles(JsonElement values) => [.. values.EnumerateArray().Select(value => value.ValueKind switch
    {
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String when value.GetString() == "Infinity" => double.PositiveInfinity,
        _ => value.GetDouble(),
    })];

    /// <summary>null where the golden value is null; else within a relative tolerance.</summary>
    public static void AssertClose(JsonElement expected, double? actual, double tolerance, string what)
    {
        if (expected.ValueKind == JsonValueKind.Null)
        {
            Assert.True(actual is null, $"{what} is {actual}, expected none.");
            return;
        }

        var golden = expected.GetDouble();
        Assert.True(
            actual is { } value && Math.Abs(value - golden) <= tolerance * Math.Abs(golden),
            $"{what} is {actual:R}, expected {golden:R} within {tolerance}.");
    }
}
