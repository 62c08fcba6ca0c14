using System.Text;
using AudioReprompt.Contracts;

namespace AudioReprompt.Tests.Contracts;

public sealed class GenerateRequestReaderTests
{
    private const string Prompt = "A spicy taco at a street stand";

    private static (GenerateRequest? Request, FieldErrors Errors) Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static (GenerateRequest? Request, FieldErrors Errors) Read(byte[] body)
    {
        var errors = new FieldErrors();
        return (GenerateRequestReader.Read(body, () => 7, errors), errors);
    }

    [Fact]
    public void Read_PromptAlone_FillsEveryDefault()
    {
        var (request, errors) = Read($$"""{"prompt":"  {{Prompt}} "}""");

        Assert.False(errors.Any);
        Assert.Equal(new GenerateRequest(Prompt, 10, 7, 3, 1, 250, 0, true), request);
    }

    [Fact]
    public void Read_EveryField_TakesWhatIsGiven()
    {
        var (request, _) = Read($$"""
            {"prompt":"{{Prompt}}","duration_seconds":7.3,"seed":4294967295,"guidance_scale":1,"temperature":0.5,"top_k":0,"top_p":0.9,"reprompt":false}
            """);

        Assert.Equal(new GenerateRequest(Prompt, 7.3, uint.MaxValue, 1, 0.5, 0, 0.9, false), request);
    }

    [Fact]
    public void Read_NullOptionals_AreAbsent() =>
        Assert.Equal(10, Read($$"""{"prompt":"{{Prompt}}","duration_seconds":null,"seed":null}""").Request!.DurationSeconds);

    [Theory]
    [InlineData("10.0")]
    [InlineData("1e1")]
    public void Read_WholeNumberWrittenAsDecimal_IsWhole(string seed) =>
        Assert.Equal(10, Read($$"""{"prompt":"{{Prompt}}","seed":{{seed}}}""").Request!.Seed);

    [Theory]
    [InlineData("""{}""", "prompt", "required")]
    [InlineData("""{"prompt":null}""", "prompt", "required")]
    [InlineData("""{"prompt":"fifteen letters"}""", "prompt", "16 to 800 characters; this one has 15")]
    [InlineData("""{"prompt":42}""", "prompt", "must be a string, not a number")]
    [InlineData("""{"prompt":["A spicy taco at a street stand"]}""", "prompt", "must be a string, not an array")]
    [InlineData("""{"prompt":"A spicy taco\u0000 at a street stand"}""", "prompt", "U+0000 as character 13")]
    [InlineData("""{"prompt":"A spicy taco\n at a street stand"}""", "prompt", "U+000A")]
    [InlineData("""{"prompt":"A spicy taco \ud800 at a street stand"}""", "prompt", "surrogate")]
    [InlineData("""{"prompt":"P","duration_seconds":0.99}""", "duration_seconds", "from 1 to 300; found 0.99")]
    [InlineData("""{"prompt":"P","duration_seconds":301}""", "duration_seconds", "from 1 to 300; found 301")]
    [InlineData("""{"prompt":"P","duration_seconds":"10"}""", "duration_seconds", "must be a number from 1 to 300, not a string")]
    [InlineData("""{"prompt":"P","duration_seconds":1e999}""", "duration_seconds", "found 1e999")]
    [InlineData("""{"prompt":"P","seed":-1}""", "seed", "from 0 to 4294967295; found -1")]
    [InlineData("""{"prompt":"P","seed":1.5}""", "seed", "whole number")]
    [InlineData("""{"prompt":"P","seed":99999999999999999999999999}""", "seed", "whole number")]
    [InlineData("""{"prompt":"P","guidance_scale":0.5}""", "guidance_scale", "from 1 to 20")]
    [InlineData("""{"prompt":"P","temperature":0}""", "temperature", "from 0.01 to 2")]
    [InlineData("""{"prompt":"P","top_k":2049}""", "top_k", "from 0 to 2048")]
    [InlineData("""{"prompt":"P","top_p":1.1}""", "top_p", "from 0 to 1")]
    [InlineData("""{"prompt":"P","reprompt":"yes"}""", "reprompt", "true or false, not a string")]
    [InlineData("""{"prompt":"P","loudness":3}""", "loudness", "is not a field of body; allowed: prompt, duration_seconds")]
    [InlineData("""{"prompt":"P","\ud800":3}""", "body", "half a surrogate pair")]
    [InlineData("""[1]""", "body", "must be a JSON object, not an array")]
    [InlineData("""null""", "body", "must be a JSON object, not null")]
    [InlineData("""{"prompt":""", "body", "not valid JSON")]
    [InlineData("", "body", "not valid JSON")]
    [InlineData("""{"prompt":"P","prompt":"Q"}""", "body", "not valid JSON")]
    public void Read_BadInput_NamesTheFieldAndWhatIsAllowed(string json, string field, string message)
    {
        var (request, errors) = Read(json.Replace("\"P\"", $"\"{Prompt}\"", StringComparison.Ordinal));

        Assert.Null(request);
        Assert.Contains(message, Assert.Contains(field, errors.ByField).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SeveralFaults_NamesThemAll()
    {
        var (_, errors) = Read("""{"prompt":"short","seed":-1,"top_p":2,"x":1}""");
        Assert.Equal(["prompt", "seed", "top_p", "x"], errors.ByField.Keys);
    }

    [Fact]
    public void Read_CodePoints_AreCountedNotUtf16Units()
    {
        var sixteen = string.Concat(Enumerable.Repeat("🌮", 16));
        Assert.Equal(sixteen, Read($$"""{"prompt":"{{sixteen}}"}""").Request!.Prompt);
        Assert.Null(Read($$"""{"prompt":"{{sixteen[2..]}}"}""").Request);
    }

    [Theory]
    [InlineData(800, true)]
    [InlineData(801, false)]
    public void Read_LongPrompt_EndsAt800(int length, bool accepted) =>
        Assert.Equal(accepted, Read($$"""{"prompt":"{{new string('a', length)}}"}""").Request is not null);

    [Fact]
    public void Read_DeepNesting_IsRefusedAsJson()
    {
        var (request, errors) = Read(new string('[', 10_000));
        Assert.Null(request);
        Assert.Contains("body", errors.ByField);
    }

    [Fact]
    public void Read_InvalidUtf8_IsRefusedAsJson()
    {
        var (request, errors) = Read([.. "{\"prompt\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        Assert.Null(request);
        Assert.True(errors.Any);
    }
}
