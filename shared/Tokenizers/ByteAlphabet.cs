namespace AudioReprompt.Tokenizers;

/// <summary>
/// The printable letters that stand for bytes in a byte-level vocabulary (GPT-2's <c>bytes_to_unicode</c>): 33–126, 161–172 and 174–255
/// are the characters of those numbers, the other 68 bytes in order U+0100, U+0101 … (a space is U+0120, Ġ).
/// </summary>
internal static class ByteAlphabet
{
    /// <summary>256 letters, by byte.</summary>
    public static IReadOnlyList<char> Letters { get; } = Build();

    private static char[] Build()
    {
        var letters = new char[256];
        var next = 'Ā';
        for (var value = 0; value < letters.Length; value++)
        {
            letters[value] = value is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 ? (char)value : next++;
        }

        return letters;
    }
}
