using System.Net;
using System.Text;
using System.Text.Json;
using AudioReprompt.FrontDoor.Api;

namespace AudioReprompt.Cli.Bench;

/// <summary>Finished HTTP requests for one front door, and what is read of its answers.</summary>
internal sealed class ApiRequests(IPEndPoint server)
{
    private const int IdLength = 36;

    private static readonly string[] Places =
    [
        "in a small bar by the harbour", "at my grandmother's table", "on a mountain terrace", "in the kitchen at midnight",
        "under a fig tree", "at a crowded market", "on the night train", "beside the fire",
    ];

    private static readonly string[] Dishes =
    [
        "grilled sardines", "dark chocolate", "lemon sorbet", "spicy ramen", "aged cheese", "salted almonds",
        "mango lassi", "black coffee", "fresh bread with butter", "pickled cucumbers", "honey cake", "green curry",
    ];

    private static readonly string[] Sides =
    [
        "a cold beer", "sweet tea", "crunchy radishes", "creamy yoghurt", "bitter salad leaves", "a glass of cava",
        "ripe strawberries", "chilli oil", "sea salt", "warm milk", "roasted peppers",
    ];

    private static readonly string[] Moods =
        ["calm", "excited", "a little sad", "in love", "tired but happy", "restless", "full of hope"];

    /// <summary>8 · 12 · 11 · 7 sentences, so that no two of the first 7,392 requests are alike.</summary>
    public static string Prompt(int index)
    {
        (index, var dish) = Math.DivRem(index, Dishes.Length);
        (index, var side) = Math.DivRem(index, Sides.Length);
        (index, var mood) = Math.DivRem(index, Moods.Length);
        return $"I am sitting {Places[index % Places.Length]}, eating {Dishes[dish]} with {Sides[side]}, and I feel {Moods[mood]}.";
    }

    /// <param name="index">Chooses the prompt.</param>
    /// <param name="durationSeconds">Of the music.</param>
    public ReadOnlyMemory<byte> Generate(int index, double durationSeconds)
    {
        var body = JsonSerializer.Serialize(
            new GenerateBody { Prompt = Prompt(index), DurationSeconds = durationSeconds, Seed = index }, ApiJson.Default.GenerateBody);
        var length = Encoding.UTF8.GetByteCount(body);
        return Encoding.UTF8.GetBytes(
            $"POST /api/audio/generate HTTP/1.1\r\nHost: {server}\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    }

    public ReadOnlyMemory<byte> Get(Guid audioId) => Encoding.UTF8.GetBytes($"GET /api/audio/{audioId} HTTP/1.1\r\nHost: {server}\r\n\r\n");

    /// <exception cref="InvalidOperationException">The answer has another status.</exception>
    public static void Expect(int status, HttpAnswer answer)
    {
        if (answer.Status == status) return;
        var body = Encoding.UTF8.GetString(answer.Body);
        throw new InvalidOperationException($"The front door answered {answer.Status} instead of {status}: {body}");
    }

    /// <returns>The id in the answer to <see cref="Generate"/>.</returns>
    /// <exception cref="InvalidOperationException">The request was not accepted, or the answer names no id.</exception>
    public static Guid AudioId(HttpAnswer accepted)
    {
        Expect((int)HttpStatusCode.Accepted, accepted);
        var name = "\"audio_id\":\""u8;
        var at = accepted.Body.IndexOf(name);
        var value = at < 0 ? default : accepted.Body[(at + name.Length)..];
        return value.Length >= IdLength && Guid.TryParse(value[..IdLength], null, out var id)
            ? id
            : throw new InvalidOperationException("The front door's answer names no audio_id.");
    }
}
