namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// One channel by a graph that keeps no state. Windows are decoded with frames of the past before them, and each is checked where it meets what
/// was already given: the LSTM has forgotten its beginning when the same samples come again. Where they do not, the past is doubled, at most
/// to the channel's beginning, where nothing is lost.
/// </summary>
internal sealed class PublishedStream(ICodec codec) : ICodecStream
{
    /// <summary>Largest difference at a seam, a tenth of what chunked and whole decoding may differ by.</summary>
    internal const float Tolerance = 1e-5f;

    /// <summary>New frames that a window has at least, so that its past does not cost more than they do.</summary>
    internal const int WindowFrames = 50;

    /// <summary>Frames over which a window must agree with the one before.</summary>
    private const int SeamFrames = 4;

    private const int FirstContextFrames = 50;

    private readonly int _hop = codec.Config.HopLength;
    private readonly int _lookAhead = LookAhead.Samples(codec.Config);
    private List<int>[] _codes = [];
    private float[] _seam = [];
    private int _context = FirstContextFrames;
    private int _given;
    private bool _ended;

    public float[] Push(int[][] codes, bool last)
    {
        if (_ended) throw new InvalidOperationException("The channel has ended.");
        _ended = last;
        if (_codes.Length == 0) _codes = [.. codes.Select(_ => new List<int>())];
        if (codes.Length != _codes.Length) throw new ArgumentException($"There are codes of {codes.Length} codebooks, before there were {_codes.Length}.", nameof(codes));
        for (var book = 0; book < codes.Length; book++) _codes[book].AddRange(codes[book]);
        var end = _codes[0].Count * _hop - (last ? 0 : _lookAhead);
        return end > _given && (last || end - _given >= WindowFrames * _hop) ? Give(end) : [];
    }

    public void Dispose()
    {
    }

    /// <summary>Decodes up to a sample.</summary>
    private float[] Give(int end)
    {
        while (true)
        {
            var first = Math.Max(0, _given / _hop - _context);
            var samples = codec.Decode([.. _codes.Select(row => row.GetRange(first, row.Count - first).ToArray())]);
            var start = _given - first * _hop;
            if (first > 0 && Difference(samples.AsSpan(start - _seam.Length, _seam.Length)) > Tolerance)
            {
                _context *= 2;
                continue;
            }

            var fresh = samples[start..(end - first * _hop)];
            var seam = Math.Min(SeamFrames * _hop, start + fresh.Length);
            _seam = samples[(start + fresh.Length - seam)..(start + fresh.Length)];
            _given = end;
            return fresh;
        }
    }

    private float Difference(ReadOnlySpan<float> again)
    {
        var difference = 0f;
        for (var i = 0; i < again.Length; i++) difference = Math.Max(difference, Math.Abs(again[i] - _seam[i]));
        return difference;
    }
}
