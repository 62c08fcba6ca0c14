using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AudioReprompt.Evaluation.Studies;

/// <summary>Which of a pair.</summary>
public enum Condition
{
    /// <summary>The user's words as they stand.</summary>
    Raw,

    /// <summary>What they became.</summary>
    Refined,
}

/// <summary>All that decides the audio of a study; written into its folder before anything else, and what goes on there must be the same.</summary>
public sealed record StudyDesign
{
    /// <summary>Of this program; another one may play the same prompt otherwise.</summary>
    public required string Program { get; init; }

    /// <summary>SHA-256 of the rows of the table that can be used, in their order.</summary>
    public required string PromptsSha256 { get; init; }

    public required int Prompts { get; init; }
    public required string Engine { get; init; }
    public required string Model { get; init; }

    /// <summary>Pairs of each prompt.</summary>
    public required int SeedsPerPrompt { get; init; }

    /// <summary>What all seeds are drawn from.</summary>
    public required long Seed { get; init; }

    public required double DurationSeconds { get; init; }

    /// <summary>Who writes the refined text.</summary>
    public required string Curator { get; init; }

    /// <summary>What the engine got for <see cref="Condition.Raw"/>, in words.</summary>
    public required string Raw { get; init; }

    /// <summary>What the engine got for <see cref="Condition.Refined"/>, in words.</summary>
    public required string Refined { get; init; }

    /// <summary>
    /// 0…4,294,967,295: the first four bytes, big-endian, of SHA-256 over <c>seed LF id LF number</c>. Both of a pair have the same; it does not
    /// depend on the other prompts, so that a longer table repeats the pairs of a shorter one.
    /// </summary>
    /// <param name="repeat">From 1.</param>
    public long SeedOf(string id, int repeat)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Seed}\n{id}\n{repeat}");
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public static string HashOf(IReadOnlyList<PromptRow> rows)
    {
        var text = string.Join('\n', rows.Select(row => JsonSerializer.Serialize([row.Id, row.Prompt, row.Taste], StudyJson.Default.StringArray)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Where this study is another one than that of a folder; empty where it is the same.</summary>
    public IReadOnlyList<string> DifferencesTo(StudyDesign there)
    {
        var (ours, theirs) = (Members(this), Members(there));
        return [.. ours.Where(member => member.Value?.ToJsonString() != theirs[member.Key]?.ToJsonString())
            .Select(member => $"{member.Key} is {theirs[member.Key]?.ToJsonString()} there and {member.Value?.ToJsonString()} here")];

        static JsonObject Members(StudyDesign design) => JsonSerializer.SerializeToNode(design, StudyJson.Default.StudyDesign)!.AsObject();
    }
}
