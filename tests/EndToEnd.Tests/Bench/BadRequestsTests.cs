using System.Globalization;
using System.Text;
using AudioReprompt.Cli.Bench.Requests;
using AudioReprompt.Contracts;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.TestSupport;

namespace AudioReprompt.Tests.EndToEnd.Bench;

public sealed class BadRequestsTests
{
    private const int Count = 10_000;
    private const int Seed = 7;

    private static readonly Target Target = new(
        "127.0.0.1:8080", "a-right-key", new Guid("01a21a68-417c-79e0-beac-7a04fa61773b"), "0123456789abcdef0123456789abcdef", new UrlSigner([1, 2, 3], new ManualTimeProvider()));

    [Fact]
    public void Requests_SameSeed_AreTheSameWhateverTheirOrder()
    {
        var (first, second, other) = (new BadRequests(Seed, Target), new BadRequests(Seed, Target), new BadRequests(Seed + 1, Target));
        for (var index = 500; index >= 0; index--) Assert.Equal(first[index].Bytes, second[index].Bytes);
        Assert.Contains(Enumerable.Range(0, 20), index => !first[index].Bytes.AsSpan().SequenceEqual(other[index].Bytes));
    }

    [Fact]
    public void Requests_TenThousand_AreOfEveryCategoryAndMostlyDifferent()
    {
        var requests = All().ToList();
        Assert.Equal(25, requests.Select(request => request.Category).Distinct().Count());
        // Broken HTTP has fewer ways to be than wrong fields and headers beside them.
        var different = requests.Select(request => Convert.ToBase64String(request.Bytes)).Distinct().Count();
        Assert.True(different > Count / 2, $"{different} different ones");
        Assert.All(requests, request => Assert.Equal(request.Delivery == Delivery.Kept, request.Status is >= 400 and < 500));
    }

    /// <summary>The reader that the front door reads bodies with finds fault with each, whatever else the request says.</summary>
    [Fact]
    public void Bodies_OfFieldsPromptsAndBrokenJson_AreRefusedByTheReader()
    {
        Func<Dice, byte[]>[] kinds = [BadBodies.Field, BadBodies.PromptEdge, BadBodies.Broken];
        foreach (var kind in kinds)
        {
            for (var index = 0; index < Count; index++)
            {
                var body = kind(new Dice(Seed, index));
                var errors = new FieldErrors();
                var read = GenerateRequestReader.Read(body, () => 0, errors);
                Assert.True(read is null && errors.Any, Encoding.UTF8.GetString(body));
            }
        }
    }

    [Fact]
    public void RightBody_IsAcceptedByTheReader()
    {
        var errors = new FieldErrors();
        Assert.NotNull(GenerateRequestReader.Read(Encoding.UTF8.GetBytes(BadBodies.Right), () => 0, errors));
    }

    /// <summary>Else one bad request's rest would be the next one's beginning on the connection that both share.</summary>
    [Fact]
    public void RequestsOverKeptConnections_WithALength_HaveABodyOfThatLength()
    {
        foreach (var request in All().Where(request => request.Delivery == Delivery.Kept))
        {
            var head = Encoding.Latin1.GetString(request.Bytes.AsSpan(0, request.Bytes.AsSpan().IndexOf("\r\n\r\n"u8)));
            var lengths = head.Split("\r\n").Where(line => line.StartsWith("Content-Length: ", StringComparison.Ordinal)).ToList();
            if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal)) Assert.True(lengths.Count == 0 && request.Bytes.AsSpan().EndsWith("\r\n\r\n"u8), head);
            else Assert.Equal(lengths.Count == 0 ? 0 : int.Parse(lengths.Single()[16..], CultureInfo.InvariantCulture), request.Bytes.Length - head.Length - 4);
        }
    }

    private static IEnumerable<BadRequest> All()
    {
        var requests = new BadRequests(Seed, Target);
        return Enumerable.Range(0, Count).Select(index => requests[index]);
    }
}
