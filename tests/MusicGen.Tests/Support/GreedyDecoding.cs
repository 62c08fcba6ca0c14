using AudioReprompt.MusicGen.Decoding;

namespace AudioReprompt.MusicGen.Tests.Support;

/// <summary>
/// The most likely token at every step, in MusicGen's delay pattern: codebook k (stereo: pair k) speaks k steps late, and is silent before and
/// after. Written from the pattern's definition, to check the decoders with.
/// </summary>
internal sealed class GreedyDecoding
{
    private readonly IDecoder _decoder;
    private readonly float _scale;
    private readonly int _frames;
    private readonly int[] _known;
    private readonly int _knownFrames;
    private readonly int _delays;
    private readonly int[][] _tokens;

    /// <param name="known">Codes of the first frames, <c>[codebooks][frames]</c> flattened.</param>
    private GreedyDecoding(IDecoder decoder, float scale, int frames, int[] known)
    {
        (_decoder, _scale, _frames, _known) = (decoder, scale, frames, known);
        _knownFrames = known.Length / decoder.Config.Codebooks;
        _delays = decoder.Config.Codebooks / decoder.Config.AudioChannels - 1;
        _tokens = [.. Enumerable.Range(0, frames + _delays + 1).Select(_ => Enumerable.Repeat(decoder.Config.PadToken, decoder.Config.Codebooks).ToArray())];
        for (var step = 1; step <= _knownFrames; step++) Put(step, _ => throw new InvalidOperationException("Known frames have no gaps in the first codebook."));
    }

    /// <summary>Logits after guidance of each step, <c>[codebooks, vocabulary]</c>.</summary>
    public List<float[]> GuidedLogits { get; } = [];

    /// <summary>Codes, <c>[codebooks][frames]</c> flattened.</summary>
    public int[] Codes =>
        [.. Enumerable.Range(0, _decoder.Config.Codebooks).SelectMany(book => Enumerable.Range(1, _frames).Select(frame => _tokens[frame + Delay(book)][book]))];

    public static GreedyDecoding Run(IDecoder decoder, float[] states, float scale, int frames) => Run(decoder, [states], scale, frames, [])[0];

    public static GreedyDecoding Continue(IDecoder decoder, float[] states, float scale, int frames, int[] known) => Run(decoder, [states], scale, frames, known)[0];

    /// <summary>Several songs in the same calls.</summary>
    public static IReadOnlyList<GreedyDecoding> Run(IDecoder decoder, IReadOnlyList<float[]> states, float scale, int frames, int[] known)
    {
        var all = states.Select(_ => new GreedyDecoding(decoder, scale, frames, known)).ToArray();
        var songs = states.Select(text => decoder.Begin(text, guided: scale != 1, all[0]._tokens.Length - 1)).ToArray();
        try
        {
            for (var taken = 0; taken < all[0]._tokens.Length - 1; taken = songs[0].Length)
            {
                var next = taken == 0 ? all[0]._knownFrames + 1 : taken + 1;
                decoder.Run([.. all.Select((one, i) => new DecoderStep(songs[i], one._tokens[taken..next].SelectMany(tokens => tokens).ToArray()))]);
                for (var i = 0; i < all.Length; i++) all[i].Choose(songs[i]);
            }

            return all;
        }
        finally
        {
            foreach (var song in songs) song.Dispose();
        }
    }

    private int Delay(int book) => book / _decoder.Config.AudioChannels;

    private void Choose(DecoderSong song)
    {
        var vocabulary = _decoder.Config.VocabularySize;
        var logits = (float[])song.Logits.Clone();
        for (var i = 0; i < song.UnconditionalLogits.Length; i++) logits[i] = song.UnconditionalLogits[i] + _scale * (logits[i] - song.UnconditionalLogits[i]);
        GuidedLogits.Add(logits);
        Put(song.Length, book => logits.AsSpan(book * vocabulary, vocabulary) is var row ? row.IndexOf(row.ToArray().Max()) : 0);
    }

    private void Put(int step, Func<int, int> choose)
    {
        for (var book = 0; book < _decoder.Config.Codebooks; book++)
        {
            var frame = step - Delay(book);
            if (frame < 1 || frame > _frames) continue;
            _tokens[step][book] = frame <= _knownFrames ? _known[book * _knownFrames + frame - 1] : choose(book);
        }
    }
}
