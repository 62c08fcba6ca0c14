using System.Globalization;
using System.Runtime.CompilerServices;

namespace AudioReprompt.Cli.Bench;

/// <summary>What scoring costs those who ask for music meanwhile: how quickly requests are accepted with songs being composed and scored, and composed alone.</summary>
internal static class ScoringLoadBench
{
    private const int Primed = 20;
    private const int WarmUps = 300;
    private const int Requests = 1000;

    /// <summary>Each way so many times in turn, and the best counts: what else the machine does only ever adds.</summary>
    private const int Rounds = 3;

    private const double DurationSeconds = 10;
    private const double GoalPercent = 10;

    private static readonly TimeSpan LongestWork = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(30);

    public static async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<LoadResult> off = [], on = [];
        var scored = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            off.Add(await SendAsync("false", null, cancellationToken));
            on.Add(await SendAsync("true", scored, cancellationToken));
        }

        scored.Sort();
        var (with, without) = (Best(on, 0.5), Best(off, 0.5));
        yield return new Measurement(
            "scoring.post_slowdown",
            $"POST /api/audio/generate, one at a time, songs of {DurationSeconds:0} s being composed: slower where they are scored too",
            100 * ((with / without) - 1),
            "%",
            Goal.AtMost(GoalPercent),
            string.Create(CultureInfo.InvariantCulture, $"p50 {with:0.00} ms with, {without:0.00} ms without; p99 {Best(on, 0.99):0.0}, {Best(off, 0.99):0.0}; best of {Rounds}"));
        yield return new Measurement(
            "scoring.time",
            $"Scoring a song of {DurationSeconds:0} s, on a thread of low priority",
            scored[scored.Count / 2],
            "ms",
            Goal.Unlimited,
            string.Create(CultureInfo.InvariantCulture, $"median of {scored.Count}"));
    }

    /// <returns>Milliseconds.</returns>
    private static double Best(List<LoadResult> results, double share) => results.Min(result => result.Percentile(share).TotalMilliseconds);

    private static async Task<LoadResult> SendAsync(string enabled, List<double>? scored, CancellationToken cancellationToken)
    {
        await using var servers = await PrivateServers.StartAsync(cancellationToken, new Dictionary<string, string> { ["AUDIOREPROMPT__SCORING__ENABLED"] = enabled });
        var client = FrontDoorClient.Create($"http://{servers.Address}");
        var ids = new List<Guid>();
        for (var index = 0; index < Primed; index++)
            ids.Add((await client.GenerateAsync(ApiRequests.Prompt(index), DurationSeconds, index, cancellationToken)).AudioId);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestWork);
        // From here on one song is composed while the one before is scored.
        foreach (var id in ids.Take(2)) Note(await client.FollowAsync(id, _ => { }, limit.Token));

        var requests = new ApiRequests(servers.Address);
        ReadOnlyMemory<byte>[] bodies = [.. Enumerable.Range(Primed, WarmUps + Requests).Select(index => requests.Generate(index, DurationSeconds))];
        await SendAllAsync(bodies[..WarmUps]);
        return await SendAllAsync(bodies[WarmUps..]);

        Task<LoadResult> SendAllAsync(ReadOnlyMemory<byte>[] sent) => LoadGenerator.RunAsync(
            servers.Address, new Load(1, sent.Length, LongestLoad, index => sent[index]), (_, answer) => ApiRequests.AudioId(answer), cancellationToken);

        void Note(AudioReprompt.FrontDoor.Api.AudioAnswer answer)
        {
            if (answer.Scoring is { } facts) scored?.Add(facts.Milliseconds);
        }
    }
}
