namespace AudioReprompt.Composing.Synthesis;

/// <summary>Shapes of loudness over time; all go from or to exactly 0, so nothing clicks.</summary>
internal static class Envelope
{
    /// <returns>0 at the beginning, 1 from <paramref name="attackSeconds"/> on, smooth at both ends.</returns>
    public static double Rise(double seconds, double attackSeconds)
    {
        if (seconds >= attackSeconds) return 1;
        var share = seconds / attackSeconds;
        return share * share * (3 - (2 * share));
    }

    /// <returns>1 up to the gate's end, then down to 0 within <paramref name="releaseSeconds"/>.</returns>
    public static double Release(double seconds, double gateSeconds, double releaseSeconds)
    {
        if (seconds <= gateSeconds) return 1;
        var left = 1 - ((seconds - gateSeconds) / releaseSeconds);
        return left <= 0 ? 0 : left * left;
    }

    /// <returns>Exponential decay by 60 dB within <paramref name="t60Seconds"/>.</returns>
    public static double Decay(double seconds, double t60Seconds) => PortableMath.Exp2(seconds / t60Seconds * -9.965784284662087);
}
