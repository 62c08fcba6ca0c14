using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>Tells English from Spanish by the small words, then by the words of the lexicon that only one of them has.</summary>
internal sealed class LanguageDetector(KnowledgeBase knowledge)
{
    private const int FunctionWord = 2;
    private const int LexiconWord = 1;
    private const int OpeningMark = 2;

    /// <summary>The language of a prompt; English where nothing speaks for either.</summary>
    public Language Detect(TokenizedPrompt prompt)
    {
        var spanish = prompt.Prompt.AsSpan().ContainsAny('¿', '¡') ? OpeningMark : 0;
        var english = 0;
        for (var position = 0; position < prompt.Count; position++)
        {
            var word = prompt.Folded(position, 1);
            if (knowledge.FunctionWords.Contains(Language.English, word)) english += FunctionWord;
            if (knowledge.FunctionWords.Contains(Language.Spanish, word)) spanish += FunctionWord;
            var inEnglish = knowledge.Lexicon.Exact(Language.English, word) is not null;
            var inSpanish = knowledge.Lexicon.Exact(Language.Spanish, word) is not null;
            if (inEnglish && !inSpanish) english += LexiconWord;
            if (inSpanish && !inEnglish) spanish += LexiconWord;
        }

        return spanish > english ? Language.Spanish : Language.English;
    }
}
