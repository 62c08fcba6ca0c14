namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>The chances of one request: the same ones for the same seed and index, whichever requests came before it.</summary>
internal sealed class Dice(int seed, int index)
{
    // Weyl's sequence: neighbours start far apart.
    private readonly Random _random = new(unchecked((int)((uint)seed + ((uint)index * 2654435769))));

    /// <returns>0 to <paramref name="sides"/> − 1.</returns>
    public int Roll(int sides) => _random.Next(sides);

    /// <returns>true once in so many times.</returns>
    public bool OneIn(int times) => _random.Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> of) => of[_random.Next(of.Count)];

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    public void Shuffle<T>(Span<T> items) => _random.Shuffle(items);
}
