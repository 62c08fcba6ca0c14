namespace AudioReprompt.Audio.Mel;

/// <summary>
/// The integers of <c>numpy.random.seed(seed)</c> and <c>numpy.random.randint</c>, so that crops that the reference takes at random can be
/// taken again: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded by its <c>init_genrand</c>; a number in a range is the
/// next 32 bits under the smallest mask that covers it, drawn again while it lies outside. Belongs to one thread.
/// </summary>
public sealed class NumpyRandom
{
    private const int Words = 624;
    private const int Distance = 397;

    private readonly uint[] _state = new uint[Words];
    private int _next = Words;

    public NumpyRandom(uint seed)
    {
        for (var word = 0u; word < Words; word++)
        {
            _state[word] = seed;
            seed = (1_812_433_253 * (seed ^ (seed >> 30))) + word + 1;
        }
    }

    /// <summary><c>randint(0, count)</c>.</summary>
    /// <param name="count">From 1; for 1 nothing is drawn.</param>
    /// <returns>0 … count − 1.</returns>
    public int Next(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var largest = (uint)(count - 1);
        if (largest == 0) return 0;
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(largest);
        while (true)
        {
            var drawn = NextBits() & mask;
            if (drawn <= largest) return (int)drawn;
        }
    }

    internal uint NextBits()
    {
        if (_next == Words) Twist();
        var bits = _state[_next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9D2C5680;
        bits ^= (bits << 15) & 0xEFC60000;
        return bits ^ (bits >> 18);
    }

    private void Twist()
    {
        for (var word = 0; word < Words; word++)
        {
            var joined = (_state[word] & 0x80000000) | (_state[(word + 1) % Words] & 0x7FFFFFFF);
            _state[word] = _state[(word + Distance) % Words] ^ (joined >> 1) ^ ((joined & 1) * 0x9908B0DF);
        }

        _next = 0;
    }
}
