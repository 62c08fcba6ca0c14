using System.Text.Json.Serialization;

namespace AudioReprompt.Jobs;

/// <summary>
/// A job record as the stores keep it: snake_case, enums by their names, no blanks; what is null is left out, what is
/// derived is not written.
/// </summary>
/// <remarks>
/// Generated code sets an <c>init</c> property that a record lacks to its type's default, not to its initialiser's value.
/// Whoever adds a property to <see cref="AudioJob"/> therefore chooses one whose default means "as before".
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(AudioJob))]
public sealed partial class AudioJobJson : JsonSerializerContext;
