using AudioReprompt.Reprompt.Knowledge;

namespace AudioReprompt.Reprompt.Understanding;

/// <summary>What an unknown word probably means.</summary>
internal sealed record Guess(string Name, Sense Sense, int TokenCount);

/// <summary>Finds the words of the lexicon in a prompt, the longest first, and lets modifiers act on the words after them.</summary>
internal sealed class PromptReader(KnowledgeBase knowledge)
{
    private static readonly Dictionary<int, Guess> NoGuesses = [];

    private readonly LanguageDetector _languages = new(knowledge);

    public PromptUnderstanding Read(string prompt) => Read(Tokenizer.Tokenize(prompt), NoGuesses);

    public Language LanguageOf(TokenizedPrompt text) => _languages.Detect(text);

    /// <param name="guesses">What tokens that the lexicon does not know probably mean.</param>
    public PromptUnderstanding Read(TokenizedPrompt text, IReadOnlyDictionary<int, Guess> guesses)
    {
        var language = _languages.Detect(text);
        var mentions = new List<Mention>();
        var pending = PendingModifier.Nothing;
        var unknown = 0;
        HashSet<int>? taken = null;
        for (var position = 0; position < text.Count;)
        {
            if (text[position].AfterBreak) pending = PendingModifier.Nothing;
            if (Shares.Read(text, position, knowledge.Quantities) is var (share, words))
            {
                pending = pending.WithShare(share);
                position += words;
                continue;
            }

            if (taken?.Contains(position) == true)
            {
                position++;
                continue;
            }

            var known = knowledge.Lexicon.Find(text, position, language);
            if (known is not { TokenCount: > 1 } && knowledge.Sensations.Find(text, position, language) is { } sensation)
            {
                // "my lips were on fire": the two words are one finding, and "fire" is no finding of its own.
                mentions.Add(MentionOf(text, position, sensation.Last - position + 1, new Sense(sensation.Entry, null, 1, true), pending));
                pending = pending.AfterMention();
                (taken ??= []).Add(sensation.Last);
                position++;
                continue;
            }

            if (known is not var (sense, count))
            {
                if (guesses.TryGetValue(position, out var guess))
                {
                    mentions.Add(MentionOf(text, position, guess.TokenCount, guess.Sense, pending) with { ReadAs = guess.Name });
                    pending = pending.AfterMention();
                    position += guess.TokenCount;
                    continue;
                }

                if (!knowledge.FunctionWords.Contains(language, text.Folded(position, 1))) unknown++;
                pending = pending.PastUnknownWord();
                position++;
                continue;
            }

            if (sense.Modifier is { } modifier)
            {
                pending = pending.Then(modifier);
            }
            else
            {
                mentions.Add(MentionOf(text, position, count, sense, pending));
                pending = pending.AfterMention();
            }

            position += count;
        }

        MarkSurroundings(mentions, language);
        Shares.Apply(mentions);
        return new PromptUnderstanding(text.Prompt, text.FoldedText, language, mentions)
        {
            UnknownShare = unknown == 0 ? 0 : (double)unknown / (unknown + mentions.Count),
        };
    }

    private static Mention MentionOf(TokenizedPrompt text, int position, int count, Sense sense, PendingModifier pending)
    {
        var start = text[position].Start;
        var end = text[position + count - 1].End;
        return new Mention(sense.Entry!, position, count, start, end - start, sense.Scale * pending.Factor, pending.Effect, false, pending.Share);
    }

    /// <summary>"a hot beach", "una playa muy calurosa": the temperature beside a place is the place's, not the food's.</summary>
    private static void MarkSurroundings(List<Mention> mentions, Language language)
    {
        // A Spanish adjective follows its noun, and a modifier may stand between them.
        var (step, reach) = language == Language.English ? (1, 0) : (-1, 1);
        for (var index = 0; index < mentions.Count; index++)
        {
            var mention = mentions[index];
            if (mention.Entry.Kind != EntryKind.Temperature || index + step < 0 || index + step >= mentions.Count) continue;
            var neighbour = mentions[index + step];
            var (first, second) = step > 0 ? (mention, neighbour) : (neighbour, mention);
            if (neighbour.Entry.IsSurroundings && second.Token - (first.Token + first.TokenCount) <= reach)
                mentions[index] = mention with { AboutSurroundings = true };
        }
    }
}
