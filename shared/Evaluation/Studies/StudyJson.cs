using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>The files of a study.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StudyDesign))]
[JsonSerializable(typeof(RefinedRow))]
[JsonSerializable(typeof(GeneratedClip))]
[JsonSerializable(typeof(ScoredClip))]
[JsonSerializable(typeof(TimingLine))]
[JsonSerializable(typeof(StudyResult))]
[JsonSerializable(typeof(RecordingResult))]
[JsonSerializable(typeof(ComparisonResult))]
[JsonSerializable(typeof(string[]))]
public sealed partial class StudyJson : JsonSerializerContext
{
    /// <summary>For people: indented, accents as they are. Never put into a page.</summary>
    public static StudyJson Readable =>
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true });
}
