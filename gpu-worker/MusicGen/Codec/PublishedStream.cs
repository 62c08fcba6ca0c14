namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// One channel by a graph that keeps no state. Windows are decoded with frames of the past before them, and each is checked where it meets what
/// was already given: the LSTM has forgotten its beginning when the same samples come again. Where they do not, the past is doubled; where
/// that does not help either, as in graphs whose quantisation depends on the window, the rest waits for the channel's end and is decoded whole.
/// </summary>
internal sealed class PublishedStream(PublishedCodec codec) : ICodecStream
{
    /// <summary>Largest difference at a seam, a tenth of what chunked and whole decoding may differ by.</summary>
    internal const float Tolerance = 1e-5f;

    /// <summary>New frames that a window has at least, so that its past does not cost more than they do.</summary>
    internal const int WindowFrames = 50;

    /// <summary>Frames of the past; on random weights the samples are those of the whole to rounding (1.3 · 10⁻⁶), with 30 to 1.2 · 10⁻⁵.</summary>
    private const int FirstContextFrames = 50;
    private const int MostContextFrames = 400;

    /// <summary>Frames over which a window must agree with the one before.</summary>
    private const int SeamFrames = 4;

    private readonly int _hop = codec.Config.HopLength;
    private readonly int _lookAhead = LookAhead.Samples(codec.Config);
    private List<int>[] _codes = [];
    private float[] _seam = [];
    private int _context = FirstContextFrames;
    private int _given;
    private bool _ended;

    private bool Waits => _context > MostContextFrames;

    public float[] Push(int[][] codes, bool last)
    {
        if (_ended) throw new InvalidOperationException("The channel has ended.");
        codec.CheckCodes(codes);
        if (_codes.Length == 0) _codes = [.. codes.Select(_ => new List<int>())];
        _ended = last;
        for (var book = 0; book < codes.Length; book++) _codes[book].AddRange(codes[book]);
        var end = _codes[0].Count * _hop - (last ? 0 : _lookAhead);
        return end > _given && (last || (!Waits && end - _given >= WindowFrames * _hop)) ? Give(end, last) : [];
    }

    public void Dispose()
    {
    }

    /// <summary>Decodes up to a sample, if the window's past suffices.</summary>
    private float[] Give(int end, bool last)
    {
        while (last || !Waits)
        {
            var first = Waits ? 0 : Math.Max(0, _given / _hop - _context);
            var samples = codec.Run([.. _codes.Select(row => row.GetRange(first, row.Count - first).ToArray())]);
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

        return [];
    }

    private float Difference(ReadOnlySpan<float> again)
    {
        var difference = 0f;
        for (var i = 0; i < again.Length; i++) difference = Math.Max(difference, Math.Abs(again[i] - _seam[i]));
        return difference;
    }
}
