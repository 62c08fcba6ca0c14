using AudioReprompt.Composing.Synthesis;

namespace AudioReprompt.Composing.Tests.Synthesis;

public sealed class VoiceTests
{
    private static readonly Timbre Neutral = new(0.5, 0.4, 0.5);
    private static readonly string[] Voices = ["piano", "marimba", "plucked", "bowed", "flute", "brass", "pad", "bass"];

    public static TheoryData<string, int> Pitched
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var pitch in (int[])[43, 57, 69, 81])
            {
                foreach (var voice in Voices) cases.Add(voice, pitch);
            }

            return cases;
        }
    }

    /// <summary>Within 10 cents; the pads and strings are detuned around the pitch on purpose.</summary>
    [Theory]
    [MemberData(nameof(Pitched))]
    public void Render_PitchedVoice_IsInTune(string name, int pitch)
    {
        var output = new float[32_000];
        var frames = Voice(name).Render(new Tone(pitch, 0.6, 0.9, 1), output);

        var hz = PortableMath.PitchToHz(pitch);
        var window = output.AsSpan(4_000, Math.Min(frames - 4_000, 12_000));
        double best = 0, bestPower = 0;
        for (var cents = -60; cents <= 60; cents += 2)
        {
            var power = Power(window, hz * Math.Pow(2, cents / 1200.0));
            if (power <= bestPower) continue;
            bestPower = power;
            best = cents;
        }

        Assert.InRange(best, -10, 10);
    }

    [Theory]
    [MemberData(nameof(Pitched))]
    public void Render_PitchedVoice_BeginsAndEndsNearZero(string name, int pitch)
    {
        var output = new float[64_000];
        var frames = Voice(name).Render(new Tone(pitch, 1, 0.3, 1), output);

        Assert.InRange(frames, 3_200, 64_000);
        Assert.InRange(Math.Abs(output[frames - 1]), 0, 0.002f);
        if (name != "plucked") Assert.InRange(Math.Abs(output[0]), 0, 0.05f);
    }

    private static IVoice Voice(string name) => name switch
    {
        "piano" => new Piano(Neutral),
        "marimba" => new Marimba(Neutral),
        "plucked" => new PluckedStrings(Neutral),
        "bowed" => new BowedStrings(Neutral),
        "flute" => new Flute(Neutral),
        "brass" => new Brass(Neutral),
        "pad" => new Pad(Neutral),
        _ => new Bass(Neutral),
    };

    /// <summary>Of one frequency in a Hann window.</summary>
    private static double Power(ReadOnlySpan<float> window, double hz)
    {
        double re = 0, im = 0;
        for (var index = 0; index < window.Length; index++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * hz * index / 32_000);
            var weighted = window[index] * (1 - Math.Cos(2 * Math.PI * index / window.Length));
            re += weighted * cos;
            im += weighted * sin;
        }

        return (re * re) + (im * im);
    }
}
