using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>Words that are spelled as they sound.</summary>
public class PhoneticsTests
{
    [Theory]
    [InlineData("coffee", "kofi", "en", false)]
    [InlineData("coffee", "cofee", "en", true)]
    [InlineData("pickles", "pikles", "en", true)]
    [InlineData("cheese", "cheeze", "en", true)]
    [InlineData("cheese", "cheesy", "en", false)]
    [InlineData("potato", "potatoe", "en", true)]
    [InlineData("queso", "keso", "es", true)]
    [InlineData("champiñon", "chanpiñon", "es", true)]
    [InlineData("huevos", "uebos", "es", true)]
    [InlineData("cebolla", "seboya", "es", true)]
    [InlineData("cebolla", "cebada", "es", false)]
    public void KeyOf_TwoSpellings_AreOneWordWhereTheySoundAlike(string word, string other, string language, bool alike)
    {
        var spoken = language == "en" ? Language.English : Language.Spanish;
        Assert.Equal(alike, Phonetics.KeyOf(word, spoken) == Phonetics.KeyOf(other, spoken));
    }

    [Theory]
    [InlineData("muchas aseitunas en la plaza, con mis primos", "«aseitunas» se leyó como aceitunas")]
    [InlineData("a jar of pikled things in the back yard", "“pikled” was read as pickled")]
    public void Refine_SpelledByEar_IsReadAsTheName(string prompt, string summary) =>
        Assert.Contains(summary, Refining.Refine(prompt).Explanation.Summary);

    [Theory]
    [InlineData("a mouse ran over the bricks in the yard")]
    [InlineData("el vestido está cosido a mano, qué bonito")]
    public void Refine_OrdinaryWordThatSoundsLikeFood_IsNoFood(string prompt) =>
        Assert.Equal("neutral", Refining.Refine(prompt).Profile.DominantTaste);

    [Theory]
    [InlineData("en | the", "words.psv must have one line for each of en, es.")]
    [InlineData("en | the\nen | a\nes | el", "words.psv:3 lists \"en\" a second time.")]
    [InlineData("fr | le", "words.psv:2 has \"fr\" in language; allowed are en, es.")]
    public void WordLists_BrokenFile_IsNamed(string lines, string message)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "words.psv"), "language | words\n" + lines);
            Assert.Equal(message, Assert.Throws<InvalidDataException>(() => WordLists.Load(folder.FullName, "words.psv")).Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
