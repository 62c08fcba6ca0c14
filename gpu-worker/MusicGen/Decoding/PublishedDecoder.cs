using System.Globalization;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>
/// The decoder of a published ONNX export: <c>onnx/decoder_model_merged.onnx</c>, and its <c>_fp16</c> and <c>_quantized</c> forms. One file with
/// two branches: the first call computes keys and values of the text and of all tokens, later ones add a token to them.
/// </summary>
internal sealed class PublishedDecoder : IDecoder
{
    private const string Tokens = "input_ids";
    private const string TextStates = "encoder_hidden_states";
    private const string TextMask = "encoder_attention_mask";
    private const string CacheBranch = "use_cache_branch";
    private const string Logits = "logits";

    private readonly OnnxSession _session;
    private readonly int _textWidth;
    private readonly OnnxType _textType;
    private readonly OnnxType _cacheType;
    private readonly OnnxType _logitsType;
    private readonly (string Past, string Present)[] _selfCache;
    private readonly (string Past, string Present)[] _textCache;

    private PublishedDecoder(OnnxSession session, MusicGenConfig config)
    {
        (_session, Config, _textWidth) = (session, config.Decoder, config.Text.Width);
        _selfCache = Names("decoder");
        _textCache = Names("encoder");
        RequireModel(config);
        _textType = FloatTensors.TypeOf(session, TextStates);
        _cacheType = FloatTensors.TypeOf(session, _selfCache[0].Past);
        _logitsType = FloatTensors.TypeOf(session, Logits);

        (string, string)[] Names(string side) =>
            [.. Enumerable.Range(0, config.Decoder.Layers).SelectMany(layer => (string[])[Name(layer, side, "key"), Name(layer, side, "value")])
                .Select(name => ($"past_key_values.{name}", $"present.{name}"))];
    }

    public DecoderConfig Config { get; }

    /// <exception cref="CheckpointException">The file is missing, or that of another model.</exception>
    public static PublishedDecoder Load(string path, MusicGenConfig config, OnnxSettings settings)
    {
        var session = OnnxSession.Load(path, settings);
        try
        {
            return new PublishedDecoder(session, config);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public DecoderSong Begin(ReadOnlySpan<float> textStates, bool guided, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (textStates.Length == 0 || textStates.Length % _textWidth != 0)
        {
            throw new ArgumentException($"{textStates.Length} values are no states of {_textWidth} channels.", nameof(textStates));
        }

        // The row without text: states of zero, all of them masked.
        var length = textStates.Length / _textWidth;
        var rows = guided ? 2 : 1;
        var states = new float[rows * textStates.Length];
        textStates.CopyTo(states);
        var mask = new long[rows * length];
        mask.AsSpan(0, length).Fill(1);
        return new Song(Config, guided, capacity)
        {
            TextStates = FloatTensors.Create(states, _textType, rows, length, _textWidth),
            TextMask = OrtValue.CreateTensorValueFromMemory(mask, [rows, length]),
        };
    }

    public void Run(IReadOnlyList<DecoderStep> steps)
    {
        foreach (var step in steps) StepTokens.Positions(step, Config);
        foreach (var (song, tokens) in steps)
        {
            // Several positions at once only in the first call: the branch with a past was made for one.
            var atOnce = song.Length == 0 ? tokens.Length : Config.Codebooks;
            for (var at = 0; at < tokens.Length; at += atOnce) Run((Song)song, tokens.Span.Slice(at, atOnce));
        }
    }

    public void Dispose() => _session.Dispose();

    private static string Name(int layer, string side, string part) => string.Create(CultureInfo.InvariantCulture, $"{layer}.{side}.{part}");

    private void RequireModel(MusicGenConfig config)
    {
        var cache = _selfCache.Concat(_textCache).ToArray();
        _session.Require([Tokens, TextStates, .. cache.Select(names => names.Past)], [Logits, .. cache.Select(names => names.Present)]);
        var beyond = $"past_key_values.{Name(config.Decoder.Layers, "decoder", "key")}";
        if (_session.Inputs.Contains(beyond))
        {
            throw new CheckpointException($"{_session.Path} has the input {beyond}, but config.json has decoder.num_hidden_layers {config.Decoder.Layers}.");
        }

        FloatTensors.RequireSize(_session, TextStates, 1, config.Text.Width, "text_encoder.d_model");
        FloatTensors.RequireSize(_session, Logits, 1, config.Decoder.VocabularySize, "decoder.vocab_size");
        FloatTensors.RequireSize(_session, _selfCache[0].Past, 3, config.Decoder.Heads, "decoder.num_attention_heads");
        FloatTensors.RequireSize(_session, _selfCache[0].Past, 1, config.Decoder.HeadWidth, "a head width (decoder.hidden_size / num_attention_heads) of");
    }

    private void Run(Song song, ReadOnlySpan<int> tokens)
    {
        var (books, rows, positions) = (Config.Codebooks, song.Guided ? 2 : 1, tokens.Length / Config.Codebooks);
        var ids = new long[rows * tokens.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            // Rows, then codebooks, then positions; the step has codebooks within positions.
            var (book, position) = (i / positions % books, i % positions);
            ids[i] = tokens[position * books + book];
        }

        var first = song.Length == 0;
        using var input = OrtValue.CreateTensorValueFromMemory(ids, [rows * books, positions]);
        using var branch = OrtValue.CreateTensorValueFromMemory((bool[])[!first], [1]);
        using var empty = FloatTensors.Create([], _cacheType, rows, Config.Heads, 0, Config.HeadWidth);
        var inputs = new Dictionary<string, OrtValue> { [Tokens] = input, [TextStates] = song.TextStates };
        if (_session.Inputs.Contains(TextMask)) inputs.Add(TextMask, song.TextMask);
        if (_session.Inputs.Contains(CacheBranch)) inputs.Add(CacheBranch, branch);
        foreach (var (past, present) in _selfCache.Concat(_textCache)) inputs.Add(past, first ? empty : song.Cache[present]);

        // Keys and values of the text are computed in the first call only, and kept.
        var kept = (first ? _selfCache.Concat(_textCache) : _selfCache).Select(names => names.Present).ToArray();
        // Not disposed of as a whole: all but the logits stay, as the song's.
        var results = _session.Run(inputs, [Logits, .. kept]);
        for (var i = 0; i < kept.Length; i++) song.Keep(kept[i], results[i + 1]);
        song.Length += positions;
        using var logits = results[0];
        for (var row = 0; row < rows; row++)
        {
            for (var book = 0; book < books; book++)
            {
                var start = ((row * books + book) * positions + positions - 1) * Config.VocabularySize;
                var destination = row == 0 ? song.Logits : song.UnconditionalLogits;
                FloatTensors.Read(logits, _logitsType, start, destination.AsSpan(book * Config.VocabularySize, Config.VocabularySize));
            }
        }
    }

    private sealed class Song(DecoderConfig config, bool guided, int capacity) : DecoderSong(config, guided, capacity)
    {
        public required OrtValue TextStates { get; init; }

        public required OrtValue TextMask { get; init; }

        /// <summary>By the names of the outputs.</summary>
        public Dictionary<string, OrtValue> Cache { get; } = new(StringComparer.Ordinal);

        public void Keep(string name, OrtValue value)
        {
            if (Cache.Remove(name, out var old)) old.Dispose();
            Cache.Add(name, value);
        }

        public override void Dispose()
        {
            foreach (var value in Cache.Values) value.Dispose();
            Cache.Clear();
            TextStates.Dispose();
            TextMask.Dispose();
        }
    }
}
