using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace AudioReprompt.Cli.Bench.MixedLoad;

/// <summary>What callers do with the API.</summary>
internal enum Call
{
    Generate,
    Get,
    List,
    Refine,
    Content,
    Bad,
}

/// <summary>Calls as of many users: some ask for music, most look how far theirs is.</summary>
/// <param name="finished">Jobs whose audio is there.</param>
/// <param name="contentStatus">The right answer to a part of their audio: 206, or 302 where the store serves it.</param>
internal sealed class Traffic(IPEndPoint server, Guid[] finished, int contentStatus, TextWriter output)
{
    public const string Mix = "10 % POST generate (1 s of music), 60 % GET of jobs just accepted, 15 % list, 5 % refine, 5 % a part of the audio, 5 % bad";

    private const double DurationSeconds = 1;
    private const int Recent = 64;
    private const int Printed = 10;

    /// <summary>Twenty calls in the shares of <see cref="Mix"/>, spread so that no kind comes in a burst.</summary>
    private static readonly Call[] Round =
    [
        Call.Get, Call.Generate, Call.Get, Call.List, Call.Get, Call.Get, Call.Refine, Call.Get, Call.List, Call.Get,
        Call.Get, Call.Generate, Call.Get, Call.Content, Call.Get, Call.Get, Call.List, Call.Get, Call.Bad, Call.Get,
    ];

    private readonly ApiRequests _requests = new(server);
    private readonly ConcurrentQueue<Guid> _accepted = new();
    private readonly Guid[] _recent = [.. Enumerable.Repeat(finished, Recent).SelectMany(ids => ids).Take(Recent)];
    private int _errors;
    private int _newest;

    /// <summary>Answers other than the right one, and none at all.</summary>
    public int Errors => _errors;

    public IReadOnlyCollection<Guid> Accepted => _accepted;

    public static Call CallOf(int index) => Round[index % Round.Length];

    public ReadOnlyMemory<byte> Request(int index) => CallOf(index) switch
    {
        Call.Generate => _requests.Generate(index, DurationSeconds),
        Call.Get => _requests.Get(_recent[index % Recent]),
        Call.List => Text("GET", "/api/audio?limit=20"),
        Call.Refine => Text("POST", "/api/prompt/refine", $$"""{"prompt":"{{ApiRequests.Prompt(index)}}"}"""),
        Call.Content => Text("GET", $"/api/audio/{finished[index % finished.Length]}/content", null, "Range: bytes=0-65535\r\n"),
        _ => Text("POST", "/api/audio/generate", """{"prompt":"too short","duration_seconds":0}"""),
    };

    public void Read(int index, HttpAnswer answer)
    {
        var call = CallOf(index);
        var right = call switch
        {
            Call.Generate => (int)HttpStatusCode.Accepted,
            Call.Content => contentStatus,
            Call.Bad => (int)HttpStatusCode.BadRequest,
            _ => (int)HttpStatusCode.OK,
        };
        if (answer.Status != right)
        {
            Report(index, $"{answer.Status} instead of {right}: {Encoding.UTF8.GetString(answer.Body[..Math.Min(answer.Body.Length, 300)])}");
        }
        else if (call == Call.Generate)
        {
            var id = ApiRequests.AudioId(answer);
            _accepted.Enqueue(id);
            _recent[(Interlocked.Increment(ref _newest) & int.MaxValue) % Recent] = id;
        }
    }

    public void Failed(int index, Exception exception) => Report(index, exception.Message);

    private void Report(int index, string what)
    {
        if (Interlocked.Increment(ref _errors) > Printed) return;
        lock (output) output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  request {index}, {CallOf(index)}: {what}"));
    }

    private ReadOnlyMemory<byte> Text(string method, string target, string? json = null, string lines = "") => Encoding.UTF8.GetBytes(json is null
        ? $"{method} {target} HTTP/1.1\r\nHost: {server}\r\n{lines}\r\n"
        : $"{method} {target} HTTP/1.1\r\nHost: {server}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{lines}\r\n{json}");
}
