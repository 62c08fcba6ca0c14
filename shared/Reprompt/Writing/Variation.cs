namespace AudioReprompt.Reprompt.Writing;

/// <summary>
/// A stream of choices that is the same for the same text on every machine: FNV-1a of the text's UTF-16LE bytes seeds SplitMix64.
/// </summary>
internal sealed class Variation(string text)
{
    private const ulong FnvOffsetBasis = 0xCBF29CE484222325;
    private const ulong FnvPrime = 0x100000001B3;
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state = Fnv1a(text);

    /// <summary>64-bit FNV-1a.</summary>
    public static ulong Fnv1a(ReadOnlySpan<char> text)
    {
        var hash = FnvOffsetBasis;
        foreach (var unit in text)
        {
            hash = (hash ^ (byte)unit) * FnvPrime;
            hash = (hash ^ (byte)(unit >> 8)) * FnvPrime;
        }

        return hash;
    }

    public T Pick<T>(IReadOnlyList<T> options) => options[Below(options.Count)];

    /// <summary>0…<paramref name="count"/> − 1.</summary>
    public int Below(int count)
    {
        _state += GoldenGamma;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)count);
    }
}
