using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;

namespace AudioReprompt.Reprompt;

/// <summary>The published directions, each as a comparison between two plans: correspondences are relative.</summary>
public class PlanDirectionTests
{
    private static readonly MusicalPlan Sweet = Refining.Plan("something sweet and nothing else");
    private static readonly MusicalPlan Sour = Refining.Plan("something sour and nothing else");
    private static readonly MusicalPlan Salty = Refining.Plan("something salty and nothing else");
    private static readonly MusicalPlan Bitter = Refining.Plan("something bitter and nothing else");
    private static readonly MusicalPlan Umami = Refining.Plan("something umami and nothing else");
    private static readonly MusicalPlan Spicy = Refining.Plan("something spicy and nothing else");
    private static readonly MusicalPlan Creamy = Refining.Plan("something creamy and nothing else");
    private static readonly MusicalPlan Rough = Refining.Plan("something rough and nothing else");
    private static readonly MusicalPlan Cold = Refining.Plan("something cold and nothing else");
    private static readonly MusicalPlan Hot = Refining.Plan("something hot and nothing else");

    [Fact] // Mesz, Trevisan, Sigman 2011
    public void Tempo_Sweet_IsTheSlowestTaste() =>
        Assert.All([Sour, Salty, Bitter, Spicy, Umami], other => Assert.True(Sweet.TempoBpm < other.TempoBpm));

    [Fact] // Mesz, Trevisan, Sigman 2011; Wang, Keller, Spence 2017
    public void Tempo_SourAndSpicy_AreTheFastest() =>
        Assert.All(
            [Sweet, Salty, Bitter, Creamy, Umami],
            other => Assert.True(Math.Min(Sour.TempoBpm, Spicy.TempoBpm) > other.TempoBpm + 15));

    [Fact] // Mesz 2011; Crisinel & Spence 2010
    public void Register_Bitter_IsTheLowest() =>
        Assert.All([Sweet, Sour, Salty, Spicy, Creamy], other => Assert.True(Bitter.Register < other.Register - 0.15));

    [Fact] // Crisinel & Spence 2010
    public void Register_SweetAndSour_AreHigherThanBitterAndUmami() =>
        Assert.All([Bitter, Umami], low => Assert.True(Math.Min(Sweet.Register, Sour.Register) > low.Register));

    [Fact] // Wang, Keller, Spence 2017
    public void Register_Spicy_IsHigherThanNeutral() => Assert.True(Spicy.Register > MusicalPlan.Neutral.Register + 0.15);

    [Fact] // Mesz 2011; Knoeferle 2015
    public void Articulation_Salty_IsStaccatoAndBitterAndSweetAreLegato()
    {
        Assert.True(Salty.Articulation > 0.65);
        Assert.All([Sweet, Bitter, Creamy], legato => Assert.True(legato.Articulation < 0.33));
    }

    [Fact] // Mesz 2011
    public void Consonance_Sour_IsDissonantAndSweetIsConsonant() =>
        Assert.True(Sour.Consonance < 0.35 && Sweet.Consonance > 0.8);

    [Fact] // Mesz 2011
    public void Dynamics_Sweet_IsTheSoftest() =>
        Assert.All([Sour, Salty, Bitter, Spicy], other => Assert.True(Sweet.Dynamics < other.Dynamics - 0.15));

    [Fact] // Knoeferle et al. 2015
    public void Roughness_Sweet_IsTheSmoothest() =>
        Assert.All([Sour, Salty, Bitter, Spicy], other => Assert.True(Sweet.Roughness < other.Roughness));

    [Fact] // Knoeferle et al. 2015
    public void Roughness_SourAndBitter_AreRougherThanNeutral() =>
        Assert.All([Sour, Bitter], rough => Assert.True(rough.Roughness > MusicalPlan.Neutral.Roughness));

    [Fact] // Wang, Keller, Spence 2017
    public void Roughness_Spicy_IsTheRoughest() =>
        Assert.All([Sweet, Sour, Salty, Bitter, Creamy], other => Assert.True(Spicy.Roughness > other.Roughness + 0.2));

    [Fact] // Knoeferle et al. 2015
    public void Brightness_Sour_IsSharpAndSweetIsNot() =>
        Assert.True(Sour.Brightness > MusicalPlan.Neutral.Brightness && Sweet.Brightness < MusicalPlan.Neutral.Brightness);

    [Fact] // Reinoso-Carvalho et al. 2017
    public void Creamy_AgainstRough_IsLegatoConsonantAndReverberant()
    {
        Assert.True(Creamy.Articulation < Rough.Articulation - 0.3);
        Assert.True(Creamy.Consonance > Rough.Consonance + 0.2);
        Assert.True(Creamy.Reverberance > Rough.Reverberance + 0.3);
    }

    [Fact] // Wang & Spence 2017
    public void Cold_AgainstHot_IsHigherAndFaster() =>
        Assert.True(Cold.Register > Hot.Register && Cold.TempoBpm > Hot.TempoBpm);

    [Fact] // Wang, Woods, Spence 2015: pleasantness mediates sweet and bitter.
    public void Mode_SweetAndBitter_FollowHowPleasantTheyAre()
    {
        Assert.Contains(Sweet.Mode, (Mode[])[Mode.Major, Mode.Lydian]);
        Assert.Contains(Bitter.Mode, (Mode[])[Mode.Minor, Mode.Dorian, Mode.Phrygian]);
    }

    [Fact] // Crisinel et al. 2012
    public void Instruments_SweetAndBitter_AreLedByPianoAndBrass()
    {
        Assert.Equal(Instrument.Piano, Sweet.Instruments[0]);
        Assert.Equal(Instrument.Brass, Bitter.Instruments[0]);
        Assert.DoesNotContain(Instrument.Brass, Sweet.Instruments);
    }

    [Fact] // Reinoso-Carvalho et al. 2017
    public void Instruments_CreamyAndRough_AreBowedAndPlucked()
    {
        Assert.Equal(Instrument.BowedStrings, Creamy.Instruments[0]);
        Assert.Contains(Instrument.Flute, Creamy.Instruments);
        Assert.Equal(Instrument.PluckedStrings, Rough.Instruments[0]);
    }

    [Fact]
    public void Plan_DominantTaste_LeadsAgainstAWeakerOne()
    {
        var bittersweet = Refining.Plan("something very bitter and slightly sweet");

        Assert.True(bittersweet.Register < MusicalPlan.Neutral.Register - 0.2);
        Assert.Equal(Instrument.Brass, bittersweet.Instruments[0]);
    }

    [Fact]
    public void Plan_StrongerTaste_MovesFarther()
    {
        var slightly = Refining.Plan("something slightly sour");
        var very = Refining.Plan("something extremely sour");

        Assert.True(very.TempoBpm > slightly.TempoBpm);
        Assert.True(very.Consonance < slightly.Consonance);
        Assert.True(slightly.Consonance < MusicalPlan.Neutral.Consonance);
    }

    [Fact]
    public void RefineAsync_SpicyTacoAtNight_IsFastDistortedAndHigh()
    {
        var plan = Refining.Plan("A spicy taco al pastor at a noisy street stand, late at night");

        Assert.True(plan.TempoBpm >= 130);
        Assert.True(plan.Roughness >= 0.6);
        Assert.True(plan.Register >= 0.65);
    }

    [Fact]
    public void RefineAsync_DarkChocolateInSilence_IsLowLegatoAndBrass()
    {
        var plan = Refining.Plan("un chocolate amargo muy oscuro en silencio");

        Assert.True(plan.Register <= 0.3);
        Assert.True(plan.Articulation <= 0.2);
        Assert.True(plan.Dynamics <= 0.4);
        Assert.Contains(Instrument.Brass, plan.Instruments);
    }

    [Fact]
    public void RefineAsync_VanillaIceCreamWithGrandmother_IsLegatoConsonantAndSoft()
    {
        var plan = Refining.Plan("a creamy vanilla ice cream with my grandmother");

        Assert.True(plan.Articulation <= 0.25);
        Assert.True(plan.Consonance >= 0.85);
        Assert.True(plan.Dynamics <= 0.35);
        Assert.True(plan.TempoBpm < 90);
    }

    [Theory]
    [MemberData(nameof(AllPrompts))]
    public void RefineAsync_AnyPrompt_KeepsThePlanWithinItsRanges(string prompt)
    {
        var plan = Refining.Plan(prompt);

        Assert.InRange(plan.TempoBpm, 40, 200);
        Assert.All(
            PlanValues.All.Where(parameter => parameter != PlanParameter.TempoBpm),
            parameter => Assert.InRange(PlanValues.Of(plan, parameter), 0, 1));
        Assert.InRange(plan.Instruments.Count, 1, 6);
        Assert.Distinct(plan.Instruments);
        Assert.DoesNotContain(
            plan.Instruments[0], (Instrument[])[Instrument.Pad, Instrument.Bass, Instrument.HandDrums, Instrument.Shaker]);
    }

    public static TheoryData<string> AllPrompts => [.. SamplePrompts.All];
}
