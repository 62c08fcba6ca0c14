using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.Worker.Jobs;
using AudioReprompt.Worker.Outbound;

namespace AudioReprompt.Worker.LocalApi;

/// <summary>Reads a request's body.</summary>
/// <param name="detail">What is wrong with it; see <see cref="SubmissionReader.Read"/>.</param>
internal delegate JobSubmission? ReadSubmission(ReadOnlyMemory<byte> body, out JsonArray detail);

/// <summary>Reads the body of <c>run</c> and <c>runsync</c>. Unknown fields are ignored, as on the platform.</summary>
/// <param name="webhookHosts">Where a webhook may lead.</param>
internal sealed class SubmissionReader(AllowedHosts webhookHosts)
{
    private const long LongestPolicyMilliseconds = 7L * 24 * 3600 * 1000;

    /// <param name="detail">What is wrong, in the form of the platform's local server: an array of <c>{type, loc, msg, input}</c>.</param>
    /// <returns>null when the body is at fault.</returns>
    public JobSubmission? Read(ReadOnlyMemory<byte> body, out JsonArray detail)
    {
        if (ReadObject(body, out detail) is not { } record) return null;
        var submission = new JobSubmission(ReadInput(record, detail)) { Webhook = ReadWebhook(record, detail) };
        if (Field(record, "policy") is { } policy) submission = WithPolicy(submission, policy, detail);
        return detail.Count == 0 ? submission : null;
    }

    /// <summary>The body of the realtime route: an id of the caller's, and an input of any type but null.</summary>
    /// <inheritdoc cref="Read" path="/param"/>
    /// <inheritdoc cref="Read" path="/returns"/>
    public static JobSubmission? ReadRealtime(ReadOnlyMemory<byte> body, out JsonArray detail)
    {
        if (ReadObject(body, out detail) is not { } record) return null;
        if (!record.TryGetProperty("id", out var id)) Add(detail, "missing", "Field required", null, "body", "id");
        else if (id.ValueKind != JsonValueKind.String) Add(detail, "string_type", "Input should be a valid string", id, "body", "id");
        if (Field(record, "input") is not { } input) Add(detail, "missing", "Field required", null, "body", "input");
        else if (detail.Count == 0) return new JobSubmission(input) { Id = id.GetString(), Record = record };
        return null;
    }

    /// <summary>The detail of a body that is not declared to be JSON.</summary>
    public static JsonArray NotJson()
    {
        var detail = new JsonArray();
        Add(detail, "content_type", "Content-Type should be application/json", null, "body");
        return detail;
    }

    private static JsonElement? ReadObject(ReadOnlyMemory<byte> body, out JsonArray detail)
    {
        detail = [];
        if (body.IsEmpty)
        {
            Add(detail, "missing", "Field required", null, "body");
            return null;
        }

        JsonElement record;
        try
        {
            using var document = JsonDocument.Parse(body);
            record = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            Add(detail, "json_invalid", "JSON decode error", null, "body", exception.BytePositionInLine ?? 0);
            return null;
        }

        if (record.ValueKind != JsonValueKind.Object)
        {
            Add(detail, "model_attributes_type", "Input should be an object", record, "body");
            return null;
        }

        return record;
    }

    private static JsonElement ReadInput(JsonElement record, JsonArray detail)
    {
        if (!record.TryGetProperty("input", out var input)) Add(detail, "missing", "Field required", null, "body", "input");
        else if (input.ValueKind != JsonValueKind.Object) Add(detail, "dict_type", "Input should be a valid dictionary", input, "body", "input");
        return input;
    }

    private Uri? ReadWebhook(JsonElement record, JsonArray detail)
    {
        if (Field(record, "webhook") is not { } webhook) return null;
        if (webhook.ValueKind != JsonValueKind.String)
            Add(detail, "string_type", "Input should be a valid string", webhook, "body", "webhook");
        else if (!Uri.TryCreate(webhook.GetString(), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            Add(detail, "url_parsing", "Input should be an http or https address", null, "body", "webhook");
        else if (webhookHosts.FaultOf(address) is { } fault)
            Add(detail, "value_error", $"Input {fault}", null, "body", "webhook");
        else
            return address;
        return null;
    }

    private static JobSubmission WithPolicy(JobSubmission submission, JsonElement policy, JsonArray detail)
    {
        if (policy.ValueKind != JsonValueKind.Object)
        {
            Add(detail, "dict_type", "Input should be a valid dictionary", policy, "body", "policy");
            return submission;
        }

        return submission with
        {
            ExecutionTimeout = Milliseconds(policy, "executionTimeout", detail) ?? submission.ExecutionTimeout,
            TimeToLive = Milliseconds(policy, "ttl", detail) ?? submission.TimeToLive,
        };
    }

    private static TimeSpan? Milliseconds(JsonElement policy, string field, JsonArray detail)
    {
        if (Field(policy, field) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number is >= 1 and <= LongestPolicyMilliseconds)
            return TimeSpan.FromMilliseconds(number);
        Add(detail, "number_range", $"Input should be milliseconds from 1 to {LongestPolicyMilliseconds}", value, "body", "policy", field);
        return null;
    }

    private static JsonElement? Field(JsonElement record, string name) =>
        record.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static void Add(JsonArray detail, string type, string message, JsonElement? input, params JsonNode[] place)
    {
        var fault = new JsonObject { ["type"] = type, ["loc"] = new JsonArray(place), ["msg"] = message };
        if (input is { } value) fault["input"] = JsonSerializer.SerializeToNode(value);
        detail.Add(fault);
    }
}
