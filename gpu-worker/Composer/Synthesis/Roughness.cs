namespace AudioReprompt.Composing.Synthesis;

/// <summary>
/// Makes a note rough in two ways: its amplitude is modulated, which adds partials that beat with the others at the rates heard as
/// roughness (strongest near 70 Hz, lower for low carriers: Fastl and Zwicker, Psychoacoustics, ch. 11), and it is softly overdriven, as
/// through an amplifier and its loudspeaker.
/// </summary>
internal static class Roughness
{
    // Of low notes the modulation is slow enough to be heard as a row of strokes, so it is shallower there; the overdrive is as everywhere.

    /// <summary>A neutral plan's roughness, 0.2, is hardly heard; below this nothing is done.</summary>
    private const double Threshold = 0.1;

    /// <param name="roughness">0…1 of the plan.</param>
    /// <param name="hz">The note's frequency.</param>
    /// <param name="phaseTurns">Where in its period the modulation begins; notes struck together should not pulse together.</param>
    public static void Apply(Span<float> note, double roughness, double hz, double phaseTurns)
    {
        var amount = (roughness - Threshold) / (1 - Threshold);
        if (amount <= 0) return;

        var depth = (float)(0.9 * amount * Math.Clamp((hz - 60) / 400, 0.3, 1));
        var rateTurns = Math.Clamp(25 + (0.045 * hz), 25, 70) / AudioFormat.SampleRate;
        var (turnCos, turnSin) = (PortableMath.CosTurns(rateTurns), PortableMath.SinTurns(rateTurns));
        var (cos, sin) = (PortableMath.CosTurns(phaseTurns), PortableMath.SinTurns(phaseTurns));
        var drive = (float)(1 + (14 * amount * amount));
        var makeUp = 1 / (1 + ((drive - 1) * 0.45f));
        var openness = 1 - (float)PortableMath.Exp(-2 * Math.PI * CabinetHz(amount) / AudioFormat.SampleRate);
        var dull = 0f;
        foreach (ref var sample in note)
        {
            (cos, sin) = ((cos * turnCos) - (sin * turnSin), (cos * turnSin) + (sin * turnCos));
            dull += openness * ((makeUp * Saturate(sample * drive * (1 + (depth * (float)sin)))) - dull);
            sample = dull;
        }
    }

    /// <summary>
    /// Where the highs end: the loudspeaker of a driven amplifier. Overdrive makes new highs; without it whatever is rough would be sharp as well,
    /// and the studies tell the two apart.
    /// </summary>
    private static double CabinetHz(double amount) => 14_000 * PortableMath.Exp2(-3.4 * amount);

    /// <summary>A rational tanh: odd, slope 1 at 0, ±1 from ±3 on.</summary>
    private static float Saturate(float x)
    {
        x = Math.Clamp(x, -3f, 3f);
        return x * (27 + (x * x)) / (27 + (9 * x * x));
    }
}
