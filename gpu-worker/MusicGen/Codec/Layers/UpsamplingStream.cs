using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>A transposed convolution over rows that come in chunks; it keeps one row of the past.</summary>
internal sealed unsafe class UpsamplingStream : IDisposable
{
    private readonly Upsampling _weights;
    private readonly int _threads;
    private readonly RowBuffer _input;
    private readonly Product[] _products;
    private int _blocks;
    private int _produced;

    public UpsamplingStream(Upsampling weights, int threads)
    {
        (_weights, _threads) = (weights, threads);
        _products = new Product[weights.Ratio];
        _input = new RowBuffer(weights.Inputs);
        _input.AppendZeros(1); // before the first row there is none
    }

    /// <summary>Floats from row to row of what <see cref="Append"/> gives.</summary>
    public nint InputStride => _input.Stride;

    /// <summary>Makes room for the next rows of the signal.</summary>
    public float* Append(int rows) => _input.Append(rows);

    /// <summary>Computes what the rows allow.</summary>
    /// <param name="last">Whether the signal is complete.</param>
    /// <param name="output">Takes the rows.</param>
    public void Run(bool last, RowBuffer output)
    {
        // Before trimming, input row i gives the rows i · ratio …; a row of zeros behind the last gives the rest.
        var (ratio, trim) = (_weights.Ratio, _weights.LeftTrim);
        var end = _blocks + _input.Count - 1;
        var limit = last ? end * ratio : Math.Max(end * ratio - trim, 0);
        if (last) _input.AppendZeros(1);
        if (limit > _produced)
        {
            var start = (nint)output.Append(limit - _produced);
            var pitch = output.Stride * ratio;
            for (var phase = 0; phase < ratio; phase++)
            {
                // Rows o = i · ratio + phase − trim with produced ≤ o < limit.
                var from = Math.Max(_blocks, CeilingDivide(_produced + trim - phase, ratio));
                var to = Math.Min(_blocks + _input.Count - 1, CeilingDivide(limit + trim - phase, ratio));
                var target = start + (from * ratio + phase - trim - _produced) * output.Stride * sizeof(float);
                _products[phase] = new Product(
                    new ProductSource((nint)_input.Row(Math.Min(from - _blocks, _input.Count - 1)), _input.Stride, _input.Stride, 2, _weights.Inputs),
                    _weights.Phases[phase], new ProductTarget(target, pitch), Math.Max(to - from, 0));
            }

            PanelProduct.Run(_threads, _products);
            _produced = limit;
        }

        _blocks += _input.Count - 1;
        _input.Discard(_input.Count - 1);
    }

    public void Dispose() => _input.Dispose();

    private static int CeilingDivide(int value, int divisor) => (value + divisor - 1) / divisor;
}
