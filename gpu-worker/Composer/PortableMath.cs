namespace AudioReprompt.Composing;

/// <summary>
/// Elementary functions made of +, −, ×, ÷ and bit operations, which IEEE 754 rounds the same way everywhere. <see cref="Math.Sin"/> and
/// its like may differ in the last bit between C libraries and processors, and the engine promises the same samples for a seed. What is
/// relied on: the JIT neither reorders floating point nor fuses multiply and add by itself.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.693147180559945309417;

    /// <returns>2^x, relative error below 1e-14; 0 where the result would be subnormal.</returns>
    public static double Exp2(double x)
    {
        if (x < -1022) return 0;
        var whole = Math.Floor(x + 0.5);
        var power = (x - whole) * Ln2;
        double term = 1, sum = 1;
        for (var n = 1; n <= 14; n++)
        {
            term *= power / n;
            sum += term;
        }

        return sum * BitConverter.Int64BitsToDouble(((long)whole + 1023) << 52);
    }

    /// <returns>e^x.</returns>
    public static double Exp(double x) => Exp2(x / Ln2);

    /// <param name="x">Positive and normal.</param>
    /// <returns>log₂ x by the series of artanh, error below 1e-14.</returns>
    public static double Log2(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | (1023L << 52));
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var z = (mantissa - 1) / (mantissa + 1);
        var square = z * z;
        double power = z, sum = 0;
        for (var n = 1; n <= 21; n += 2)
        {
            sum += power / n;
            power *= square;
        }

        return exponent + (2 * sum / Ln2);
    }

    /// <returns>b^e for a positive b.</returns>
    public static double Pow(double b, double e) => Exp2(e * Log2(b));

    /// <returns>sin 2πt by its Taylor series on a quarter turn, error below 1e-13.</returns>
    public static double SinTurns(double turns)
    {
        var part = turns - Math.Floor(turns + 0.5);
        if (part > 0.25) part = 0.5 - part;
        if (part < -0.25) part = -0.5 - part;
        var x = part * (2 * Math.PI);
        var square = x * x;
        double term = x, sum = x;
        for (var n = 2; n <= 18; n += 2)
        {
            term *= -square / (n * (n + 1));
            sum += term;
        }

        return sum;
    }

    /// <returns>cos 2πt.</returns>
    public static double CosTurns(double turns) => SinTurns(turns + 0.25);

    /// <returns>Amplitude ratio.</returns>
    public static double FromDecibels(double decibels) => Exp2(decibels * 0.166096404744368117394);

    /// <param name="pitch">MIDI note number, 69 = A4 = 440 Hz; fractions are allowed.</param>
    /// <returns>Hz, equal temperament.</returns>
    public static double PitchToHz(double pitch) => 440 * Exp2((pitch - 69) / 12);

    public static double Lerp(double from, double to, double share) => from + ((to - from) * share);
}
