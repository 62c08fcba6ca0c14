using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Decoding;

namespace AudioReprompt.MusicGen.Generation;

/// <summary>A song in the decoding loop: its windows one after the other, its draws, and its end.</summary>
internal sealed class ActiveSong
{
    private readonly SongRequest _request;
    private readonly IDecoder _decoder;
    private readonly Action<int[][], int> _onFrames;
    private readonly CancellationToken _cancellationToken;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DelayPattern _pattern;
    private readonly Sampler _sampler;
    private readonly Queue<SongWindow> _windows;
    private readonly int[][] _codes;
    private readonly int _known;
    private DecoderSong? _state;
    private SongCodes? _window;

    /// <summary>Frames before the window's new ones.</summary>
    private int _windowStart;
    private int _windowNew;

    /// <summary>Steps drawn in earlier windows.</summary>
    private int _steps;
    private int _reported;

    public ActiveSong(SongRequest request, IDecoder decoder, CodecConfig codec, Action<int[][], int> onFrames, CancellationToken cancellationToken)
    {
        (_request, _decoder, _onFrames, _cancellationToken) = (request, decoder, onFrames, cancellationToken);
        var config = decoder.Config;
        _pattern = new DelayPattern(config.Codebooks, config.AudioChannels, config.PadToken);
        _sampler = new Sampler(request.Sampling, config.VocabularySize);
        _known = request.Known is [var first, ..] ? first.Length : 0;
        _windows = new Queue<SongWindow>(SongWindow.Part(_known, request.Frames, codec.FrameRate));
        _codes = [.. Enumerable.Range(0, config.Codebooks).Select(_ => new int[_known + request.Frames])];
        for (var book = 0; book < request.Known.Length; book++) request.Known[book].CopyTo(_codes[book], 0);
        _windowStart = _known;
    }

    public Task Ended => _ended.Task;

    /// <returns>false when it has ended already: nobody wants it any more, or there is no memory for it.</returns>
    public bool TryBegin()
    {
        if (EndIfCancelled(CancellationToken.None)) return false;
        try
        {
            BeginWindow();
            return true;
        }
        catch (Exception exception)
        {
            // This song's fault alone; the others go on.
            Fail(exception);
            return false;
        }
    }

    public DecoderStep NextStep() => new(_state!, _window!.NextTokens());

    /// <summary>Draws the step's tokens.</summary>
    /// <returns>true when the song has ended.</returns>
    public bool Accept()
    {
        try
        {
            var (state, window) = (_state!, _window!);
            var step = _steps + window.NextStep;
            var vocabulary = _decoder.Config.VocabularySize;
            window.Accept(book => _sampler.Sample(
                state.Logits.AsSpan(book * vocabulary, vocabulary),
                state.Guided ? state.UnconditionalLogits.AsSpan(book * vocabulary, vocabulary) : [],
                Philox.Draw(_request.Seed, step, book)));
            Keep(window);
            if (!window.IsComplete) return false;

            _steps = step;
            _windowStart += _windowNew;
            _state!.Dispose();
            _state = null;
            if (_windows.Count > 0)
            {
                BeginWindow();
                return false;
            }

            _ended.TrySetResult();
            return true;
        }
        catch (Exception exception)
        {
            // Whoever takes the frames has failed: this song's fault alone.
            Fail(exception);
            return true;
        }
    }

    /// <returns>Whether it has ended so.</returns>
    public bool EndIfCancelled(CancellationToken ending)
    {
        if (!_cancellationToken.IsCancellationRequested && !ending.IsCancellationRequested) return false;
        _state?.Dispose();
        _ended.TrySetCanceled(_cancellationToken.IsCancellationRequested ? _cancellationToken : ending);
        return true;
    }

    public void Fail(Exception exception)
    {
        _state?.Dispose();
        _ended.TrySetException(exception);
    }

    private void BeginWindow()
    {
        var (known, added) = _windows.Dequeue();
        var given = _codes.Select(book => book[(_windowStart - known).._windowStart]).ToArray();
        (_window, _windowNew) = (new SongCodes(_pattern, known > 0 ? given : [], added), added);
        _state = _decoder.Begin(_request.TextStates, _sampler.IsGuided, _window.Positions);
    }

    private void Keep(SongCodes window)
    {
        var known = window.Codes[0].Length - _windowNew;
        var complete = Math.Max(0, window.CompleteFrames - known);
        var from = _reported - (_windowStart - _known);
        if (complete <= from) return;
        for (var book = 0; book < _codes.Length; book++) window.Codes[book].AsSpan(known + from, complete - from).CopyTo(_codes[book].AsSpan(_windowStart + from));
        _reported = _windowStart - _known + complete;
        _onFrames(_codes, _reported);
    }
}
