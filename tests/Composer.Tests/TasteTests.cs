using AudioReprompt.Reprompt;

namespace AudioReprompt.Composing.Tests;

/// <summary>
/// The published directions (specs/taste-music.md), heard in the finished audio and not in the score. Each feature is the mean over
/// three seeds, so that no single tune decides.
/// </summary>
public sealed class TasteTests
{
    private static readonly Task<Features> Sweet = HearAsync(Pieces.Sweet);
    private static readonly Task<Features> Sour = HearAsync(Pieces.Sour);
    private static readonly Task<Features> Bitter = HearAsync(Pieces.Bitter);
    private static readonly Task<Features> Salty = HearAsync(Pieces.Salty);
    private static readonly Task<Features> Spicy = HearAsync(Pieces.Spicy);

    /// <summary>Mesz et al. 2011: sour is high-pitched and fast, bitter low-pitched; Knoeferle et al. 2015: sour is sharp.</summary>
    [Fact]
    public async Task Taste_SourAgainstBitter_IsHigherSharperFaster()
    {
        var (sour, bitter) = (await Sour, await Bitter);
        Assert.True(sour.Centroid > 2 * bitter.Centroid, $"{sour} {bitter}");
        Assert.True(sour.Median > 2 * bitter.Median, $"{sour} {bitter}");
        Assert.True(sour.Onsets > 1.5 * bitter.Onsets, $"{sour} {bitter}");
    }

    /// <summary>
    /// Mesz et al. 2011: sweet is soft and slow; Knoeferle et al. 2015: sweet is low in roughness and sharpness, sour high.
    /// </summary>
    [Fact]
    public async Task Taste_SweetAgainstSour_IsSofterSlowerSmootherDuller()
    {
        var (sweet, sour) = (await Sweet, await Sour);
        Assert.InRange(sour.Lufs - sweet.Lufs, LouderBy(Pieces.Sour, Pieces.Sweet) - 0.5, LouderBy(Pieces.Sour, Pieces.Sweet) + 0.5);
        Assert.True(sweet.Onsets < 0.7 * sour.Onsets, $"{sweet} {sour}");
        Assert.True(sweet.Beating < 0.8 * sour.Beating, $"{sweet} {sour}");
        Assert.True(sweet.Centroid < 0.7 * sour.Centroid, $"{sweet} {sour}");
    }

    /// <summary>Crisinel and Spence 2010: sweet goes with high pitch, bitter with low; Knoeferle et al. 2015: bitter is rough.</summary>
    [Fact]
    public async Task Taste_BitterAgainstSweet_IsLowerAndRougher()
    {
        var (sweet, bitter) = (await Sweet, await Bitter);
        Assert.True(bitter.Median < 0.7 * sweet.Median, $"{sweet} {bitter}");
        Assert.True(bitter.Beating > 1.3 * sweet.Beating, $"{sweet} {bitter}");
    }

    /// <summary>Mesz et al. 2011: salty is staccato; Knoeferle et al. 2015: salty is discontinuous, sweet continuous.</summary>
    [Fact]
    public async Task Taste_SaltyAgainstTheOthers_IsTheMostDiscontinuous()
    {
        var salty = await Salty;
        foreach (var other in new[] { await Sweet, await Bitter, await Sour, await Spicy })
        {
            Assert.True(salty.Sounding < other.Sounding - 0.15, $"{salty} {other}");
        }
    }

    /// <summary>Wang, Keller, Spence 2017: spicy is fast, high and distorted.</summary>
    [Fact]
    public async Task Taste_SpicyAgainstSweet_IsFasterHigherRougherLouder()
    {
        var (spicy, sweet) = (await Spicy, await Sweet);
        Assert.True(spicy.Onsets > 1.5 * sweet.Onsets, $"{spicy} {sweet}");
        Assert.True(spicy.Centroid > 2 * sweet.Centroid, $"{spicy} {sweet}");
        Assert.True(spicy.Beating > 1.3 * sweet.Beating, $"{spicy} {sweet}");
        Assert.InRange(spicy.Lufs - sweet.Lufs, LouderBy(Pieces.Spicy, Pieces.Sweet) - 0.5, LouderBy(Pieces.Spicy, Pieces.Sweet) + 0.5);
    }

    [Fact]
    public async Task Dynamics_Rising_RaisesTheLoudnessByTwoLuAQuarter()
    {
        var levels = new List<double>();
        foreach (var dynamics in (double[])[0, 0.25, 0.5, 0.75, 1])
        {
            levels.Add((await HearAsync(MusicalPlan.Neutral with { Dynamics = dynamics })).Lufs);
        }

        Assert.All(levels.Zip((double[])[-22, -20, -18, -16, -14]), pair => Assert.Equal(pair.Second, pair.First, tolerance: 0.25));
    }

    [Fact]
    public async Task Register_Rising_RaisesThePitch()
    {
        var low = await HearAsync(MusicalPlan.Neutral with { Register = 0.1 });
        var middle = await HearAsync(MusicalPlan.Neutral);
        var high = await HearAsync(MusicalPlan.Neutral with { Register = 0.9 });

        Assert.True(low.Median * 1.3 < middle.Median, $"{low} {middle}");
        Assert.True(middle.Median * 1.3 < high.Median, $"{middle} {high}");
    }

    [Fact]
    public async Task Brightness_Rising_RaisesTheSpectralCentroid()
    {
        var dark = await HearAsync(MusicalPlan.Neutral with { Brightness = 0 });
        var bright = await HearAsync(MusicalPlan.Neutral with { Brightness = 1 });

        Assert.True(bright.Centroid > 1.5 * dark.Centroid, $"{dark} {bright}");
    }

    [Fact]
    public async Task Roughness_Rising_AddsBeating()
    {
        var smooth = await HearAsync(MusicalPlan.Neutral with { Roughness = 0 });
        var rough = await HearAsync(MusicalPlan.Neutral with { Roughness = 1 });

        Assert.True(rough.Beating > 1.5 * smooth.Beating, $"{smooth} {rough}");
    }

    [Fact]
    public async Task Reverberance_Rising_FillsThePauses()
    {
        var dry = await HearAsync(Pieces.Salty with { Reverberance = 0 });
        var wet = await HearAsync(Pieces.Salty with { Reverberance = 1 });

        Assert.True(wet.Sounding > dry.Sounding + 0.15, $"{dry} {wet}");
    }

    [Fact]
    public async Task Density_Rising_AddsOnsets()
    {
        var plan = new MusicalPlan { Instruments = [Instrument.Marimba, Instrument.HandDrums], Articulation = 0.7 };
        var sparse = await HearAsync(plan with { Density = 0.1 });
        var dense = await HearAsync(plan with { Density = 0.9 });

        Assert.True(dense.Onsets > 1.5 * sparse.Onsets, $"{sparse} {dense}");
    }

    [Theory]
    [InlineData(72)]
    [InlineData(100)]
    [InlineData(133)]
    [InlineData(180)]
    public async Task TempoBpm_InTheAudio_IsThePlansBeat(double tempoBpm)
    {
        var plan = Pieces.Salty with { TempoBpm = tempoBpm, Instruments = [Instrument.Marimba, Instrument.Bass, Instrument.HandDrums] };

        var heard = new Listening(await Pieces.PlayAsync(plan, 30, 3)).TempoNear(tempoBpm);

        Assert.InRange(heard, tempoBpm * 0.99, tempoBpm * 1.01);
    }

    /// <summary>LU between two plans, by their dynamics alone.</summary>
    private static double LouderBy(MusicalPlan one, MusicalPlan other) => 8 * (one.Dynamics - other.Dynamics);

    private static async Task<Features> HearAsync(MusicalPlan plan)
    {
        const int Seeds = 3;
        var mean = new Features(0, 0, 0, 0, 0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var heard = new Listening(await Pieces.PlayAsync(plan, 10, seed));
            mean = new Features(
                mean.Centroid + (heard.SpectralCentroidHz / Seeds),
                mean.Median + (heard.SpectralMedianHz / Seeds),
                mean.Onsets + (heard.OnsetsPerSecond / Seeds),
                mean.Sounding + (heard.SoundingShare / Seeds),
                mean.Lufs + (heard.Lufs / Seeds),
                mean.Beating + (heard.Beating / Seeds));
        }

        return mean;
    }

    private sealed record Features(double Centroid, double Median, double Onsets, double Sounding, double Lufs, double Beating);
}
