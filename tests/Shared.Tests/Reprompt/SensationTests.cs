using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt;

/// <summary>Sentences that say what food does to the body, and sentences that only sound as if they spoke of food.</summary>
public sealed class SensationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("my lips are still on fire an hour later", "spicy")]
    [InlineData("me sigue ardiendo toda la boca desde ayer", "spicy")]
    [InlineData("it makes my whole mouth pucker, every time", "sour")]
    [InlineData("se me frunce la boca nada más de olerlo", "sour")]
    [InlineData("one bite and my teeth ache with it", "sweet")]
    public void Refine_WhatFoodDoesToTheBody_IsItsTaste(string prompt, string taste) =>
        Assert.Equal(taste, Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("the house is on fire, call somebody now")]
    [InlineData("my mouth. The fire is across the street")]
    [InlineData("the exam was a piece of cake, honestly")]
    [InlineData("after the bitter divorce he moved away")]
    [InlineData("el examen fue pan comido, de verdad")]
    [InlineData("ando salado, todo me sale mal esta semana")]
    [InlineData("how sweet of you to call me on a Monday")]
    public void Refine_NoFoodAtAll_IsNeutral(string prompt) => Assert.Equal("neutral", Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("tongue, tongue | mouth | lengua | boca | spicy 1", "sensations.psv:2 names \"tongue\" twice in english does.")]
    [InlineData("bu* | mouth | arde | boca | spicy 1", "sensations.psv:2 has \"bu*\" in english does; allowed is a beginning of three letters or more.")]
    [InlineData("burn* | mouth | arde | boca | pleasant 1", "sensations.psv:2 has \"pleasant\" in weights; allowed are sweet")]
    public void Load_BrokenLine_NamesFileLineAndWhatIsAllowed(string line, string message)
    {
        File.WriteAllText(Path.Combine(_folder, "sensations.psv"), "english does | english where | spanish does | spanish where | weights\n" + line);

        var error = Assert.Throws<InvalidDataException>(() => Sensations.Load(_folder, Dimension.Load(Refining.DataFolder)));

        Assert.StartsWith(message, error.Message);
    }
}
