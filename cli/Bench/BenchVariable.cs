using System.Globalization;

namespace AudioReprompt.Cli.Bench;

/// <summary>How much a bench does, where somebody wants other than the amount that its goal is for.</summary>
internal static class BenchVariable
{
    /// <param name="name">Of the environment.</param>
    /// <exception cref="ArgumentException">It holds something else than a whole number from 1.</exception>
    public static int Read(string name, int standard)
    {
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } text) return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ArgumentException($"{name} must be a whole number from 1, not '{text}'.");
    }
}
