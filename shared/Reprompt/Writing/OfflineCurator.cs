using System.Globalization;
using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Writing;

/// <summary>
/// Writes what a text-to-music model reads, without outside help. Every word comes from the plan or from the scene of the prompt,
/// so the text cannot contradict the plan; which of several wordings is taken follows from the prompt's own text.
/// </summary>
internal sealed class OfflineCurator(MusicKnowledge music)
{
    /// <summary>As it stands in <see cref="Explanation.Curator"/>.</summary>
    public const string Name = "offline";

    private const int MostWords = 58;
    private const int MostCharacters = 480;
    private const int MostTraits = 6;
    private const int FewestTraits = 3;

    /// <summary>Among how many of the fittest words of music a text chooses, and among how many closer names of an instrument. Ours.</summary>
    private const int WordChoices = 12;
    private const int NameChoices = 3;

    /// <summary>What the plan's own words do not say already.</summary>
    private static readonly MusicWordKind[] Colouring =
    [
        MusicWordKind.Articulation, MusicWordKind.Harmony, MusicWordKind.Rhythm, MusicWordKind.Dynamics, MusicWordKind.Timbre,
        MusicWordKind.Production, MusicWordKind.Genre,
    ];

    /// <summary>The squared distance from which on a scene contradicts the rest, as "wistful" would a joyful piece. Ours.</summary>
    private const double FarthestScene = 0.75;

    /// <summary>What is said of a plan whose parameters are all neutral.</summary>
    private static readonly PlanParameter[] PlainTraits = [PlanParameter.Articulation, PlanParameter.Dynamics, PlanParameter.Register];

    public string Write(PlannedMusic planned, PromptUnderstanding understanding)
    {
        var variation = new Variation(understanding.FoldedText);
        var sentence = variation.Below(Sentences.Count);
        var tempo = Bpm(planned.Plan);
        var pace = variation.Pick(Band(planned.Plan, PlanParameter.TempoBpm).English);
        var mood = variation.Pick(MoodOf(planned).English);
        var players = planned.Plan.Instruments.Select(instrument => variation.Pick(NamesOf(instrument, planned))).ToList();
        var traits = TraitsOf(planned.Plan, variation);
        List<string> fixedTraits = [.. WordsFor(planned, variation), .. SceneOf(planned, understanding)];
        var parts = new Sentences.Parts(
            tempo, pace, mood, music.Of(planned.Plan.Mode).English, players[0], Sentences.Listed(players[1..]), []);

        for (var count = traits.Count; ; count--)
        {
            var text = Sentences.Write(sentence, parts with { Traits = [.. traits.Take(count), .. fixedTraits] });
            if (count <= FewestTraits || (text.Length <= MostCharacters && text.AsSpan().Count(' ') < MostWords)) return text;
        }
    }

    /// <summary>Closer names that fit the taste, and the plain one.</summary>
    private List<string> NamesOf(Instrument instrument, PlannedMusic planned) =>
    [
        music.Of(instrument).English[0],
        .. planned.Words.Where(word => word.Word.Names(instrument)).Take(NameChoices).Select(word => word.Word.Phrase),
    ];

    /// <summary>Two words of different kinds, or as many as there are.</summary>
    private static IEnumerable<string> WordsFor(PlannedMusic planned, Variation variation)
    {
        var choices = planned.Words.Where(word => Colouring.Contains(word.Word.Kind)).Take(WordChoices).ToList();
        if (choices.Count == 0) yield break;
        var first = variation.Pick(choices).Word;
        yield return first.Phrase;
        choices.RemoveAll(word => word.Word.Kind == first.Kind);
        if (choices.Count > 0) yield return variation.Pick(choices).Word.Phrase;
    }

    private static string Bpm(MusicalPlan plan) => Math.Round(plan.TempoBpm).ToString(CultureInfo.InvariantCulture);

    private Band Band(MusicalPlan plan, PlanParameter parameter) => music.Of(parameter).BandOf(PlanValues.Of(plan, parameter));

    /// <summary>The words for the feeling; its arousal is also the tempo's, so that no slow piece is called restless.</summary>
    private Mood MoodOf(PlannedMusic planned)
    {
        const double BpmOfFullArousal = 60;
        var pace = Math.Clamp((planned.Plan.TempoBpm - MusicalPlan.Neutral.TempoBpm) / BpmOfFullArousal, -1, 1);
        var arousal = (planned.Arousal + pace) / 2;
        return music.Moods.MinBy(mood => Square(mood.Valence - planned.Valence) + Square(mood.Arousal - arousal))!;
    }

    private static double Square(double number) => number * number;

    private List<string> TraitsOf(MusicalPlan plan, Variation variation)
    {
        var told = PlanValues.All
            .Where(parameter => parameter != PlanParameter.TempoBpm && !Band(plan, parameter).Plain)
            .OrderByDescending(parameter => Math.Abs(PlanValues.Distance(plan, parameter)))
            .Take(MostTraits)
            .ToList();
        told.AddRange(PlainTraits.Except(told).Take(FewestTraits - told.Count));
        return told.ConvertAll(parameter => variation.Pick(Band(plan, parameter).English));
    }

    /// <summary>The atmosphere of the word about mood, place, time or company that is nearest to the whole's feeling.</summary>
    private static List<string> SceneOf(PlannedMusic planned, PromptUnderstanding understanding)
    {
        var nearest = understanding.Mentions
            .Where(mention => mention.Entry.Scene.Length > 0 && mention.Effect == MentionEffect.Adds)
            .Select(mention => (mention.Entry.Scene, Distance: DistanceTo(mention.Entry)))
            .Where(scene => scene.Distance <= FarthestScene)
            .OrderBy(scene => scene.Distance)
            .FirstOrDefault();
        return nearest.Scene is { } found ? [Sentences.WithArticle(found)] : [];

        double DistanceTo(LexiconEntry entry) => Square(entry.Valence - planned.Valence) + Square(entry.Arousal - planned.Arousal);
    }
}
