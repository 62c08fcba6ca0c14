using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>What a text says that its plan does not: a model would play other music than the composer.</summary>
internal static partial class Contradictions
{
    /// <summary>
    /// A word, and on which side of the neutral plan it puts the parameter. Wider than the knowledge base's own bands: what is found
    /// here, any listener would call wrong.
    /// </summary>
    private static readonly (string Parameter, Regex Words, int Side)[] Sides =
    [
        ("tempo_bpm", Word("slow|unhurried|slow-paced|lento|largo|adagio"), -1),
        ("tempo_bpm", Word("fast|rapid|racing|breakneck|fast-paced|lively|brisk|quick|quick-stepping|presto"), 1),
        ("register", Word("low register|low-pitched|low pitch|deep pitch"), -1),
        ("register", Word("high register|high-pitched|high pitch"), 1),
        ("consonance", Word("dissonant|dissonance|clashing"), -1),
        ("consonance", Word("consonant|consonance"), 1),
        ("articulation", Word("legato"), -1),
        ("articulation", Word("staccato|detached|clipped"), 1),
        ("dynamics", Word("soft|gentle|quiet|hushed"), -1),
        ("dynamics", Word("loud|strong|thundering"), 1),
        ("roughness", Word("smooth pure|clean|rounded timbre"), -1),
        ("roughness", Word("distorted|rough|gritty|grainy"), 1),
        ("brightness", Word("dark|muted|mellow"), -1),
        ("brightness", Word("bright|piercing|sharp"), 1),
        ("reverberance", Word("dry"), -1),
        ("reverberance", Word("reverberant|lush|roomy|generous reverb"), 1),
    ];

    /// <summary>One line for each; empty where text and plan agree.</summary>
    public static IReadOnlyList<string> Of(RefinedPrompt refined)
    {
        var (text, plan) = (refined.Text, refined.Plan);
        var found = new List<string>();
        var tempo = Math.Round(plan.TempoBpm).ToString(CultureInfo.InvariantCulture);
        var numbers = Numbers().Matches(text).Select(match => match.Value).ToList();
        if (numbers is not [var only] || only != tempo) found.Add($"the text has the numbers \"{string.Join(", ", numbers)}\", the plan's tempo is {tempo}");

        var modes = Enum.GetNames<Mode>().Where(mode => Word(mode).IsMatch(text)).ToList();
        if (modes is not [var named] || named != plan.Mode.ToString())
            found.Add($"the text names the modes \"{string.Join(", ", modes)}\", the plan's is {JsonNamingPolicy.SnakeCaseLower.ConvertName(plan.Mode.ToString())}");

        foreach (var (parameter, words, side) in Sides)
        {
            var read = Finding.Parameters[parameter];
            var (value, neutral) = (read(plan), read(MusicalPlan.Neutral));
            if (words.Match(text) is { Success: true } match && Math.Sign(value - neutral) != side)
                found.Add(string.Create(CultureInfo.InvariantCulture, $"the text says \"{match.Value}\", the plan's {parameter} is {value:0.##}, neutral is {neutral:0.##}"));
        }

        return found;
    }

    private static Regex Word(string words) => new($@"(?<![\w-])(?:{words})(?![\w-])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\d+(?:\.\d+)?")]
    private static partial Regex Numbers();
}
