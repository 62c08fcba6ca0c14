namespace AudioReprompt.MusicGen.Generation;

/// <summary>
/// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011): a random number is a function of a key and a counter,
/// so it depends on what it is for and not on what was drawn before.
/// </summary>
internal static class Philox
{
    private const uint FirstMultiplier = 0xD2511F53;
    private const uint SecondMultiplier = 0xCD9E8D57;
    private const uint FirstWeyl = 0x9E3779B9;
    private const uint SecondWeyl = 0xBB67AE85;
    private const int Rounds = 10;

    /// <returns>Four random words.</returns>
    public static (uint A, uint B, uint C, uint D) Words((uint A, uint B, uint C, uint D) counter, (uint A, uint B) key)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var first = (ulong)FirstMultiplier * counter.A;
            var second = (ulong)SecondMultiplier * counter.C;
            counter = ((uint)(second >> 32) ^ counter.B ^ key.A, (uint)second, (uint)(first >> 32) ^ counter.D ^ key.B, (uint)first);
            key = (key.A + FirstWeyl, key.B + SecondWeyl);
        }

        return counter;
    }

    /// <summary>The number with which a codebook's token of a step is drawn.</summary>
    /// <param name="step">From the song's first step, through all windows.</param>
    /// <returns>At least 0, below 1, in steps of 2⁻⁵³.</returns>
    public static double Draw(long seed, int step, int codebook)
    {
        var (a, b, _, _) = Words(((uint)step, (uint)codebook, 0, 0), ((uint)seed, (uint)(seed >> 32)));
        return (((ulong)a << 32 | b) >> 11) * (1.0 / (1UL << 53));
    }
}
