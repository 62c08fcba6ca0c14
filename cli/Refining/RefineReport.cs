using System.Globalization;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Reprompt;
using Spectre.Console;

namespace AudioReprompt.Cli.Refining;

/// <summary>A refined prompt for people.</summary>
internal static class RefineReport
{
    public static void Print(string prompt, RefineAnswer answer)
    {
        var console = Terminal.Open();
        console.WriteLine(prompt);
        console.WriteLine();
        console.WriteLine(answer.Text);
        console.WriteLine();
        console.WriteLine(answer.Explanation.Summary);
        console.Section($"Taste: {answer.Profile.DominantTaste}", Profile(answer.Profile));
        if (answer.Profile.Body.Count + answer.Profile.Colours.Count > 0) console.Section("Impressions of the food", Impressions(answer.Profile));
        if (answer.Explanation.Words.Count > 0) console.Section("Words", Words(answer.Explanation.Words));
        console.Section("Plan", Plan(answer.Plan));
        if (answer.Explanation.Choices.Count > 0) console.Section("Why", Why(answer.Explanation.Choices));
    }

    private static Table Profile(TasteProfile profile)
    {
        var table = Terminal.NewTable("dimension", "weight");
        foreach (var (name, weight) in profile.Tastes.Concat(profile.Textures).OrderByDescending(entry => entry.Value)) table.Add(name, Number(weight));
        table.Add("temperature", Number(profile.Temperature));
        table.Add("valence", Number(profile.Valence));
        table.Add("arousal", Number(profile.Arousal));
        table.Add("confidence", Number(profile.Confidence));
        return table;
    }

    /// <summary>What has names and no directions: flavours, what the body does, feelings, colours; the strongest first.</summary>
    private static Table Impressions(TasteProfile profile)
    {
        var table = Terminal.NewTable("impression", "names");
        Add("flavours", profile.Flavours);
        Add("body", profile.Body);
        Add("emotions", profile.Emotions);
        Add("colours", profile.Colours);
        return table;

        void Add(string kind, IReadOnlyDictionary<string, double> weights)
        {
            if (weights.Count == 0) return;
            table.Add(kind, string.Join(", ", weights.OrderByDescending(weight => weight.Value).Select(weight => $"{weight.Key} {Number(weight.Value)}")));
        }
    }

    private static Table Words(IReadOnlyList<WordFinding> words)
    {
        var table = Terminal.NewTable("word", "means");
        foreach (var word in words)
            table.Add(word.Word, string.Join(", ", word.Dimensions.Select(dimension => $"{dimension.Key} {Number(dimension.Value)}")));
        return table;
    }

    private static Table Plan(MusicalPlan plan)
    {
        var table = Terminal.NewTable("parameter", "value", "neutral", "0 … 1");
        var neutral = MusicalPlan.Neutral;
        table.Add("tempo_bpm", Number(plan.TempoBpm), Number(neutral.TempoBpm), "");
        table.Add("mode", Name(plan.Mode), Name(neutral.Mode), "");
        table.Add("form", Name(plan.Form), Name(neutral.Form), "");
        table.Add("register", Number(plan.Register), Number(neutral.Register), "low … high");
        table.Add("consonance", Number(plan.Consonance), Number(neutral.Consonance), "dissonant … consonant");
        table.Add("articulation", Number(plan.Articulation), Number(neutral.Articulation), "legato … staccato");
        table.Add("dynamics", Number(plan.Dynamics), Number(neutral.Dynamics), "soft … loud");
        table.Add("roughness", Number(plan.Roughness), Number(neutral.Roughness), "smooth … rough");
        table.Add("brightness", Number(plan.Brightness), Number(neutral.Brightness), "dark … bright");
        table.Add("reverberance", Number(plan.Reverberance), Number(neutral.Reverberance), "dry … reverberant");
        table.Add("density", Number(plan.Density), Number(neutral.Density), "sparse … dense");
        table.Add("instruments", Names(plan.Instruments), Names(neutral.Instruments), "");
        return table;
    }

    private static Table Why(IReadOnlyList<MusicalChoice> choices)
    {
        var table = Terminal.NewTable("parameter", "value", "because", "source");
        foreach (var choice in choices) table.Add(choice.Parameter, choice.Value, choice.Because, choice.Source);
        return table;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static string Names(IReadOnlyList<Instrument> instruments) => string.Join(", ", instruments.Select(Name));
}
