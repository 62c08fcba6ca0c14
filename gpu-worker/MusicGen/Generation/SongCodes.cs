namespace AudioReprompt.MusicGen.Generation;

/// <summary>
/// The codes of one window of a song while they come: says what the decoder is to be given next, and takes what it answers. Knows the delay
/// pattern and the frames that were there before.
/// </summary>
internal sealed class SongCodes
{
    private readonly DelayPattern _pattern;
    private readonly int[][] _codes;
    private readonly int _known;
    private readonly int _frames;

    /// <summary>Steps whose tokens are known.</summary>
    private int _step;

    /// <param name="known">Frames to go on from, <c>[codebooks][frames]</c>; may have none.</param>
    /// <param name="newFrames">At least 1.</param>
    public SongCodes(DelayPattern pattern, int[][] known, int newFrames)
    {
        _pattern = pattern;
        _known = known is [var first, ..] ? first.Length : 0;
        _frames = _known + newFrames;
        _codes = [.. Enumerable.Range(0, pattern.Codebooks).Select(_ => new int[_frames])];
        for (var book = 0; book < pattern.Codebooks && _known > 0; book++) known[book].CopyTo(_codes[book], 0);
    }

    /// <summary>Positions that the decoder takes in all.</summary>
    public int Positions => _pattern.Steps(_frames);

    /// <summary>Frames of the known ones and the new ones, of which all codebooks are there.</summary>
    public int CompleteFrames => _pattern.CompleteFrames(_step, _frames);

    public bool IsComplete => _step == _pattern.Steps(_frames);

    /// <summary>All frames, the known ones first, <c>[codebooks][frames]</c>; complete up to <see cref="CompleteFrames"/>.</summary>
    public int[][] Codes => _codes;

    /// <summary>The number of the step that is answered next, from 1.</summary>
    public int NextStep => _step + 1;

    /// <summary>What the decoder is to be given: at first the start and all known tokens, later the newest one of each codebook.</summary>
    /// <returns><c>[positions, codebooks]</c>.</returns>
    public int[] NextTokens()
    {
        // Up to the step before the first new frame everything is known.
        var from = _step;
        if (_step == 0) _step = _known;
        var tokens = new int[(_step - from + 1) * _pattern.Codebooks];
        for (var step = from; step <= _step; step++)
        {
            for (var book = 0; book < _pattern.Codebooks; book++)
            {
                var frame = _pattern.FrameAt(step, book, _frames);
                tokens[(step - from) * _pattern.Codebooks + book] = frame < 0 ? _pattern.PadToken : _codes[book][frame];
            }
        }

        return tokens;
    }

    /// <summary>Takes the decoder's answer.</summary>
    /// <param name="sample">Gives a codebook's token; asked for those alone that are not known.</param>
    public void Accept(Func<int, int> sample)
    {
        var step = ++_step;
        for (var book = 0; book < _pattern.Codebooks; book++)
        {
            var frame = _pattern.FrameAt(step, book, _frames);
            if (frame >= _known) _codes[book][frame] = sample(book);
        }
    }
}
