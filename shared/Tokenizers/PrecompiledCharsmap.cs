using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// SentencePiece's normalisation table as the <c>tokenizers</c> library applies it: a double-array trie over UTF-8 (Darts-clone: Yata,
/// "Dictionary Compression Using Nested Prefix/Suffix DAWGs", 2011, has its units) whose values are places in a list of replacements.
/// </summary>
/// <remarks>
/// An extended grapheme cluster below 6 bytes is replaced as a whole by what its shortest known beginning becomes; where none is known,
/// and in longer clusters, each code point for itself. That is neither NFKC nor SentencePiece's longest match, but it is what models
/// were given whose texts passed through that library.
/// </remarks>
internal sealed class PrecompiledCharsmap : Normalizer
{
    private const int ClusterBytes = 6;
    private const uint LabelMask = 0x8000_00FF;
    private const int BlockUnits = 256;

    private readonly uint[] _units;

    /// <summary>UTF-8, each replacement ended by a zero.</summary>
    private readonly byte[] _replacements;

    private PrecompiledCharsmap(uint[] units, byte[] replacements)
    {
        _units = units;
        _replacements = replacements;
    }

    /// <param name="charsmap">Base64: the trie's length in bytes (uint32, little endian), its units (the same), the replacements.</param>
    /// <exception cref="InvalidDataException">Cut short, or a place in it points outside.</exception>
    public static PrecompiledCharsmap Read(JsonValue charsmap)
    {
        charsmap.RequireKind(JsonValueKind.String, "a text in base64");
        if (!charsmap.Element.TryGetBytesFromBase64(out var bytes)) throw charsmap.Error("is not base64.");
        if (bytes.Length < sizeof(uint)) throw charsmap.Error($"holds {bytes.Length} bytes, not even a length.");
        var trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (trieBytes > bytes.Length - sizeof(uint)) throw charsmap.Error($"is cut short: a trie of {trieBytes} bytes in {bytes.Length}.");
        if (trieBytes == 0 || trieBytes % (BlockUnits * sizeof(uint)) != 0)
        {
            throw charsmap.Error($"has a trie of {trieBytes} bytes, no whole number of blocks of 1024.");
        }

        var units = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(sizeof(uint), (int)trieBytes)).ToArray();
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(units, units);
        var replacements = bytes[(int)(sizeof(uint) + trieBytes)..];
        if (replacements.Length == 0 || replacements[^1] != 0) throw charsmap.Error("is cut short: its last replacement does not end.");
        if (!Utf8.IsValid(replacements)) throw charsmap.Error("has replacements that are not UTF-8.");
        RequireInside(units, replacements, charsmap);
        return new PrecompiledCharsmap(units, replacements);
    }

    public override void Apply(ReadOnlySpan<char> text, ArrayBufferWriter<char> output)
    {
        while (!text.IsEmpty)
        {
            var length = ClusterLength(text);
            AppendCluster(text[..length], output);
            text = text[length..];
        }
    }

    private void AppendCluster(ReadOnlySpan<char> cluster, ArrayBufferWriter<char> output)
    {
        Span<byte> bytes = stackalloc byte[ClusterBytes - 1];
        if (Encoding.UTF8.TryGetBytes(cluster, bytes, out var written) && TryAppendReplacement(bytes[..written], output)) return;
        foreach (var rune in cluster.EnumerateRunes())
        {
            written = rune.EncodeToUtf8(bytes);
            if (!TryAppendReplacement(bytes[..written], output)) output.Advance(rune.EncodeToUtf16(output.GetSpan(2)));
        }
    }

    /// <summary>UTF-16 units of the first cluster; between two ASCII characters there is a boundary, but for CR LF (UAX 29, GB3).</summary>
    private static int ClusterLength(ReadOnlySpan<char> text) =>
        char.IsAscii(text[0]) && (text.Length == 1 || (char.IsAscii(text[1]) && text[0] != '\r'))
            ? 1
            : StringInfo.GetNextTextElementLength(text);

    /// <summary>Appends what the key's shortest known beginning becomes; false where none is known.</summary>
    private bool TryAppendReplacement(ReadOnlySpan<byte> key, ArrayBufferWriter<char> output)
    {
        var place = Offset(_units[0]);
        foreach (var label in key)
        {
            if (label == 0) return false;
            place ^= label;
            var unit = _units[place];
            if ((unit & LabelMask) != label) return false;
            place ^= Offset(unit);
            if (!HasLeaf(unit)) continue;
            var replacement = _replacements.AsSpan((int)Value(_units[place]));
            replacement = replacement[..replacement.IndexOf((byte)0)];
            output.Advance(Encoding.UTF8.GetChars(replacement, output.GetSpan(replacement.Length + 1)));
            return true;
        }

        return false;
    }

    /// <summary>
    /// Checked once here, so that no walk has to: whatever byte follows, the next unit exists, and each value is the beginning of
    /// a character.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RequireInside(uint[] units, byte[] replacements, JsonValue charsmap)
    {
        for (var index = 0u; index < units.Length; index++)
        {
            // A unit with the highest bit set holds a value; no walk passes through it.
            if (units[index] >> 31 != 0) continue;
            var child = index ^ Offset(units[index]);
            if ((child | (BlockUnits - 1)) >= units.Length)
            {
                throw charsmap.Error($"has a trie that points outside: unit {index} of {units.Length}.");
            }

            if (!HasLeaf(units[index])) continue;
            var value = Value(units[child]);
            if (value >= replacements.Length || (replacements[value] & 0xC0) == 0x80)
            {
                throw charsmap.Error(
                    $"has a trie that points outside: unit {index} means byte {value} of {replacements.Length} bytes of replacements.");
            }
        }
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 512) >> 6);

    private static bool HasLeaf(uint unit) => (unit >> 8 & 1) != 0;

    private static uint Value(uint unit) => unit & int.MaxValue;
}
