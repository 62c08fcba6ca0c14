using System.Globalization;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Profiling;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Explaining;

/// <summary>Says which words gave which taste and which finding led to which musical choice, in the prompt's language.</summary>
internal sealed class Explainer(IReadOnlyList<Dimension> dimensions, MusicKnowledge music)
{
    private readonly SummaryWriter _summary = new(dimensions, music);

    /// <param name="text">The prompt text; the words of music in it are explained too.</param>
    public Explanation Explain(PromptUnderstanding understanding, TasteProfile profile, PlannedMusic planned, string text, string curator)
    {
        var language = understanding.Language;
        return new Explanation(
            curator,
            language == Language.English ? "en" : "es",
            _summary.Write(understanding, profile, planned),
            WordsOf(understanding),
            [
                .. planned.Reasons.Select(reason => ChoiceOf(reason, planned.Plan, language)),
                .. WordsIn(text, planned.Words).Select(word => ChoiceOf(word, language)),
            ]);
    }

    private static List<WordFinding> WordsOf(PromptUnderstanding understanding)
    {
        var words = new List<WordFinding>();
        foreach (var mention in understanding.Mentions)
        {
            var found = DimensionsOf(mention);
            if (found.Count > 0 && !mention.IsWordless) words.Add(new WordFinding(understanding.WordOf(mention), mention.Start, found));
        }

        return words;
    }

    private static Dictionary<string, double> DimensionsOf(Mention mention)
    {
        var sign = mention.Effect == MentionEffect.Removes ? -1 : 1;
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (dimension, weight) in mention.Entry.Weights) Add(dimension.Key, sign * mention.Scaled(weight));
        Add("temperature", TasteProfiler.Signed(mention, mention.Entry.Temperature));
        Add("valence", TasteProfiler.Signed(mention, mention.Entry.Valence));
        Add("arousal", TasteProfiler.Signed(mention, mention.Entry.Arousal));
        return found;

        void Add(string key, double weight)
        {
            if (weight != 0) found[key] = Math.Round(weight, 3);
        }
    }

    /// <summary>The words of music that stand in a text, without those that are a part of a longer one: "ambient" in "dark ambient".</summary>
    private static List<FittingWord> WordsIn(string text, IReadOnlyList<FittingWord> words)
    {
        var found = words.Where(word => Stands(word.Word.Phrase, text)).ToList();
        found.RemoveAll(part => found.Exists(whole => whole != part && Stands(part.Word.Phrase, whole.Word.Phrase)));
        return found;
    }

    /// <summary>Whether a phrase stands in a text as whole words.</summary>
    private static bool Stands(string phrase, string text)
    {
        for (var start = 0; (start = text.IndexOf(phrase, start, StringComparison.OrdinalIgnoreCase)) >= 0; start++)
        {
            var end = start + phrase.Length;
            if ((start == 0 || !char.IsLetter(text[start - 1])) && (end == text.Length || !char.IsLetter(text[end]))) return true;
        }

        return false;
    }

    private MusicalChoice ChoiceOf(FittingWord fitting, Language language) => new(
        music.Of(PlanParameter.Words).Key,
        language == Language.English ? fitting.Word.English : fitting.Word.Spanish,
        fitting.Finding.In(language),
        fitting.Finding.Source.Citation);

    private MusicalChoice ChoiceOf(Reason reason, MusicalPlan plan, Language language)
    {
        var parameter = music.Of(reason.Parameter);
        var value = reason.Parameter switch
        {
            PlanParameter.Mode => music.Of(plan.Mode).In(language),
            PlanParameter.Form => music.Of(plan.Form).In(language),
            PlanParameter.Instruments => music.Of(reason.Instrument!.Value).In(language),
            PlanParameter.TempoBpm => string.Create(
                CultureInfo.InvariantCulture, $"{parameter.BandOf(plan.TempoBpm).In(language)}, {plan.TempoBpm:0} BPM"),
            _ => parameter.BandOf(PlanValues.Of(plan, reason.Parameter)).In(language),
        };
        return new MusicalChoice(parameter.Key, value, reason.Finding.In(language), reason.Finding.Source.Citation);
    }
}
