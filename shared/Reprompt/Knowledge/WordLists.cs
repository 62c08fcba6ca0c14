using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Words of both languages that only count as a list, folded.</summary>
internal sealed class WordLists
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _english;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _spanish;

    private WordLists(HashSet<string> english, HashSet<string> spanish)
    {
        _english = english.GetAlternateLookup<ReadOnlySpan<char>>();
        _spanish = spanish.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public bool Contains(Language language, ReadOnlySpan<char> word) => (language == Language.English ? _english : _spanish).Contains(word);

    /// <param name="file">One line for each language: <c>language | words</c>.</param>
    /// <exception cref="InvalidDataException">The file is missing or broken.</exception>
    public static WordLists Load(string folder, string file)
    {
        HashSet<string> english = [], spanish = [];
        var languages = new Dictionary<string, HashSet<string>> { ["en"] = english, ["es"] = spanish };
        foreach (var row in Table.Read(folder, file, "language", "words"))
        {
            var words = row.Choice("language", languages);
            if (words.Count > 0) throw row.Error($"lists \"{row.Text("language")}\" a second time.");
            foreach (var word in row.List("words")) words.Add(Tokenizer.Tokenize(word).FoldedText);
        }

        return english.Count > 0 && spanish.Count > 0
            ? new WordLists(english, spanish)
            : throw new InvalidDataException($"{file} must have one line for each of en, es.");
    }
}
