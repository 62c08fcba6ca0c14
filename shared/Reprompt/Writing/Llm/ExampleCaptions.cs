using AudioReprompt.Reprompt.Knowledge;
using AudioReprompt.Reprompt.Planning;
using AudioReprompt.Reprompt.Understanding;

namespace AudioReprompt.Reprompt.Writing.Llm;

/// <summary>Captions of music, from which those are shown to the model that are nearest to a plan.</summary>
internal sealed class ExampleCaptions
{
    private const string FileName = "captions.psv";

    /// <summary>Below this a taste or texture does not choose an example. Ours.</summary>
    private const double Telling = 0.3;

    /// <summary>Spreads the bits of two hashes.</summary>
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private readonly MusicKnowledge _music;
    private readonly List<Caption> _captions;

    private ExampleCaptions(MusicKnowledge music, List<Caption> captions) => (_music, _captions) = (music, captions);

    /// <summary>How many are shown.</summary>
    public static int Shown => 3;

    /// <summary>Reads <c>captions.psv</c>; a folder without it has no captions.</summary>
    /// <exception cref="InvalidDataException">The file is broken; names the file, the line and what is allowed.</exception>
    public static ExampleCaptions Load(string folder, MusicKnowledge music)
    {
        var captions = new List<Caption>();
        if (!File.Exists(Path.Combine(folder, FileName))) return new ExampleCaptions(music, captions);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in Table.Read(folder, FileName, "caption", "tags"))
        {
            var text = row.Text("caption");
            if (!seen.Add(text)) throw row.Error("has a caption that stands above already.");
            captions.Add(new Caption(text, Variation.Fnv1a(text), [.. row.List("tags").Select(Folded)]));
        }

        return new ExampleCaptions(music, captions);
    }

    /// <summary>
    /// Those with the most tags that fit; among equals a choice that the sentence makes, the same for the same sentence.
    /// </summary>
    public IReadOnlyList<string> Nearest(PromptUnderstanding understanding, TasteProfile profile, MusicalPlan plan)
    {
        var wanted = TagsOf(profile, plan);
        var salt = Variation.Fnv1a(understanding.FoldedText);
        return [.. _captions
            .Select(caption => (caption.Text, Fit: caption.Tags.Count(wanted.Contains), Order: (salt ^ caption.Hash) * GoldenGamma))
            .OrderByDescending(caption => caption.Fit)
            .ThenBy(caption => caption.Order)
            .ThenBy(caption => caption.Text, StringComparer.Ordinal)
            .Take(Shown)
            .Select(caption => caption.Text)];
    }

    /// <summary>Every word that a caption like the plan could be tagged with, folded.</summary>
    private HashSet<string> TagsOf(TasteProfile profile, MusicalPlan plan)
    {
        var tags = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, weight) in profile.Tastes.Concat(profile.Textures))
        {
            if (weight >= Telling) tags.Add(Folded(key));
        }

        if (Math.Abs(profile.Temperature) >= Telling) tags.Add(profile.Temperature > 0 ? "hot" : "cold");
        if (Math.Abs(profile.Valence) >= Telling) tags.Add(profile.Valence > 0 ? "pleasant" : "unpleasant");
        if (Math.Abs(profile.Arousal) >= Telling) tags.Add(profile.Arousal > 0 ? "excited" : "calm");
        tags.Add(Folded(_music.Of(plan.Mode).English));
        foreach (var instrument in plan.Instruments) tags.UnionWith(_music.Of(instrument).English.Append(instrument.ToString()).Select(Folded));
        foreach (var parameter in PlanValues.All)
        {
            var band = _music.Of(parameter).BandOf(PlanValues.Of(plan, parameter));
            // "legato phrasing" also is "legato".
            foreach (var name in band.English) tags.UnionWith([Folded(name), Folded(name).Split(' ')[0]]);
        }

        return tags;
    }

    /// <summary><c>Plucked_Strings</c>, <c>plucked-strings</c> and <c>plucked strings</c> are one tag; so is <c>PluckedStrings</c>.</summary>
    private static string Folded(string tag) => string.Join(
        ' ', string.Concat(tag.Select((letter, index) => index > 0 && char.IsUpper(letter) && char.IsLower(tag[index - 1]) ? $" {letter}" : letter.ToString()))
            .ToLowerInvariant()
            .Split([' ', '_', '-'], StringSplitOptions.RemoveEmptyEntries));

    private sealed record Caption(string Text, ulong Hash, HashSet<string> Tags);
}
