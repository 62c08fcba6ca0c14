using System.Text.Json;
using AudioReprompt.Contracts;

namespace AudioReprompt.Reprompt;

/// <summary>Reads and validates a musical plan that came over the wire.</summary>
public static class MusicalPlanReader
{
    public const double MinTempoBpm = 40;
    public const double MaxTempoBpm = 200;
    public const int MaxInstruments = 6;

    private static readonly string[] Fields =
    [
        "tempo_bpm", "mode", "register", "consonance", "articulation", "dynamics", "roughness", "brightness", "reverberance",
        "density", "form", "instruments",
    ];

    /// <returns>The plan; what is at fault is reported as <c>plan.…</c> and has its neutral value.</returns>
    public static MusicalPlan Read(JsonElement value, FieldErrors errors)
    {
        var found = new FieldErrors();
        var plan = Read(value, MusicalPlan.Neutral, found);
        foreach (var (field, messages) in found.ByField)
        {
            foreach (var message in messages)
                errors.Add(field == "plan" ? field : $"plan.{field}", message);
        }

        return plan;
    }

    private static MusicalPlan Read(JsonElement value, MusicalPlan neutral, FieldErrors errors)
    {
        if (JsonFields.Of(value, "plan", Fields, errors) is not { } fields) return neutral;
        double Share(string field, double fallback) => fields.Number(field, 0, 1, fallback);
        T Choice<T>(string field, T fallback) where T : struct, Enum =>
            fields.TryGet(field, out var value) ? Named<T>(value, field, errors) ?? fallback : fallback;
        return new MusicalPlan
        {
            TempoBpm = fields.Number("tempo_bpm", MinTempoBpm, MaxTempoBpm, neutral.TempoBpm),
            Mode = Choice("mode", neutral.Mode),
            Register = Share("register", neutral.Register),
            Consonance = Share("consonance", neutral.Consonance),
            Articulation = Share("articulation", neutral.Articulation),
            Dynamics = Share("dynamics", neutral.Dynamics),
            Roughness = Share("roughness", neutral.Roughness),
            Brightness = Share("brightness", neutral.Brightness),
            Reverberance = Share("reverberance", neutral.Reverberance),
            Density = Share("density", neutral.Density),
            Form = Choice("form", neutral.Form),
            Instruments = fields.TryGet("instruments", out var list) ? Instruments(list, errors) ?? neutral.Instruments : neutral.Instruments,
        };
    }

    private static List<Instrument>? Instruments(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is < 1 or > MaxInstruments)
        {
            errors.Add("instruments", $"must be an array of 1 to {MaxInstruments} instruments.");
            return null;
        }

        var instruments = new List<Instrument>();
        foreach (var item in value.EnumerateArray())
        {
            if (Named<Instrument>(item, "instruments", errors) is not { } instrument) return null;
            if (instruments.Contains(instrument))
            {
                errors.Add("instruments", $"names {item.GetString()} twice.");
                return null;
            }

            instruments.Add(instrument);
        }

        return instruments;
    }

    private static T? Named<T>(JsonElement value, string field, FieldErrors errors) where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(WireName(candidate))) return candidate;
        }

        errors.Add(field, $"must be one of {string.Join(", ", Enum.GetValues<T>().Select(WireName))}.");
        return null;
    }

    private static string WireName<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
