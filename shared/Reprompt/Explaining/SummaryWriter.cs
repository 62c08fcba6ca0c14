using System.Globalization;
using System.Text;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Explaining;

/// <summary>Writes one paragraph for a person: what was tasted, what it felt like, what the music does and on whose findings.</summary>
internal sealed class SummaryWriter(IReadOnlyList<Dimension> dimensions, MusicKnowledge music)
{
    private const int MostQuotes = 4;
    private const int MostNotes = 3;
    private const int MostTraits = 3;
    private const int MostSources = 3;

    /// <summary>A weaker temperature or feeling is not worth a word.</summary>
    private const double Noticeable = 0.15;

    public string Write(PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned)
    {
        var language = understanding.Language;
        var phrases = language == Language.English ? SummaryPhrases.English : SummaryPhrases.Spanish;
        var paragraph = new Paragraph();
        paragraph.Add(Taste(understanding, profile, planned, phrases));
        paragraph.Add(Guessed(understanding, phrases));
        paragraph.Add(Mouthfeel(profile, language, phrases));
        paragraph.Add(Removed(understanding, phrases));
        paragraph.Add(Setting(understanding, profile, phrases));
        paragraph.Add(Music(planned, language, phrases));
        paragraph.Add(Players(planned.Plan, language, phrases));
        paragraph.Add(Sources(planned, phrases));
        return paragraph.ToString();
    }

    private string Taste(PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, SummaryPhrases phrases)
    {
        if (profile.Tastes.Count == 0)
        {
            if (understanding.IsEdible) return phrases.FoodWithoutTaste;
            return phrases.NothingEdible + (planned.Reasons.Count == 0 ? phrases.NothingAtAll : phrases.MoodAlone);
        }

        var dominant = profile.DominantTaste;
        var notes = profile.Tastes.Where(taste => taste.Key != dominant)
            .OrderByDescending(taste => taste.Value)
            .Take(MostNotes)
            .Select(taste => NameOf(taste.Key, understanding.Language))
            .ToList();
        var words = Quoted(understanding, phrases, mention => mention.Effect != MentionEffect.Removes
            && mention.Entry.Weights.Any(weight => weight.Dimension.Key == dominant && weight.Weight > 0));
        return Fill(phrases.TastesOf, NameOf(dominant, understanding.Language))
            + (words.Count > 0 ? Fill(phrases.TastesOfFrom, string.Join(", ", words)) : "")
            + (notes.Count > 0 ? Fill(phrases.WithNotes, Listed(notes, phrases)) : "");
    }

    /// <summary>What was not named but guessed is said to be so.</summary>
    private static string Guessed(PromptUnderstanding understanding, SummaryPhrases phrases)
    {
        var guesses = understanding.Mentions.Where(mention => mention.ReadAs is not null).ToList();
        if (guesses.Count == 0) return "";
        var byMeaning = guesses.Where(guess => guess.IsWordless).Select(guess => guess.ReadAs!).ToList();
        return byMeaning.Count > 0
            ? Fill(phrases.NearestByMeaning, Listed(byMeaning, phrases))
            : string.Join(", ", guesses.Select(guess => Fill(phrases.ReadAs, Fill(phrases.Quote, understanding.WordOf(guess)), guess.ReadAs!)));
    }

    private string Mouthfeel(TasteProfile profile, Language language, SummaryPhrases phrases)
    {
        var feels = profile.Textures.OrderByDescending(texture => texture.Value)
            .Take(MostNotes)
            .Where(texture => texture.Value >= Noticeable)
            .Select(texture => NameOf(texture.Key, language))
            .ToList();
        if (Math.Abs(profile.Temperature) >= Noticeable) feels.Add(NameOf(profile.Temperature > 0 ? "hot" : "cold", language));
        return feels.Count > 0 ? Fill(phrases.Mouthfeel, Listed(feels, phrases)) : "";
    }

    private static string Removed(PromptUnderstanding understanding, SummaryPhrases phrases)
    {
        var words = Quoted(understanding, phrases, mention => mention.Effect == MentionEffect.Removes && !mention.Entry.IsContext);
        return words.Count > 0 ? Fill(phrases.Removed, Listed(words, phrases)) : "";
    }

    private string Setting(PromptUnderstanding understanding, TasteProfile profile, SummaryPhrases phrases)
    {
        var feelings = new List<string>();
        var language = understanding.Language;
        if (Math.Abs(profile.Valence) >= Noticeable) feelings.Add(NameOf(profile.Valence > 0 ? "pleasant" : "unpleasant", language));
        if (Math.Abs(profile.Arousal) >= Noticeable) feelings.Add(NameOf(profile.Arousal > 0 ? "excited" : "calm", language));
        var words = Quoted(understanding, phrases, mention => mention.Entry.IsContext);
        if (feelings.Count == 0) return "";
        return words.Count > 0
            ? Fill(phrases.Setting, string.Join(", ", words), Listed(feelings, phrases))
            : Fill(phrases.FoodFeels, Listed(feelings, phrases));
    }

    private string Music(PlannedMusic planned, Language language, SummaryPhrases phrases)
    {
        var plan = planned.Plan;
        var traits = planned.Reasons
            .Where(reason => reason.Parameter is not (PlanParameter.TempoBpm or PlanParameter.Mode or PlanParameter.Form or PlanParameter.Instruments))
            .Select(reason => (Parameter: music.Of(reason.Parameter), Band: BandOf(plan, reason.Parameter)))
            .Where(trait => !trait.Band.Plain)
            .Take(MostTraits)
            .Select(trait => language == Language.English ? trait.Band.English[0] : $"{trait.Parameter.Spanish} {trait.Band.Spanish}")
            .ToList();
        return Fill(
                phrases.Music,
                BandOf(plan, PlanParameter.TempoBpm).In(language),
                plan.TempoBpm.ToString("0", CultureInfo.InvariantCulture),
                language == Language.English ? $"in {Mode(plan, language)} mode" : Mode(plan, language))
            + (traits.Count > 0 ? Fill(phrases.Traits, Listed(traits, phrases)) : "");
    }

    private string Players(MusicalPlan plan, Language language, SummaryPhrases phrases)
    {
        var names = plan.Instruments.Select(instrument => music.Of(instrument).In(language)).ToList();
        return names.Count > 1 ? Fill(phrases.Players, names[0], Listed(names[1..], phrases)) : "";
    }

    private static string Sources(PlannedMusic planned, SummaryPhrases phrases)
    {
        if (planned.Reasons.Count == 0) return "";
        var sources = planned.Reasons.Select(reason => reason.Finding.Source)
            .Where(source => source != Publication.Ours)
            .Select(source => source.Short)
            .Distinct()
            .Take(MostSources)
            .ToList();
        return sources.Count > 0 ? Fill(phrases.Sources, Listed(sources, phrases)) : phrases.OursAlone;
    }

    private string Mode(MusicalPlan plan, Language language) => music.Of(plan.Mode).In(language);

    private Band BandOf(MusicalPlan plan, PlanParameter parameter) => music.Of(parameter).BandOf(PlanValues.Of(plan, parameter));

    private string NameOf(string key, Language language) => dimensions.First(dimension => dimension.Key == key).In(language);

    private static List<string> Quoted(PromptUnderstanding understanding, SummaryPhrases phrases, Func<Mention, bool> which) =>
        [.. understanding.Mentions.Where(mention => !mention.IsWordless && which(mention)).Select(understanding.WordOf).Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(MostQuotes).Select(word => Fill(phrases.Quote, word))];

    private static string Listed(List<string> items, SummaryPhrases phrases) =>
        items.Count == 1 ? items[0] : $"{string.Join(", ", items[..^1])} {phrases.And} {items[^1]}";

    private static string Fill(string phrase, params string[] parts) => string.Format(CultureInfo.InvariantCulture, phrase, parts);

    /// <summary>Sentences, each with a capital letter and a full stop.</summary>
    private sealed class Paragraph
    {
        private readonly StringBuilder _text = new();

        public void Add(string sentence)
        {
            if (sentence.Length == 0) return;
            if (_text.Length > 0) _text.Append(' ');
            _text.Append(char.ToUpperInvariant(sentence[0])).Append(sentence, 1, sentence.Length - 1).Append('.');
        }

        public override string ToString() => _text.ToString();
    }
}
