using AudioReprompt.Reprompt;

namespace AudioReprompt.Cli.Evaluation;

/// <summary>
/// A published direction that the plans of many prompts must show on the average. Written down here from the publications a second
/// time, apart from <c>data/correspondences.psv</c>: a wrong sign there must not make itself right.
/// </summary>
/// <param name="Group">A label, or a tag of the set.</param>
/// <param name="Against">A tag to compare with; null: the prompts of every label that no publication moves the same way.</param>
/// <param name="Sign">1 the group has more of it, −1 less.</param>
internal sealed record Finding(string Group, string Parameter, int Sign, string Source, string? Against = null)
{
    private const string Mesz = "Mesz et al. 2011";
    private const string Crisinel = "Crisinel & Spence 2010";
    private const string Knoeferle = "Knoeferle et al. 2015";
    private const string WangKeller = "Wang, Keller & Spence 2017";
    private const string Reinoso = "Reinoso-Carvalho et al. 2017";
    private const string WangSpence = "Wang & Spence 2017";

    /// <summary>What of a plan is compared, in the order of the reports.</summary>
    public static IReadOnlyDictionary<string, Func<MusicalPlan, double>> Parameters { get; } =
        new OrderedDictionary<string, Func<MusicalPlan, double>>
        {
            ["register"] = plan => plan.Register,
            ["tempo_bpm"] = plan => plan.TempoBpm,
            ["consonance"] = plan => plan.Consonance,
            ["articulation"] = plan => plan.Articulation,
            ["dynamics"] = plan => plan.Dynamics,
            ["roughness"] = plan => plan.Roughness,
            ["brightness"] = plan => plan.Brightness,
            ["reverberance"] = plan => plan.Reverberance,
        };

    public static IReadOnlyList<Finding> Published { get; } =
    [
        new("sweet", "consonance", 1, Mesz),
        new("sweet", "tempo_bpm", -1, Mesz),
        new("sweet", "dynamics", -1, Mesz),
        new("sweet", "register", 1, Crisinel),
        new("sweet", "roughness", -1, Knoeferle),
        new("sweet", "brightness", -1, Knoeferle),
        new("sweet", "articulation", -1, Knoeferle),
        new("sour", "register", 1, $"{Mesz}; {Crisinel}; {Knoeferle}"),
        new("sour", "tempo_bpm", 1, $"{Mesz}; {Knoeferle}"),
        new("sour", "consonance", -1, Mesz),
        new("sour", "brightness", 1, Knoeferle),
        new("sour", "roughness", 1, Knoeferle),
        new("salty", "articulation", 1, $"{Mesz}; {Knoeferle}"),
        new("bitter", "register", -1, $"{Mesz}; {Crisinel}; {Knoeferle}"),
        new("bitter", "articulation", -1, Mesz),
        new("bitter", "roughness", 1, Knoeferle),
        new("bitter", "consonance", -1, Reinoso),
        new("umami", "register", -1, Crisinel),
        new("spicy", "tempo_bpm", 1, WangKeller),
        new("spicy", "register", 1, WangKeller),
        new("spicy", "roughness", 1, WangKeller),
        new("creamy", "articulation", -1, Reinoso, "rough"),
        new("creamy", "consonance", 1, Reinoso, "rough"),
        new("creamy", "reverberance", 1, Reinoso, "rough"),
        new("cold", "register", 1, WangSpence, "hot"),
        new("cold", "tempo_bpm", 1, WangSpence, "hot"),
    ];
}
