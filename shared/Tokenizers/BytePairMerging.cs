namespace AudioReprompt.Tokenizers;

/// <summary>
/// A word while it is being merged: its tokens as a linked list, and the pairs that could be merged by rank. Used word after
/// word.
/// </summary>
internal sealed class BytePairMerging
{
    private const int Gone = -1;

    private readonly PriorityQueue<(int Place, int Id), long> _candidates = new();
    private int[] _ids = [];
    private int[] _next = [];
    private int[] _previous = [];
    private int _length;

    /// <summary>One token for each byte.</summary>
    public void Begin(ReadOnlySpan<byte> word, int[] byteIds)
    {
        _length = word.Length;
        if (_ids.Length < _length)
        {
            var room = Math.Max(_length, 2 * _ids.Length);
            (_ids, _next, _previous) = (new int[room], new int[room], new int[room]);
        }

        for (var place = 0; place < _length; place++)
        {
            _ids[place] = byteIds[word[place]];
            _next[place] = place + 1;
            _previous[place] = place - 1;
        }
    }

    public void MergeAll(Dictionary<long, BytePairModel.Merge> merges)
    {
        _candidates.Clear();
        for (var place = 0; place < _length - 1; place++) Consider(place, merges);
        while (_candidates.TryDequeue(out var candidate, out _))
        {
            // One of the two may have been merged with its other neighbour since.
            var (place, id) = candidate;
            if (_ids[place] == Gone || _next[place] == _length || !merges.TryGetValue(PairAt(place), out var merge) || merge.Id != id)
            {
                continue;
            }

            Join(place, id);
            if (_previous[place] >= 0) Consider(_previous[place], merges);
            Consider(place, merges);
        }
    }

    public void AppendTo(List<int> ids)
    {
        for (var place = 0; place < _length; place = _next[place]) ids.Add(_ids[place]);
    }

    private void Consider(int place, Dictionary<long, BytePairModel.Merge> merges)
    {
        if (_next[place] == _length || !merges.TryGetValue(PairAt(place), out var merge)) return;
        _candidates.Enqueue((place, merge.Id), ((long)merge.Rank << 32) | (uint)place);
    }

    private void Join(int place, int id)
    {
        var right = _next[place];
        _ids[place] = id;
        _ids[right] = Gone;
        _next[place] = _next[right];
        if (_next[place] < _length) _previous[_next[place]] = place;
    }

    private long PairAt(int place) => BytePairModel.Pair(_ids[place], _ids[_next[place]]);
}
