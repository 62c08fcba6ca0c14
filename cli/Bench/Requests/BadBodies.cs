using System.Globalization;
using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>Bodies that no call which takes a prompt may accept, whichever of them it is.</summary>
internal static class BadBodies
{
    private const string Right = """{"prompt":"A spicy taco at a noisy street stand"}""";

    /// <summary>The API's limits of a prompt, in characters.</summary>
    private const int ShortestPrompt = 16;
    private const int LongestPrompt = 800;

    private static readonly Func<Random, byte[]>[] Kinds =
    [
        Truncated, Noise, AnotherRoot, PromptOfAnotherType, TooShort, TooLong, WithControlCharacters, UnknownField, Twice, Deep, InvalidUtf8, HalfASurrogate, NotJson, NoPrompt,
    ];

    private static readonly string[] OutOfRange =
    [
        "\"duration_seconds\":0", "\"duration_seconds\":0.999", "\"duration_seconds\":300.001", "\"duration_seconds\":-1", "\"duration_seconds\":1e999",
        "\"duration_seconds\":\"10\"", "\"duration_seconds\":[10]", "\"duration_seconds\":true",
        "\"seed\":-1", "\"seed\":4294967296", "\"seed\":1.5", "\"seed\":1e400", "\"seed\":\"7\"", "\"seed\":99999999999999999999999999",
        "\"guidance_scale\":0.99", "\"guidance_scale\":20.01", "\"guidance_scale\":{}", "\"temperature\":0", "\"temperature\":2.5", "\"temperature\":\"hot\"",
        "\"top_k\":-1", "\"top_k\":2049", "\"top_k\":0.5", "\"top_p\":-0.1", "\"top_p\":1.1", "\"reprompt\":\"yes\"", "\"reprompt\":1", "\"stream\":[]", "\"stream\":0",
    ];

    public static byte[] Next(Random random) => Kinds[random.Next(Kinds.Length)](random);

    /// <summary>For <c>generate</c>, which takes more than a prompt: one of its numbers is none that it takes.</summary>
    public static byte[] WithNumberOutOfRange(Random random) =>
        Encoding.UTF8.GetBytes($"{{\"prompt\":\"{Words(random, 40)}\",{OutOfRange[random.Next(OutOfRange.Length)]}}}");

    /// <summary>Well-formed, and longer than the API reads.</summary>
    public static byte[] OverTheLimit(Random random, int limit) =>
        Encoding.UTF8.GetBytes($"{{\"prompt\":\"{new string('x', limit + random.Next(1, 3 * limit))}\"}}");

    public static byte[] RightOne() => Encoding.UTF8.GetBytes(Right);

    private static byte[] Truncated(Random random) => RightOne()[..random.Next(1, Right.Length)];

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(1, 400)];
        random.NextBytes(noise);
        // Whatever follows, no JSON begins like this.
        noise[0] = (byte)'\\';
        return noise;
    }

    private static byte[] AnotherRoot(Random random) =>
        Encoding.UTF8.GetBytes(Choose(random, "[]", "null", "true", "17", "\"A spicy taco at a noisy street stand\"", $"[{Right}]", "{}", "-0", "1e5"));

    private static byte[] PromptOfAnotherType(Random random) =>
        Encoding.UTF8.GetBytes($"{{\"prompt\":{Choose(random, "null", "1", "[]", "{}", "false", "[\"A spicy taco at a noisy street stand\"]", "1e999")}}}");

    private static byte[] TooShort(Random random) =>
        Encoding.UTF8.GetBytes($"{{\"prompt\":\"{new string(' ', random.Next(30))}{Words(random, random.Next(ShortestPrompt)).Trim()}\"}}");

    private static byte[] TooLong(Random random) => Encoding.UTF8.GetBytes($"{{\"prompt\":\"x{Words(random, LongestPrompt + random.Next(1, 2000))}x\"}}");

    private static byte[] WithControlCharacters(Random random)
    {
        var character = Choose(random, "\\u0000", "\\u0001", "\\u0007", "\\u001b", "\\u007f", "\\u0085", "\\u009f");
        return Encoding.UTF8.GetBytes($"{{\"prompt\":\"{Words(random, 20)}a{character}b{Words(random, 20)}\"}}");
    }

    private static byte[] UnknownField(Random random) => Encoding.UTF8.GetBytes(
        $"{{\"prompt\":\"{Words(random, 40)}\",\"{Choose(random, "Prompt", "__proto__", "", "größe", "prompt ", "engine", "upload_url", Words(random, random.Next(1, 300)))}\":1}}");

    private static byte[] Twice(Random random) => Encoding.UTF8.GetBytes($"{{\"prompt\":\"{Words(random, 40)}\",\"prompt\":\"{Words(random, 50)}\"}}");

    private static byte[] Deep(Random random)
    {
        var depth = random.Next(17, 3000);
        return Encoding.UTF8.GetBytes($"{{\"prompt\":{new string('[', depth)}{new string(']', random.Next(depth + 1))}}}");
    }

    private static byte[] InvalidUtf8(Random random)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"prompt\":\"{Words(random, 60)}\"}}");
        body[random.Next(12, body.Length - 3)] = (byte)random.Next(0xf5, 0x100);
        return body;
    }

    private static byte[] HalfASurrogate(Random random) =>
        Encoding.UTF8.GetBytes($"{{\"prompt\":\"{Words(random, 30)}\\u{random.Next(0xd800, 0xe000).ToString("x4", CultureInfo.InvariantCulture)} and so on\"}}");

    private static byte[] NotJson(Random random) => Encoding.UTF8.GetBytes(Choose(
        random, "", " ", "\0", "prompt=A+spicy+taco+at+a+noisy+street+stand", "<prompt>A spicy taco at a noisy street stand</prompt>", "{'prompt':'A spicy taco at a noisy stand'}",
        $"{Right}{Right}", $"{Right},", $"//\n{Right}", "{\"prompt\":\"A spicy taco at a noisy stand\",}", "{\"prompt\":NaN}", "{prompt:1}", "undefined", "---\nprompt: A spicy taco at a stand"));

    private static byte[] NoPrompt(Random random) => Encoding.UTF8.GetBytes($"{{\"text\":\"{Words(random, 40)}\"}}");

    /// <summary>Letters and blanks, none at the ends.</summary>
    private static string Words(Random random, int length) => string.Create(length, random, static (text, random) =>
    {
        for (var index = 0; index < text.Length; index++)
            text[index] = index > 0 && index < text.Length - 1 && random.Next(6) == 0 ? ' ' : (char)('a' + random.Next(26));
    });

    private static string Choose(Random random, params ReadOnlySpan<string> of) => of[random.Next(of.Length)];
}
