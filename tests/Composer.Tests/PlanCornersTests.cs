using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

/// <summary>Every parameter at both ends, every instrument, every mode: whatever the plan, it is clean audio.</summary>
public sealed class PlanCornersTests
{
    public static TheoryData<Instrument> Instruments => [.. Enum.GetValues<Instrument>()];

    public static TheoryData<Mode> Modes => [.. Enum.GetValues<Mode>()];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task GenerateAsync_EachParameterAtItsEnd_IsClean(double end)
    {
        var neutral = MusicalPlan.Neutral;
        MusicalPlan[] plans =
        [
            neutral with { TempoBpm = end == 0 ? 40 : 200 },
            neutral with { Register = end },
            neutral with { Consonance = end },
            neutral with { Articulation = end },
            neutral with { Dynamics = end },
            neutral with { Roughness = end },
            neutral with { Brightness = end },
            neutral with { Reverberance = end },
            neutral with { Density = end },
        ];
        foreach (var plan in plans) SoundAssert.IsClean(await Pieces.PlayAsync(plan, 6.5));
    }

    [Theory]
    [InlineData(40, 0)]
    [InlineData(40, 1)]
    [InlineData(200, 0)]
    [InlineData(200, 1)]
    public async Task GenerateAsync_AllSharesAtOneEnd_IsClean(double tempoBpm, double end)
    {
        var plan = new MusicalPlan
        {
            TempoBpm = tempoBpm,
            Register = end,
            Consonance = 1 - end,
            Articulation = end,
            Dynamics = end,
            Roughness = end,
            Brightness = end,
            Reverberance = end,
            Density = end,
            Instruments =
                [Instrument.Flute, Instrument.Bass, Instrument.Pad, Instrument.Brass, Instrument.PluckedStrings, Instrument.Shaker],
        };

        SoundAssert.IsClean(await Pieces.PlayAsync(plan, 12));
    }

    [Theory]
    [MemberData(nameof(Instruments))]
    public async Task GenerateAsync_InstrumentAlone_IsClean(Instrument instrument) =>
        SoundAssert.IsClean(await Pieces.PlayAsync(new MusicalPlan { Instruments = [instrument] }, 12.34));

    [Theory]
    [MemberData(nameof(Instruments))]
    public async Task GenerateAsync_InstrumentAloneSlowAndSparse_IsNeverSilentForLong(Instrument instrument)
    {
        var plan = new MusicalPlan
        {
            TempoBpm = 40,
            Density = 0,
            Articulation = 0.3,
            Reverberance = 0,
            Register = 0.9,
            Instruments = [instrument],
        };

        SoundAssert.IsClean(await Pieces.PlayAsync(plan, 21));
    }

    [Theory]
    [MemberData(nameof(Instruments))]
    public async Task GenerateAsync_InstrumentAloneInASecondAtTheExtremes_IsClean(Instrument instrument)
    {
        foreach (var register in (double[])[0, 1])
        {
            foreach (var tempoBpm in (double[])[40, 200])
            {
                var plan = new MusicalPlan
                {
                    TempoBpm = tempoBpm,
                    Register = register,
                    Articulation = register,
                    Instruments = [instrument],
                };
                SoundAssert.IsClean(await Pieces.PlayAsync(plan, 1));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task GenerateAsync_EachMode_IsClean(Mode mode) =>
        SoundAssert.IsClean(await Pieces.PlayAsync(MusicalPlan.Neutral with { Mode = mode }, 8));

    [Fact]
    public async Task GenerateAsync_ManySeeds_AreClean()
    {
        MusicalPlan[] plans = [Pieces.Sweet, Pieces.Sour, Pieces.Bitter, Pieces.Salty, Pieces.Spicy];
        for (var seed = 0; seed < 25; seed++)
        {
            SoundAssert.IsClean(await Pieces.PlayAsync(plans[seed % plans.Length], 2 + (seed * 0.61), seed));
        }
    }
}
