using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>A song of <see cref="GraphDecoder"/>: its buffers, bound to the graph once. To be disposed of before its decoder.</summary>
internal sealed class GraphSong : DecoderSong
{
    private readonly DecoderConfig _config;
    private readonly OnnxSession _session;
    private readonly SinusoidalPositions _positions;
    private readonly bool _rebind;
    private readonly int _rows;

    /// <summary>Layer by layer, keys before values.</summary>
    private readonly DecoderMemory.Tensors _cache;
    private readonly DecoderMemory.Tensors _cross;

    /// <summary>With one position at a time.</summary>
    private readonly Binding _step;

    /// <param name="textLength">Tokens of the text.</param>
    public GraphSong(DecoderConfig config, OnnxSession session, DecoderMemory memory, SinusoidalPositions positions, bool guided, int capacity, int textLength)
        : base(config, guided, capacity)
    {
        (_config, _session, _positions, _rebind, _rows) = (config, session, positions, memory.IsDevice, guided ? 2 : 1);
        _cache = memory.Allocate(2 * config.Layers, _rows, config.Heads, capacity, config.HeadWidth);
        _cross = memory.Allocate(2 * config.Layers, _rows, config.Heads, textLength, config.HeadWidth);
        _step = new Binding(this, 1);
    }

    /// <summary>Binds what the graph of the text states computes.</summary>
    public void BindCross(OrtIoBinding binding)
    {
        for (var i = 0; i < 2 * _config.Layers; i++) binding.BindOutput(DecoderGraph.Cross(i / 2, key: i % 2 == 0), _cross[i]);
    }

    /// <summary>
    /// Takes positions: the first ones at once, later ones one by one, for the operator takes several rows of several positions only when nothing
    /// is before them.
    /// </summary>
    public void Run(RunOptions options, RunOptions promptOptions, ReadOnlySpan<int> tokens)
    {
        if (Length == 0 && tokens.Length > _config.Codebooks)
        {
            using var several = new Binding(this, tokens.Length / _config.Codebooks);
            several.Run(promptOptions, tokens);
        }
        else
        {
            for (var at = 0; at < tokens.Length; at += _config.Codebooks) _step.Run(options, tokens.Slice(at, _config.Codebooks));
        }
    }

    public override void Dispose()
    {
        _step.Dispose();
        _cross.Dispose();
        _cache.Dispose();
    }

    /// <summary>The graph's inputs for a number of positions, in arrays that are written anew at every run.</summary>
    private sealed class Binding : IDisposable
    {
        private readonly GraphSong _song;
        private readonly OrtIoBinding _binding;
        private readonly long[] _tokens;
        private readonly float[] _positions;
        private readonly int[] _last;
        private readonly int[] _total = new int[1];
        private readonly float[] _logits;
        private readonly (string Name, OrtValue Value)[] _inputs;
        private readonly OrtValue _output;

        public Binding(GraphSong song, int positions)
        {
            var config = song._config;
            (_song, _binding) = (song, song._session.Raw.CreateIoBinding());
            _tokens = new long[song._rows * positions * config.Codebooks];
            _positions = new float[positions * config.Width];
            _last = new int[song._rows];
            _logits = new float[song._rows * config.Codebooks * config.VocabularySize];
            _inputs =
            [
                (DecoderGraph.Tokens, OrtValue.CreateTensorValueFromMemory(_tokens, [song._rows, positions, config.Codebooks])),
                (DecoderGraph.Positions, OrtValue.CreateTensorValueFromMemory(_positions, [positions, config.Width])),
                (DecoderGraph.LastPosition, OrtValue.CreateTensorValueFromMemory(_last, [song._rows])),
                (DecoderGraph.TotalLength, OrtValue.CreateTensorValueFromMemory(_total, [1])),
            ];
            _output = OrtValue.CreateTensorValueFromMemory(_logits, [song._rows, 1, config.Codebooks * config.VocabularySize]);
            BindInputs();
            _binding.BindOutput(DecoderGraph.Logits, _output);
            for (var i = 0; i < 2 * config.Layers; i++)
            {
                var (layer, key) = (i / 2, i % 2 == 0);
                _binding.BindInput(DecoderGraph.Cross(layer, key), song._cross[i]);
                _binding.BindInput(DecoderGraph.Past(layer, key), song._cache[i]);
                _binding.BindOutput(DecoderGraph.Present(layer, key), song._cache[i]);
            }
        }

        public void Run(RunOptions options, ReadOnlySpan<int> tokens)
        {
            var positions = tokens.Length / _song._config.Codebooks;
            for (var i = 0; i < _tokens.Length; i++) _tokens[i] = tokens[i % tokens.Length];
            _song._positions.Fill(_song.Length, _positions);
            _total[0] = _song.Length + positions;
            _last.AsSpan().Fill(_song.Length + positions - 1);
            if (_song._rebind) BindInputs();
            _song._session.Raw.RunWithBinding(options, _binding);
            _song.Length += positions;
            _logits.AsSpan(0, _song.Logits.Length).CopyTo(_song.Logits);
            _logits.AsSpan(_song.Logits.Length).CopyTo(_song.UnconditionalLogits);
        }

        public void Dispose()
        {
            _binding.Dispose();
            foreach (var (_, value) in _inputs) value.Dispose();
            _output.Dispose();
        }

        private void BindInputs()
        {
            foreach (var (name, value) in _inputs) _binding.BindInput(name, value);
        }
    }
}
