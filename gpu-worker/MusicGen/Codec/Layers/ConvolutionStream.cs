using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>
/// A convolution over rows that come in chunks. It keeps the rows that later ones still need, <c>(kernel − 1) · dilation</c> of them, and reflects
/// at the signal's own beginning and end only. Where it takes strides, a last stride that is not full is filled up by reflection too.
/// </summary>
internal sealed unsafe class ConvolutionStream : IDisposable
{
    private readonly Convolution _weights;
    private readonly int _threads;
    private readonly RowBuffer _input;
    private bool _begun;
    private int _length;
    private int _past;

    public ConvolutionStream(Convolution weights, int threads)
    {
        (_weights, _threads) = (weights, threads);
        _input = new RowBuffer(weights.Inputs);
        _input.AppendZeros(weights.LeftPadding);
    }

    /// <summary>Rows behind a signal of the length that is there now.</summary>
    private int RightPadding => _weights.TotalPadding - _weights.LeftPadding + (_weights.Stride - _length % _weights.Stride) % _weights.Stride;

    /// <summary>Makes room for the next rows of the signal.</summary>
    public float* Append(int rows)
    {
        _length += rows;
        return _input.Append(rows);
    }

    /// <summary>Floats from row to row of what <see cref="Append"/> gives.</summary>
    public nint InputStride => _input.Stride;

    /// <summary>Computes what the rows allow.</summary>
    /// <param name="last">Whether the signal is complete.</param>
    /// <param name="output">Takes the rows.</param>
    /// <returns>Rows computed.</returns>
    public int Run(bool last, RowBuffer output)
    {
        var rows = Ready(last);
        if (rows == 0) return 0;
        var target = new ProductTarget((nint)output.Append(rows), output.Stride);
        PanelProduct.Run(_threads, [new Product(Source, _weights.Matrix, target, rows)]);
        Advance(rows);
        return rows;
    }

    /// <summary>What the next rows are computed from.</summary>
    public ProductSource Source => new(
        (nint)_input.Row(_past), _input.Stride * _weights.Stride, _input.Stride * _weights.Dilation, _weights.Taps, _weights.Inputs);

    /// <summary>How many rows can be computed now.</summary>
    /// <param name="last">Whether the signal is complete; once.</param>
    public int Ready(bool last)
    {
        if (!_begun && !Begin(last)) return 0;
        if (last) AppendReflection();
        var span = (_weights.Taps - 1) * _weights.Dilation + 1;
        var rows = _input.Count - _past;
        return rows < span ? 0 : (rows - span) / _weights.Stride + 1;
    }

    /// <summary>Gives up what only the computed rows needed.</summary>
    public void Advance(int rows)
    {
        // Filling a stride up may reflect rows that the windows are through with: a stride of them stays.
        var past = _past + rows * _weights.Stride;
        _past = _weights.Stride == 1 ? 0 : Math.Min(past, _weights.Stride);
        _input.Discard(past - _past);
    }

    public void Dispose() => _input.Dispose();

    /// <summary>Fills the rows before the first, as soon as those are there that they repeat.</summary>
    private bool Begin(bool last)
    {
        var left = _weights.LeftPadding;
        if (_length <= Math.Max(left, _weights.TotalPadding - left + _weights.Stride - 1) && !last) return false;
        var padding = Math.Max(left, RightPadding);
        for (var place = -left; place < 0; place++) Fill(left + place, left, Reflection.Row(place, _length, padding));
        return _begun = true;
    }

    private void AppendReflection()
    {
        var signal = _input.Count - _length; // the buffer's row where the signal's first would be
        var first = _input.Count;
        var right = RightPadding;
        _input.Append(right);
        for (var i = 0; i < right; i++) Fill(first + i, signal, Reflection.Row(_length + i, _length, Math.Max(_weights.LeftPadding, right)));
    }

    private void Fill(int row, int signal, int from)
    {
        var destination = new Span<float>(_input.Row(row), _input.Width);
        if (from < 0) destination.Clear();
        else new ReadOnlySpan<float>(_input.Row(signal + from), _input.Width).CopyTo(destination);
    }
}
