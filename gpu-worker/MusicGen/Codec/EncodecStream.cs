using System.Numerics.Tensors;
using AudioReprompt.MusicGen.Codec.Kernels;
using AudioReprompt.MusicGen.Codec.Layers;

namespace AudioReprompt.MusicGen.Codec;

/// <summary>
/// One channel, decoded as its codes come. Each layer keeps the rows it still needs, so that no row is computed twice and the samples are, bit for
/// bit, the same however the codes are parted.
/// </summary>
internal sealed unsafe class EncodecStream : ICodecStream
{
    private readonly EncodecCodec _codec;
    private readonly int _threads;
    private readonly ConvolutionStream _first;
    private readonly LstmStack _lstm;
    private readonly StageStream[] _stages;
    private readonly ConvolutionStream _last;
    private readonly RowBuffer _rows;
    private float[] _samples = [];
    private int _count;
    private bool _begun;
    private bool _ended;
    private bool _disposed;

    public EncodecStream(EncodecCodec codec, int threads)
    {
        (_codec, _threads) = (codec, threads);
        _first = new ConvolutionStream(codec.First, threads);
        _lstm = new LstmStack(codec.Lstm, threads);
        _stages = new StageStream[codec.Stages.Count];
        Action<RowBuffer, bool> next = Emit;
        for (var i = _stages.Length - 1; i >= 0; i--)
        {
            _stages[i] = new StageStream(codec.Stages[i], threads, next);
            next = _stages[i].Push;
        }

        _last = new ConvolutionStream(codec.Last.Convolution, threads);
        _rows = new RowBuffer(codec.First.Matrix.Bias.Length);
    }

    public float[] Push(int[][] codes, bool last)
    {
        ObjectDisposedException.ThrowIf(_disposed || _codec.IsDisposed, this);
        if (_ended) throw new InvalidOperationException("The channel has ended.");
        var frames = CodecCodes.Check(codes, _codec.Codebooks.Count, _codec.Config.CodebookSize);
        _ended = last;
        _begun |= frames > 0;
        if (!_begun) return [];
        _count = 0;
        Embed(codes, frames);
        _first.Run(last, _rows);
        _lstm.AddTo(_rows);
        _stages[0].Push(_rows, last);
        return _samples.AsSpan(0, _count).ToArray();
    }

    public void Dispose()
    {
        _disposed = true;
        _first.Dispose();
        _lstm.Dispose();
        foreach (var stage in _stages) stage.Dispose();
        _last.Dispose();
        _rows.Dispose();
    }

    /// <summary>A frame's row is the sum of its codes' vectors.</summary>
    private void Embed(int[][] codes, int frames)
    {
        var width = _codec.Config.Width;
        var start = _first.Append(frames);
        for (var frame = 0; frame < frames; frame++)
        {
            var row = new Span<float>(start + frame * _first.InputStride, (int)_first.InputStride);
            row.Clear();
            for (var book = 0; book < codes.Length; book++)
            {
                TensorPrimitives.Add(row[..width], _codec.Codebooks[book].AsSpan(codes[book][frame] * width, width), row[..width]);
            }
        }
    }

    private void Emit(RowBuffer rows, bool last)
    {
        RowActivation.Elu(_threads, rows.Row(0), rows.Stride, _last.Append(rows.Count), _last.InputStride, rows.Width, rows.Count);
        rows.Clear();
        var count = _last.Ready(last);
        if (count == 0) return;
        if (_samples.Length < _count + count) Array.Resize(ref _samples, Math.Max(_count + count, 2 * _samples.Length));
        var weights = _codec.Last;
        fixed (float* samples = _samples)
        {
            SampleProduct.Run(_threads, _last.Source, weights.Rows, weights.Width, weights.Bias, samples + _count, count);
        }

        _last.Advance(count);
        _count += count;
    }
}
