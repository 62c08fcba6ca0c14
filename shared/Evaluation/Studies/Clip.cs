using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using AudioReprompt.Reprompt;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>A prompt and what it became: a line of <c>refined.jsonl</c>.</summary>
/// <param name="TasteRead">The dominant taste.</param>
public sealed record RefinedRow(string Id, string Text, MusicalPlan Plan, string TasteRead, string Language, string Curator);

/// <summary>A recording that was made: a line of <c>clips.jsonl</c>. It counts only while the file has these bytes.</summary>
public sealed record GeneratedClip(string File, string Sha256);

/// <summary>A recording that was judged: a line of <c>scores-NAME.jsonl</c>. It counts only for a file of these bytes.</summary>
/// <param name="Embedding">Little-endian 32-bit floats as base64; null where <paramref name="Reason"/> says why.</param>
/// <param name="Score">null where <paramref name="Reason"/> says why.</param>
public sealed record ScoredClip(string File, string Sha256, string Scorer, string? Embedding, double? Score, string? Reason)
{
    [JsonIgnore]
    public float[]? Vector => Embedding is null ? null : MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(Embedding)).ToArray();

    public static string Encode(float[] vector) => Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector));
}
