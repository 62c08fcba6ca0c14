namespace AudioReprompt.Reprompt;

/// <summary>Emotion sets mode, tempo and loudness where the taste leaves them free.</summary>
public class EmotionTests
{
    [Theory]
    [InlineData("We are having water at a wild party", "We are having water in a silent church")]
    [InlineData("Tomamos agua en una fiesta ruidosa", "Tomamos agua en una iglesia tranquila")]
    [InlineData("We are having a bitter snack at a wild party", "We are having a bitter snack in a silent church")]
    public void Plan_ExcitedAgainstCalm_IsFasterLouderAndDenser(string excited, string calm)
    {
        var (fast, slow) = (Refining.Plan(excited), Refining.Plan(calm));

        Assert.True(fast.TempoBpm > slow.TempoBpm + 20);
        Assert.True(fast.Dynamics > slow.Dynamics + 0.2);
        Assert.True(fast.Density > slow.Density + 0.1);
    }

    [Theory]
    [InlineData("We are having water and we are so happy", "We are having water and we are so sad")]
    [InlineData("Tomamos agua y estamos muy felices", "Tomamos agua y estamos muy tristes")]
    [InlineData("We are having sour soup and we are so happy", "We are having sour soup at a funeral")]
    public void Plan_HappyAgainstSad_HasABrighterMode(string happy, string sad)
    {
        Assert.Contains(Refining.Plan(happy).Mode, (Mode[])[Mode.Major, Mode.Lydian, Mode.Mixolydian]);
        Assert.Contains(Refining.Plan(sad).Mode, (Mode[])[Mode.Minor, Mode.Dorian, Mode.Phrygian]);
    }

    [Fact]
    public void Plan_TasteThatHoldsTheTempo_LeavesLittleToTheMood()
    {
        var free = Refining.Plan("a salty snack at a wild party").TempoBpm - Refining.Plan("a salty snack in a silent church").TempoBpm;
        var held = Refining.Plan("a sweet snack at a wild party").TempoBpm - Refining.Plan("a sweet snack in a silent church").TempoBpm;

        Assert.True(held < free / 2, $"held {held}, free {free}");
    }

    [Theory]
    [InlineData("we are happy about this", "we are not happy about this")]
    [InlineData("estamos felices con esto", "no estamos felices con esto")]
    public void Profile_NegatedMood_LeansTheOtherWay(string plain, string negated)
    {
        Assert.True(Refining.Refine(plain).Profile.Valence > 0);
        Assert.True(Refining.Refine(negated).Profile.Valence < 0);
    }

    [Theory]
    [InlineData("alone at a funeral on a rainy winter night, lonely and crying and sad and tired")]
    [InlineData("fiesta, carnaval, baile, alegría, risas, amigos, boda, cumpleaños, sol y verano")]
    public void Profile_ManyMoodWords_StaysWithinItsRange(string prompt)
    {
        var profile = Refining.Refine(prompt).Profile;

        Assert.InRange(profile.Valence, -1, 1);
        Assert.InRange(profile.Arousal, -1, 1);
        Assert.True(Math.Abs(profile.Valence) > 0.7);
    }
}
