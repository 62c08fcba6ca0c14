using System.Text;

namespace AudioReprompt.Reprompt;

/// <summary>Any string at all is answered.</summary>
public class RobustnessTests
{
    private const int Seed = 20261123;

    private static readonly string[] Fragments =
    [
        "sweet", "amargo", "not too", "sin", "muy", "taco al pastor", "café", "ice cream", "no", "or", "and", "without", "beach", "cold", "abuela",
        "🍋", "👩‍👩‍👧", "e\u0301", "\u0301", "\uD83C", "\uDF4B", "\u200D", "\uFE0F", "\u202E", "\uFFFD", "\uFFFF", "\0", "\t", "\n", " ", "  ",
        "'", "’", "-", ",", ".", "|", "~", "=", "{0}", "%s", "<b>", "1e9", "пицца", "寿司", "ＳＷＥＥＴ", "ﬁ", "ß", "İ", "نعناع", "ा",
    ];

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("'")]
    [InlineData("\uD83C")]
    [InlineData("\uDF4B\uD83C")]
    [InlineData("\u0301\u0301\u0301")]
    [InlineData("\u200D\uFE0F")]
    [InlineData("no no no no not sin ni or")]
    [InlineData("muy muy muy muy muy very very extra super dulce")]
    [InlineData("{0} {1} %s \\ \" < > & sweet")]
    public void RefineAsync_OddText_IsAnswered(string prompt) => AssertSound(prompt);

    [Theory]
    [InlineData("a")]
    [InlineData("sweet ")]
    [InlineData("not ")]
    [InlineData("taco al ")]
    [InlineData("🍋")]
    [InlineData("e\u0301")]
    [InlineData("\uD83C")]
    [InlineData("fiesta, triste. ")]
    public void RefineAsync_TenThousandCharacters_IsAnswered(string part) =>
        AssertSound(string.Concat(Enumerable.Repeat(part, 10_000 / part.Length)));

    [Fact]
    public void RefineAsync_RandomFragments_AreAnswered()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var prompt = new StringBuilder();
            for (var parts = random.Next(1, 25); parts > 0; parts--)
            {
                prompt.Append(Fragments[random.Next(Fragments.Length)]);
                if (random.Next(3) > 0) prompt.Append(' ');
            }

            AssertSound(prompt.ToString());
        }
    }

    [Fact]
    public void RefineAsync_RandomCodeUnits_AreAnswered()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 1000; round++)
        {
            var units = new char[random.Next(0, 200)];
            for (var index = 0; index < units.Length; index++)
                units[index] = (char)(random.Next(4) == 0 ? random.Next(0xD800, 0xE000) : random.Next(0x10000));
            AssertSound(new string(units));
        }
    }

    private static void AssertSound(string prompt)
    {
        var refined = Refining.Refine(prompt);

        Assert.InRange(refined.Text.Split(' ').Length, 20, 60);
        Assert.InRange(refined.Text.Length, 1, 500);
        Assert.InRange(refined.Plan.TempoBpm, 40, 200);
        Assert.All(refined.Profile.Tastes.Values.Concat(refined.Profile.Textures.Values), weight => Assert.InRange(weight, 0, 1));
        Assert.InRange(refined.Profile.Temperature, -1, 1);
        Assert.InRange(refined.Profile.Valence, -1, 1);
        Assert.InRange(refined.Profile.Arousal, -1, 1);
        Assert.NotEmpty(refined.Explanation.Summary);
        foreach (var word in refined.Explanation.Words)
        {
            Assert.Equal(word.Word, prompt.Substring(word.Start, word.Word.Length));
            Assert.All(word.Dimensions.Values, weight => Assert.InRange(weight, -1, 1));
        }

        // Everything may go into JSON and UTF-8.
        Assert.All(refined.Explanation.Words, word => new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(word.Word));
    }
}
