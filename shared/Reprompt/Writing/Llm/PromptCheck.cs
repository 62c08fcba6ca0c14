using System.Globalization;
using System.Text.RegularExpressions;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>Whether a text from outside may go to the music model. The objections are ours throughout and quote nothing of the text.</summary>
internal sealed partial class PromptCheck(KnowledgeBase knowledge)
{
    private const int FewestWords = 20;
    private const int MostWords = 60;
    private const int MostCharacters = 500;

    /// <summary>The tempo may be named so much beside the plan's, BPM.</summary>
    private const double TempoTolerance = 3;

    /// <summary>An English text of 20 words has at least so many of the small words.</summary>
    private const int FewestFunctionWords = 2;

    /// <summary>So many words of the sentence in a row are a quotation, not a coincidence.</summary>
    private const int QuotedWords = 7;

    /// <summary>The end of Latin Extended-B: beyond it are other scripts.</summary>
    private const char LastLatinLetter = '\u024F';

    private const string Punctuation = " .,;:!?'\"()&/%+-#‘’“”–—…°♯♭";

    /// <summary>Small words of French, German, Italian and Portuguese that English has not; Spanish stands in the knowledge base.</summary>
    private static readonly HashSet<string> OtherLanguages = new(StringComparer.Ordinal)
    {
        "le", "les", "des", "du", "une", "et", "avec", "dans", "sur", "est", "der", "das", "und", "mit", "ein", "eine", "einem", "einer", "auf",
        "ist", "von", "im", "il", "gli", "della", "delle", "di", "che", "per", "nel", "uma", "um", "do", "da", "dos", "das", "com", "em",
    };

    /// <summary>Foods and tastes that are also music, or that descriptions of music are full of.</summary>
    private static readonly HashSet<string> AlsoMusic = new(StringComparer.OrdinalIgnoreCase)
    {
        "salsa", "jam", "merengue", "bass", "horn", "roll", "sweet", "bittersweet", "fiery", "smoky",
    };

    private readonly PromptReader _reader = new(knowledge);

    /// <returns>What is wrong with the text; null where nothing is.</returns>
    /// <param name="understanding">The sentence that the text is about.</param>
    public string? Objection(string text, PromptUnderstanding understanding, MusicalPlan plan)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        if (words < FewestWords) return "text too short";
        if (words > MostWords || text.Length > MostCharacters) return "text too long";
        if (WebAddress().IsMatch(text)) return "text has an address";
        if (text.Any(IsOtherScript)) return "text not in English";
        if (text.Any(IsMarkup)) return "text has markup";
        if (Instructions().IsMatch(text)) return "text echoes instructions";
        var read = _reader.Read(text);
        if (!IsEnglish(read)) return "text not in English";
        if (Artists().IsMatch(read.FoldedText)) return "text names an artist";
        if (Quotes(read.FoldedText, understanding.FoldedText)) return "text repeats the sentence";
        if (read.Mentions.Any(mention => IsEdible(mention, read))) return "text names food";
        return Tempos(text).All(tempo => Math.Abs(tempo - plan.TempoBpm) <= TempoTolerance) ? null : "tempo is not the plan's";
    }

    private static bool IsOtherScript(char character) => char.IsLetter(character) ? character > LastLatinLetter : char.IsSurrogate(character);

    private static bool IsMarkup(char character) =>
        !char.IsLetter(character) && !char.IsAsciiDigit(character) && !Punctuation.Contains(character, StringComparison.Ordinal);

    private bool IsEnglish(PromptUnderstanding read)
    {
        if (read.Language != Language.English) return false;
        int english = 0, other = 0;
        foreach (var word in read.FoldedText.Split(' '))
        {
            if (knowledge.FunctionWords.Contains(Language.English, word)) english++;
            else if (knowledge.FunctionWords.Contains(Language.Spanish, word) || OtherLanguages.Contains(word)) other++;
        }

        return english >= FewestFunctionWords && english > other;
    }

    private static bool IsEdible(Mention mention, PromptUnderstanding read) =>
        mention.Entry.Kind is EntryKind.Food or EntryKind.Taste && !AlsoMusic.Contains(read.WordOf(mention));

    private static bool Quotes(string text, string sentence)
    {
        var words = sentence.Split(' ');
        var padded = $" {text} ";
        for (var start = 0; start + QuotedWords <= words.Length; start++)
        {
            if (padded.Contains($" {string.Join(' ', words.AsSpan(start, QuotedWords))} ", StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static IEnumerable<double> Tempos(string text) => Tempo().Matches(text)
        .SelectMany(match => match.Groups.Values.Skip(1).Where(group => group.Success))
        .Select(group => double.Parse(group.Value, CultureInfo.InvariantCulture));

    /// <summary>"96 BPM", "90–100 beats per minute", "96-BPM", "BPM: 96", "a tempo of about 96".</summary>
    [GeneratedRegex(
        @"(\d{1,6}(?:\.\d{1,6})?)(?:\s*(?:-|–|—|to|and)\s*(\d{1,6}(?:\.\d{1,6})?))?[\s-]*(?:bpm|beats[\s-](?:per|a)[\s-]minute)|\b(?:bpm|tempo)\s*(?:of|is|at|:)?\s*(?:about|around)?\s*(\d{1,6}(?:\.\d{1,6})?)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tempo();

    [GeneratedRegex(@"://|\bwww\.|@|\b[a-z0-9-]+\.(?:com|net|org|io|ai|dev|co|app|ru|xyz)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WebAddress();

    /// <summary>What a description of music has no use for, and a model that was talked into something, or declines, has.</summary>
    [GeneratedRegex(
        @"\b(?:as an? (?:ai|assistant|language model)|(?:language|ai) model|system (?:prompt|message)|instructions?|ignor(?:e|ed|es|ing)|disregard\w*|forget|jailbreak\w*|prompts?|assistant|chatbot|api|password|secret key|json|html|script|i(?:'|’)?m sorry|sorry|i can(?:'|’)?t|i cannot|i will|openai|chatgpt|gpt|kimi|moonshot)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Instructions();

    /// <summary>Names that models like to take; on the folded text. A music model was not trained to imitate people, and shall not.</summary>
    [GeneratedRegex(
        @"\b(?:beatles|rolling stones|pink floyd|led zeppelin|radiohead|coldplay|nirvana|metallica|daft punk|kraftwerk|taylor swift|beyonce|rihanna|adele|drake|eminem|kanye|billie eilish|ed sheeran|lady gaga|madonna|michael jackson|david bowie|bob dylan|bob marley|elvis|frank sinatra|miles davis|john coltrane|louis armstrong|duke ellington|hans zimmer|john williams|ennio morricone|brian eno|philip glass|ludovico einaudi|erik satie|claude debussy|debussy|mozart|beethoven|bach|chopin|vivaldi|shakira|bad bunny|rosalia|paco de lucia|buena vista social club|carlos santana|santana|aphex twin|boards of canada|bjork|enya|norah jones|nina simone|ella fitzgerald)\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Artists();
}
