namespace AudioReprompt.Reprompt.Knowledge;

/// <summary>Reads the files about music: which direction moves what, and what it is all called.</summary>
internal sealed class MusicLoader(string folder, IReadOnlyDictionary<string, Dimension> dimensions)
{
    private readonly Dictionary<string, Publication> _sources = new() { ["ours"] = Publication.Ours };

    public MusicKnowledge Load()
    {
        LoadSources();
        return new MusicKnowledge(
            LoadCorrespondences(), LoadInstruments(), LoadModes(), LoadForms(), LoadMoods(), LoadParameters(),
            MusicWordLoader.Load(folder, dimensions, _sources));
    }

    private void LoadSources()
    {
        foreach (var row in Table.Read(folder, "sources.psv", "key", "short", "citation"))
        {
            if (!_sources.TryAdd(row.Text("key"), new Publication(row.Text("short"), row.Text("citation"))))
                throw row.Error($"lists \"{row.Text("key")}\" a second time.");
        }
    }

    private Correspondence[][] LoadCorrespondences()
    {
        var seen = new HashSet<string>();
        var all = ListsByName<PlanParameter, Correspondence>();
        foreach (var row in Table.Read(folder, "correspondences.psv", "direction", "parameter", "shift", "english", "spanish", "source"))
        {
            var parameter = row.Choice("parameter", PlanParameter.TempoBpm, PlanParameter.Arousal);
            var limit = parameter == PlanParameter.TempoBpm ? 100 : 1;
            if (!seen.Add($"{row.Text("direction")} {parameter}"))
                throw row.Error("moves a parameter that this direction has moved already.");
            all[(int)parameter].Add(new Correspondence(parameter, row.Number("shift", -limit, limit), FindingOf(row)));
        }

        return Array.ConvertAll(all, list => list.ToArray());
    }

    private Finding FindingOf(Row row) =>
        new(row.Choice("direction", dimensions), row.Text("english"), row.Text("spanish"), row.Choice("source", _sources));

    private InstrumentKnowledge[] LoadInstruments()
    {
        var affinities = ListsByName<Instrument, Affinity>();
        var lines = Table.Read(
            folder, "instrument-directions.psv", "instrument", "direction", "affinity", "english", "spanish", "source");
        foreach (var row in lines)
            affinities[(int)row.Choice<Instrument>("instrument")].Add(new Affinity(row.Number("affinity", 0, 1), FindingOf(row)));

        return OnePerName<Instrument, InstrumentKnowledge>(
            Table.Read(folder, "instruments.psv", "key", "role", "prior", "english", "spanish"),
            "key",
            (row, key) => new InstrumentKnowledge(
                key,
                row.Choice<InstrumentRole>("role"),
                row.Number("prior", 0, 1),
                row.List("english"),
                row.Text("spanish"),
                affinities[(int)key]));
    }

    private ModeKnowledge[] LoadModes() =>
        OnePerName<Mode, ModeKnowledge>(
            Table.Read(folder, "modes.psv", "mode", "valence", "arousal", "english", "spanish"),
            "mode",
            (row, mode) => new ModeKnowledge(
                mode, row.Number("valence", -1, 1), row.Number("arousal", -1, 1), row.Text("english"), row.Text("spanish")));

    private FormKnowledge[] LoadForms() =>
        OnePerName<MusicalForm, FormKnowledge>(
            Table.Read(folder, "forms.psv", "form", "arousal", "english", "spanish"),
            "form",
            (row, form) => new FormKnowledge(form, row.Number("arousal", -1, 1), row.Text("english"), row.Text("spanish")));

    private List<Mood> LoadMoods() =>
        Table.Read(folder, "moods.psv", "valence", "arousal", "english")
            .ConvertAll(row => new Mood(row.Number("valence", -1, 1), row.Number("arousal", -1, 1), row.List("english")));

    private ParameterKnowledge[] LoadParameters()
    {
        var bands = LoadBands();
        return OnePerName<PlanParameter, ParameterKnowledge>(
            Table.Read(folder, "parameters.psv", "key", "english", "spanish"),
            "key",
            (row, key) => key < PlanParameter.Valence && bands[(int)key].Count == 0
                ? throw row.Error($"names \"{row.Text("key")}\", which has no line in vocabulary.psv.")
                : new ParameterKnowledge(row.Text("key"), row.Text("english"), row.Text("spanish"), bands[(int)key]));
    }

    private List<Band>[] LoadBands()
    {
        var bands = ListsByName<PlanParameter, Band>();
        foreach (var row in Table.Read(folder, "vocabulary.psv", "parameter", "up to", "kind", "english", "spanish"))
        {
            var parameter = row.Choice("parameter", PlanParameter.TempoBpm, PlanParameter.Density);
            var upTo = row.Number("up to", 0, parameter == PlanParameter.TempoBpm ? 200 : 1);
            if (bands[(int)parameter] is [.., { } before] && before.UpTo >= upTo)
                throw row.Error("must reach higher than the line before it of the same parameter.");
            var plain = row.Choice<BandKind>("kind") == BandKind.Plain;
            bands[(int)parameter].Add(new Band(upTo, plain, row.List("english"), row.Text("spanish")));
        }

        return bands;
    }

    private static List<TItem>[] ListsByName<TName, TItem>()
        where TName : struct, Enum
        where TItem : class
    {
        var lists = new List<TItem>[Names<TName>.All.Length];
        for (var place = 0; place < lists.Length; place++) lists[place] = [];
        return lists;
    }

    /// <summary>One line for each name, in any order.</summary>
    private static TItem[] OnePerName<TName, TItem>(List<Row> rows, string column, Func<Row, TName, TItem> read)
        where TName : struct, Enum
        where TItem : class
    {
        var items = new TItem?[Names<TName>.All.Length];
        foreach (var row in rows)
        {
            var name = row.Choice<TName>(column);
            var place = (int)(object)name;
            if (items[place] is not null) throw row.Error($"lists \"{row.Text(column)}\" a second time.");
            items[place] = read(row, name);
        }

        var missing = Array.IndexOf(items, null);
        if (missing >= 0) throw new InvalidDataException($"{rows[0].File} lacks a line for \"{Names<TName>.All[missing]}\".");
        return items!;
    }

    private enum BandKind
    {
        Plain,
        Told,
    }
}

/// <summary>All that is known about music.</summary>
internal sealed class MusicKnowledge(
    Correspondence[][] correspondences,
    InstrumentKnowledge[] instruments,
    ModeKnowledge[] modes,
    FormKnowledge[] forms,
    IReadOnlyList<Mood> moods,
    ParameterKnowledge[] parameters,
    IReadOnlyList<MusicWord> words)
{
    public IReadOnlyList<InstrumentKnowledge> Instruments => instruments;

    public IReadOnlyList<ModeKnowledge> Modes => modes;

    public IReadOnlyList<FormKnowledge> Forms => forms;

    public IReadOnlyList<Mood> Moods => moods;

    public IReadOnlyList<MusicWord> Words => words;

    /// <summary>What moves the parameter.</summary>
    public Correspondence[] Moving(PlanParameter parameter) => correspondences[(int)parameter];

    public ParameterKnowledge Of(PlanParameter parameter) => parameters[(int)parameter];

    public ModeKnowledge Of(Mode mode) => modes[(int)mode];

    public FormKnowledge Of(MusicalForm form) => forms[(int)form];

    public InstrumentKnowledge Of(Instrument instrument) => instruments[(int)instrument];
}
