using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Judges answers to bad requests and counts those that are not as they should be.</summary>
internal sealed class Findings(int seed, TextWriter output)
{
    private const int Printed = 20;
    private const int ShownBytes = 300;

    /// <summary>The header that every answer of ours has, and none that Kestrel gives before it calls us.</summary>
    private static ReadOnlySpan<byte> OurMark => "x-request-id"u8;

    private readonly ConcurrentDictionary<(string Category, string Answer), int> _answers = new();
    private int _printed;
    private int _serverErrors, _versionsRefused, _accepted, _others, _noProblems, _noFields, _silent;

    /// <summary>5xx, except <see cref="VersionsRefused"/>.</summary>
    public int ServerErrors => _serverErrors;

    /// <summary>505 of Kestrel's own, to HTTP versions that it does not speak: right by RFC 9110, section 15.6.6.</summary>
    public int VersionsRefused => _versionsRefused;

    /// <summary>2xx and 3xx.</summary>
    public int Accepted => _accepted;

    /// <summary>A refusal, but with another status than the right one.</summary>
    public int Others => _others;

    /// <summary>Refused by us without a problem document.</summary>
    public int NoProblems => _noProblems;

    /// <summary>A field was at fault and <c>errors</c> names none.</summary>
    public int NoFields => _noFields;

    /// <summary>Neither answered nor closed in time; or closed, though right as HTTP.</summary>
    public int Silent => _silent;

    /// <summary>Category and answer → how often.</summary>
    public IReadOnlyDictionary<(string Category, string Answer), int> Answers => _answers;

    public void Take(int index, BadRequest request, HttpAnswer answer)
    {
        var isOurs = !answer.Head[OurMark].IsEmpty;
        Note(request, $"{answer.Status}{(isOurs ? "" : " by Kestrel")}");
        if (answer.Status == 505 && !isOurs && request.Delivery == Delivery.Alone) Interlocked.Increment(ref _versionsRefused);
        else if (answer.Status >= 500) Report(ref _serverErrors, index, request, "a fault of the server", answer);
        else if (answer.Status < 400) Report(ref _accepted, index, request, "accepted", answer);
        else if (request.Delivery == Delivery.Kept && answer.Status != request.Status) Report(ref _others, index, request, $"should be {request.Status}", answer);
        else if (isOurs) Read(index, request, answer);
        else if (request.Delivery == Delivery.Kept) Report(ref _noProblems, index, request, "not answered by us", answer);
    }

    /// <summary>The server closed the connection instead.</summary>
    public void TakeClosed(int index, BadRequest request)
    {
        Note(request, "closed");
        if (request.Delivery == Delivery.Kept) Report(ref _silent, index, request, "closed", default);
    }

    public void TakeSilence(int index, BadRequest request)
    {
        Note(request, "silence");
        Report(ref _silent, index, request, "no answer in time", default);
    }

    private void Read(int index, BadRequest request, HttpAnswer answer)
    {
        if (!answer.Head["content-type"u8].StartsWith("application/problem+json"u8)) Report(ref _noProblems, index, request, "no problem document", answer);
        else if (!request.IsHead && !IsProblem(answer)) Report(ref _noProblems, index, request, "no problem document", answer);
        else if (request.NamesField && !NamesField(answer)) Report(ref _noFields, index, request, "no field is named", answer);
    }

    private static bool IsProblem(HttpAnswer answer)
    {
        try
        {
            using var problem = JsonDocument.Parse(answer.Body.ToArray());
            return problem.RootElement.TryGetProperty("status", out var status) && status.TryGetInt32(out var number) && number == answer.Status;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool NamesField(HttpAnswer answer)
    {
        using var problem = JsonDocument.Parse(answer.Body.ToArray());
        return problem.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Object && errors.EnumerateObject().Any();
    }

    private void Note(BadRequest request, string answer) => _answers.AddOrUpdate((request.Category, answer), 1, (_, count) => count + 1);

    private void Report(ref int count, int index, BadRequest request, string reason, HttpAnswer answer)
    {
        Interlocked.Increment(ref count);
        if (Interlocked.Increment(ref _printed) > Printed) return;
        var sent = Escape(request.Bytes.AsSpan(0, Math.Min(request.Bytes.Length, ShownBytes)));
        var got = answer.Status == 0 ? "" : $": {answer.Status} {Escape(answer.Body[..Math.Min(answer.Body.Length, ShownBytes)])}";
        lock (output) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  seed {seed}, index {index}, {request.Category}, {reason}{got}\n    {sent}"));
    }

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 16);
        foreach (var value in bytes)
        {
            if (value is >= 0x20 and < 0x7f and not (byte)'\\') text.Append((char)value);
            else if (value is (byte)'\r' or (byte)'\n') text.Append(value == '\r' ? "\\r" : "\\n");
            else text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }

        return text.ToString();
    }
}
