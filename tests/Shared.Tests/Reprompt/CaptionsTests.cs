using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt;

/// <summary>What <c>data/captions.psv</c> promises.</summary>
public class CaptionsTests
{
    private static readonly HashSet<string> Feelings =
    [
        "sweet", "sour", "salty", "bitter", "umami", "spicy", "creamy", "crunchy", "rough", "cold", "hot", "calm", "excited", "happy", "sad",
    ];

    private static readonly HashSet<string> Music =
    [
        "accordion", "ambient", "banjo", "baroque", "bass", "bells", "blues", "bossa", "brass", "celesta", "cello", "chiptune", "choir",
        "cinematic", "clarinet", "classical", "country", "disco", "dnb", "drums", "dubstep", "electronic", "flamenco", "flute", "folk", "funk",
        "glockenspiel", "guitar", "harmonica", "harp", "hiphop", "house", "industrial", "jazz", "kalimba", "koto", "latin", "lofi", "mandolin",
        "marimba", "metal", "minimal", "oboe", "orchestra", "organ", "percussion", "piano", "pop", "punk", "reggae", "rock", "saxophone",
        "sitar", "soul", "strings", "synth", "tango", "techno", "trance", "trumpet", "ukulele", "vibraphone", "violin", "waltz", "world",
    ];

    private static readonly List<(string Caption, string[] Tags)> Captions =
        Table.Read(Refining.DataFolder, "captions.psv", "caption", "tags").ConvertAll(row => (row.Text("caption"), row.List("tags")));

    [Fact]
    public void Captions_AreMany() => Assert.True(Captions.Count >= 1500, $"{Captions.Count} captions");

    [Fact]
    public void Captions_AreAllDifferent() =>
        Assert.Equal(Captions.Count, Captions.Select(caption => Tokenizer.Tokenize(caption.Caption).FoldedText).Distinct().Count());

    [Fact]
    public void Captions_AreOneOrTwoSentences() => Assert.All(Captions, caption =>
    {
        Assert.InRange(caption.Caption.Split(' ').Length, 8, 60);
        Assert.EndsWith(".", caption.Caption);
    });

    [Fact]
    public void Captions_HaveATasteOrFeelingAndAnInstrumentOrGenre() => Assert.All(Captions, caption =>
    {
        Assert.All(caption.Tags, tag => Assert.True(Feelings.Contains(tag) || Music.Contains(tag), $"\"{tag}\" is not a tag: {caption.Caption}"));
        Assert.Equal(caption.Tags.Length, caption.Tags.Distinct().Count());
        Assert.Contains(caption.Tags, Feelings.Contains);
        Assert.Contains(caption.Tags, Music.Contains);
    });

    [Fact]
    public void Captions_NameNoFood()
    {
        var reader = new PromptReader(Refining.Knowledge);
        var named =
            from caption in Captions
            let understood = reader.Read(caption.Caption)
            from mention in understood.Mentions
            where mention.Entry.Kind == EntryKind.Food
            select $"{understood.WordOf(mention)}: {caption.Caption}";
        Assert.Equal([], named);
    }

    [Fact]
    public void Captions_CoverEveryTasteAndFeeling()
    {
        var used = Captions.SelectMany(caption => caption.Tags).ToHashSet();

        Assert.Empty(Feelings.Except(used));
    }
}
