using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>The small words by which a sentence's language is told, folded.</summary>
internal sealed class FunctionWords
{
    private const string File = "function-words.psv";

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _english;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _spanish;

    private FunctionWords(HashSet<string> english, HashSet<string> spanish)
    {
        _english = english.GetAlternateLookup<ReadOnlySpan<char>>();
        _spanish = spanish.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool Contains(Language language, ReadOnlySpan<char> word) => (language == Language.English ? _english : _spanish).Contains(word);

    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static FunctionWords Load(string folder)
    {
        HashSet<string> english = [], spanish = [];
        var languages = new Dictionary<string, HashSet<string>> { ["en"] = english, ["es"] = spanish };
        foreach (var row in Table.Read(folder, File, "language", "words"))
        {
            var words = row.Choice("language", languages);
            if (words.Count > 0) throw row.Error($"lists \"{row.Text("language")}\" a second time.");
            foreach (var word in row.List("words")) words.Add(Tokenizer.Tokenize(word).FoldedText);
        }

        return english.Count > 0 && spanish.Count > 0
            ? new FunctionWords(english, spanish)
            : throw new InvalidDataException($"{File} must have one line for each of en, es.");
    }
}
