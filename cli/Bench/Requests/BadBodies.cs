using System.Text;

namespace AudioReprompt.Cli.Bench.Requests;

/// <summary>JSON bodies for generating and refining that must be refused, each with a field named.</summary>
internal static class BadBodies
{
    public const string RightPrompt = "A spicy taco at a noisy street stand";

    /// <summary>A body that is accepted: what else is wrong with a request must be refused for its own sake.</summary>
    public const string Right = $$"""{"prompt":"{{RightPrompt}}"}""";

    /// <summary>The longest prompt there may be is 800 characters; escapes and emoji count as one each.</summary>
    private const int LongestPrompt = 800;

    private static readonly string[] NoNumbers = ["\"10\"", "true", "false", "[]", "[1]", "{}", "\"\"", "1e999", "-1e999", "99999999999999999999999999999999999999999", "-1", "-0.0001"];

    /// <summary>Members with values beyond their range or of another type; <see cref="NoNumbers"/> are wrong for every number too.</summary>
    private static readonly (string Field, string[] Values)[] Wrong =
    [
        ("duration_seconds", ["0", "0.999", "300.0001", "1e308", "4294967296"]),
        ("seed", ["4294967296", "9223372036854775808", "0.5", "1e300", "1.0000001", "18446744073709551616"]),
        ("guidance_scale", ["0.99", "20.01", "0", "-3"]),
        ("temperature", ["0", "0.0099", "2.0001", "1e-999"]),
        ("top_k", ["2049", "0.5", "4294967296", "1e10"]),
        ("top_p", ["1.01", "2", "1e9"]),
    ];

    private static readonly string[] NoBooleans = ["0", "1", "\"true\"", "\"\"", "[]", "{}", "[true]"];

    private static readonly string[] Unknown = ["volume", "", "__proto__", "PROMPT", "prompt ", "größe", "engine", "upload_url", "audio_id", "\\u0000", "\\ud800", "$ref", "constructor"];

    private static readonly string[] AnyValues = ["null", "true", "0", "-1.5e3", "\"text\"", "[]", "{}", "[[[]]]", """{"prompt":"x"}""", "\"\\udfff\""];

    private static readonly string[] NoPrompts =
    [
        "7", "null", "true", "[]", "{}", "\"\"", "\"too short\"", "\"fifteen letters\"", "\"               x               \"", "\"\\u00a0\\u2003\\u3000 only blanks \\u2003\"",
        "\"A spicy taco \\u0000 at a stand\"", "\"A spicy taco \\u0007 at a stand\"", "\"A spicy taco\\nat a noisy stand\"", "\"A spicy taco\\tat a noisy stand\"", "\"A spicy taco \\u007f at a stand\"",
        "\"A spicy taco \\u0085 at a stand\"", "\"A spicy taco \\ud800 at a stand\"", "\"A spicy taco \\udc00\\ud800 at a stand\"", "[\"A spicy taco at a noisy street stand\"]",
    ];

    private static readonly string[] NoJson =
    [
        "", " ", "\r\n\t", "null", "true", "7", "\"A spicy taco at a noisy street stand\"", "[]", $"[{Right}]", $"{Right}{Right}", $"{Right},", $"{Right}x", $"{Right}\0",
        $$"""{"prompt":"{{RightPrompt}}",}""", $$"""{"prompt":"{{RightPrompt}}" /* comment */}""", $$"""{'prompt':'{{RightPrompt}}'}""", $$"""{prompt:"{{RightPrompt}}"}""", $$"""{"prompt" "{{RightPrompt}}"}""",
        $$"""{"prompt":"{{RightPrompt}}","prompt":"{{RightPrompt}}"}""", $$"""{"prompt":"{{RightPrompt}}","\u0070rompt":"{{RightPrompt}}"}""", "prompt=A+spicy+taco+at+a+noisy+street+stand",
        "{\"prompt\":\"A spicy taco\nat a noisy street stand\"}", "{\"prompt\":\"A spicy taco\0 at a street stand\"}", """{"prompt":"A spicy taco \x41 at a stand"}""", """{"prompt":"A spicy taco \u12 at a stand"}""",
        "<prompt>A spicy taco at a noisy street stand</prompt>",
    ];

    private static readonly string[] NoNumberTokens = ["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "0x10", "1e", "--1", "1_000", "1,5", "undefined"];

    /// <summary>No UTF-8: overlong forms, half surrogates, beyond Unicode, cut short, bytes that never occur.</summary>
    private static readonly byte[][] NoText = [[0xc0, 0x80], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xed, 0xb0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82], [0xff], [0xfe], [0x80]];

    /// <summary>A member that is unknown or whose value is not as it should be, among right ones.</summary>
    public static byte[] Field(Dice dice)
    {
        var members = new List<string>();
        if (!dice.OneIn(10)) members.Add($"\"prompt\":{(dice.OneIn(3) ? dice.Pick(NoPrompts) : $"\"{RightPrompt}\"")}");
        if (dice.OneIn(3)) members.Add("\"stream\":false");
        if (dice.OneIn(2))
        {
            members.Add($"\"{dice.Pick(Unknown)}\":{dice.Pick(AnyValues)}");
        }
        else if (dice.OneIn(5))
        {
            members.Add($"\"reprompt\":{dice.Pick(NoBooleans)}");
        }
        else
        {
            var (field, values) = dice.Pick(Wrong);
            members.Add($"\"{field}\":{(dice.OneIn(2) ? dice.Pick(NoNumbers) : dice.Pick(values))}");
        }

        var inOrder = members.ToArray();
        dice.Shuffle<string>(inOrder);
        var blank = dice.OneIn(4) ? "\r\n\t " : "";
        return Encoding.UTF8.GetBytes($"{{{blank}{string.Join($",{blank}", inOrder)}{blank}}}");
    }

    /// <summary>A prompt just below or beyond its limits.</summary>
    public static byte[] PromptEdge(Dice dice)
    {
        var unit = dice.Pick(["a", "🌮", "é", "\\ud83c\\udf2e", "م", "\\u00e9", "e\u0301"]);
        // Fifteen of a pair of code points would be thirty.
        var text = dice.OneIn(2)
            ? string.Concat(Enumerable.Repeat(unit, unit == "e\u0301" ? 7 : 15)) + (dice.OneIn(2) ? "    " : "")
            : string.Concat(Enumerable.Repeat(unit, LongestPrompt + 1 + dice.Roll(200)));
        return Encoding.UTF8.GetBytes($$"""{"prompt":"{{text}}"}""");
    }

    /// <summary>No JSON at all, or nothing that can be read in one way only.</summary>
    public static byte[] Broken(Dice dice) => dice.Roll(10) switch
    {
        0 or 1 => Encoding.UTF8.GetBytes(Right[..dice.Roll(Right.Length)]),
        2 => Encoding.UTF8.GetBytes(new string('[', 1 + dice.Roll(5000))),
        3 => Nested(17 + dice.Roll(500), dice),
        4 => Encoding.UTF8.GetBytes($$"""{"prompt":"{{RightPrompt}}","seed":{{dice.Pick(NoNumberTokens)}}}"""),
        5 => [.. "{\"prompt\":\"A spicy taco at "u8, .. dice.Pick(NoText), .. " a noisy street stand\"}"u8],
        6 => [.. "{\"prompt\":\"A spicy taco at a noisy street stand\",\""u8, .. dice.Pick(NoText), .. "\":1}"u8],
        7 => dice.Pick<Encoding>([Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32]) is var other ? [.. other.GetPreamble(), .. other.GetBytes(Right)] : [],
        8 => dice.OneIn(2) ? [0xef, 0xbb, 0xbf, .. Encoding.UTF8.GetBytes(Right)] : dice.Bytes(dice.Roll(300)),
        _ => Encoding.UTF8.GetBytes(dice.Pick(NoJson)),
    };

    /// <summary>A right body after, before or around so many blanks that it is over the limit of 16 KiB.</summary>
    public static byte[] TooLarge(Dice dice)
    {
        var size = dice.Roll(40) switch
        {
            0 => 5 << 20,
            1 => 1 << 20,
            < 10 => (16 << 10) + 1,
            _ => (16 << 10) + 1 + dice.Roll(64 << 10),
        };
        var body = new byte[size];
        body.AsSpan().Fill((byte)' ');
        Encoding.UTF8.GetBytes(Right, body.AsSpan(dice.OneIn(2) ? 0 : size - Right.Length));
        return body;
    }

    private static byte[] Nested(int depth, Dice dice)
    {
        var (open, close) = dice.OneIn(2) ? ("[", "]") : ("{\"a\":", "}");
        var inside = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        return Encoding.UTF8.GetBytes($$"""{"prompt":"{{RightPrompt}}","nested":{{inside}}}""");
    }
}
