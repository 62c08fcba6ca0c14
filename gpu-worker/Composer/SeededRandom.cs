namespace AudioReprompt.Composing;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators", OOPSLA). A mutable struct: hand it on by
/// reference. <see cref="Random"/> is not used because its sequence for a seed is an implementation detail of the runtime.
/// </summary>
internal struct SeededRandom
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <param name="seed">The request's.</param>
    /// <param name="stream">Separate streams of one seed: a change in how the melody draws leaves the harmony as it was.</param>
    public SeededRandom(long seed, int stream) => _state = Mix((ulong)seed + (GoldenGamma * (ulong)(uint)stream)) ^ (ulong)seed;

    public ulong NextUInt64()
    {
        _state += GoldenGamma;
        return Mix(_state);
    }

    /// <returns>0 ≤ x &lt; 1, 53 random bits.</returns>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <returns>−1 ≤ x &lt; 1: white noise.</returns>
    public float NextSample() => (int)(NextUInt64() >> 32) * (1f / (1u << 31));

    /// <returns>−1 &lt; x &lt; 1, likelier near 0 (triangular), as a player's deviations are.</returns>
    public double NextDeviation() => NextDouble() - NextDouble();

    /// <returns>0 ≤ n &lt; <paramref name="count"/>.</returns>
    public int Next(int count) => (int)(NextDouble() * count);

    public bool Chance(double probability) => NextDouble() < probability;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];

    /// <returns>An index, with a probability in proportion to its weight.</returns>
    public int PickWeighted(ReadOnlySpan<double> weights)
    {
        double total = 0;
        foreach (var weight in weights) total += weight;
        var drawn = NextDouble() * total;
        for (var index = 0; index < weights.Length - 1; index++)
        {
            drawn -= weights[index];
            if (drawn < 0) return index;
        }

        return weights.Length - 1;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
