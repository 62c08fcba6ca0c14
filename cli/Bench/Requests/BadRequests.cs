namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>An endless sequence of requests that must be refused; each follows from the seed and its index alone.</summary>
internal sealed class BadRequests
{
    private readonly int _seed;
    private readonly Func<Dice, BadRequest>[] _kinds;

    public BadRequests(int seed, Target target)
    {
        var (json, path, http) = (new JsonRequests(target), new PathRequests(target), new BrokenHttp(target));
        _seed = seed;
        // As often as they stand for: three quarters are right as HTTP.
        (int Weight, Func<Dice, BadRequest> Kind)[] kinds =
        [
            (20, json.Field), (12, json.Broken), (5, json.PromptEdge), (2, json.TooLarge), (5, json.OtherType), (4, json.Compressed), (2, json.IdempotencyKey), (3, json.ApiKey),
            (11, path.UnknownId), (4, path.UnknownRoute), (4, path.OtherMethod), (4, path.Query), (1, path.Part), (5, path.Signature), (4, path.Webhook),
            (2, http.RequestLine), (1, http.Version), (1, http.OtherProtocol), (3, http.Headers), (2, http.Length), (1, http.TooShort), (1, http.FarTooLarge), (2, http.Coding), (2, http.Chunk), (2, http.Smuggled), (3, http.Abandoned),
        ];
        _kinds = [.. kinds.SelectMany(kind => Enumerable.Repeat(kind.Kind, kind.Weight))];
    }

    public BadRequest this[int index]
    {
        get
        {
            var dice = new Dice(_seed, index);
            return dice.Pick(_kinds)(dice);
        }
    }
}
