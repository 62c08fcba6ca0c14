namespace AudioReprompt.Composing.Synthesis;

/// <summary>One period of a sum of harmonics, and how to play it.</summary>
internal static class Wavetable
{
    /// <summary>Samples a period; a power of two, so that a 32-bit phase wraps around by itself.</summary>
    public const int Length = 1 << Bits;

    private const int Bits = 11;
    private const int FractionBits = 32 - Bits;
    private const float FractionScale = 1f / (1u << FractionBits);

    private static readonly float[] Sine = MakeSine();

    /// <summary>
    /// Adds a harmonic. Its phase follows Schroeder 1970 ("Synthesis of low-peak-factor signals"), so that many harmonics do not all peak
    /// at the same place.
    /// </summary>
    /// <param name="table"><see cref="Length"/> samples and the first one once more, for interpolation.</param>
    public static void AddHarmonic(float[] table, int harmonic, int harmonics, float amplitude)
    {
        var phase = (int)((long)harmonic * harmonic * Length / (2 * harmonics));
        for (var index = 0; index < Length; index++)
        {
            table[index] += amplitude * Sine[((index * harmonic) + phase) & (Length - 1)];
        }

        table[Length] = table[0];
    }

    public static float[] Empty() => new float[Length + 1];

    /// <returns>What a 32-bit phase grows by each sample.</returns>
    public static uint Increment(double hz) => (uint)(hz / AudioFormat.SampleRate * 4294967296.0);

    /// <summary>Adds the table's wave to a block, its level going straight from one value to the other.</summary>
    /// <returns>The phase after the block.</returns>
    public static uint AddTo(Span<float> block, float[] table, uint phase, uint increment, float fromLevel, float toLevel)
    {
        var step = (toLevel - fromLevel) / block.Length;
        var level = fromLevel;
        for (var index = 0; index < block.Length; index++)
        {
            var place = (int)(phase >> FractionBits);
            var low = table[place];
            block[index] += level * (low + ((table[place + 1] - low) * ((phase & ((1u << FractionBits) - 1)) * FractionScale)));
            level += step;
            phase += increment;
        }

        return phase;
    }

    private static float[] MakeSine()
    {
        var sine = new float[Length];
        for (var index = 0; index < Length; index++) sine[index] = (float)PortableMath.SinTurns((double)index / Length);
        return sine;
    }
}
