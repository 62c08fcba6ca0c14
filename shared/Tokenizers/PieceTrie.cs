using System.Runtime.CompilerServices;

namespace AudioReprompt.Tokenizers;

/// <summary>
/// Pieces of text and their ids, found by their beginning: one hash look-up per UTF-16 unit, however many pieces there are.
/// </summary>
/// <param name="pieces">About how many there will be.</param>
internal sealed class PieceTrie(int pieces)
{
    public const int Root = 0;

    /// <summary>No such child, or no piece ends here.</summary>
    public const int None = -1;

    private readonly Dictionary<long, int> _children = new(pieces * 3);
    private readonly List<int> _ids = new(pieces * 3) { None };

    /// <summary>A piece that is added twice has the later id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<char> piece, int id)
    {
        var node = Root;
        foreach (var unit in piece)
        {
            var key = Key(node, unit);
            if (!_children.TryGetValue(key, out var child))
            {
                child = _ids.Count;
                _ids.Add(None);
                _children.Add(key, child);
            }

            node = child;
        }

        _ids[node] = id;
    }

    public int Child(int node, char unit) => _children.TryGetValue(Key(node, unit), out var child) ? child : None;

    /// <summary>The id of the piece that ends at a node, or <see cref="None"/>.</summary>
    public int IdAt(int node) => _ids[node];

    /// <returns>The id of exactly this piece, or <see cref="None"/>.</returns>
    public int IdOf(ReadOnlySpan<char> piece)
    {
        var node = Root;
        foreach (var unit in piece)
        {
            node = Child(node, unit);
            if (node == None) return None;
        }

        return node == Root ? None : _ids[node];
    }

    /// <summary>The longest piece that the text begins with: its length, and its id or <see cref="None"/>.</summary>
    public (int Length, int Id) Longest(ReadOnlySpan<char> text)
    {
        var longest = (Length: 0, Id: None);
        var node = Root;
        for (var index = 0; index < text.Length; index++)
        {
            node = Child(node, text[index]);
            if (node == None) break;
            if (_ids[node] != None) longest = (index + 1, _ids[node]);
        }

        return longest;
    }

    // Nodes are numbered as they come, so the key's low half differs well for the dictionary's hash.
    private static long Key(int node, char unit) => ((long)node << 16) | unit;
}
