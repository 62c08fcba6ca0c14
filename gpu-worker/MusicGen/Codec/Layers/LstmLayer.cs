using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The weights of one layer of the LSTM, shared by all streams; columns in the order of <see cref="RecurrentProduct"/>.</summary>
internal sealed unsafe class LstmLayer : IDisposable
{
    public LstmLayer(LstmWeights weights)
    {
        Width = weights.Width;
        PaddedWidth = (Width + RecurrentProduct.Units - 1) / RecurrentProduct.Units * RecurrentProduct.Units;
        Input = Pack(weights.Input, Width);
        Recurrent = Pack(weights.Recurrent, PaddedWidth);
        for (var row = 0; row < weights.Bias.Length; row++) Input.Bias[RecurrentProduct.Column(row, Width)] = weights.Bias[row];
    }

    public int Width { get; }

    /// <summary>Whole panels of units; the ones beyond <see cref="Width"/> stay zero.</summary>
    public int PaddedWidth { get; }

    public PanelMatrix Input { get; }

    public PanelMatrix Recurrent { get; }

    public void Dispose()
    {
        Input.Dispose();
        Recurrent.Dispose();
    }

    private PanelMatrix Pack(CodecWeight weight, int depth)
    {
        var matrix = new PanelMatrix(4 * PaddedWidth, depth);
        var values = new float[weight.RowLength];
        for (var row = 0; row < weight.Rows; row++)
        {
            weight.ReadRow(row, values);
            var column = matrix.Column(RecurrentProduct.Column(row, Width));
            for (var i = 0; i < values.Length; i++) column[i * PanelProduct.Columns] = values[i];
        }

        return matrix;
    }
}

/// <summary>One layer of the LSTM over rows that come in chunks, its state kept.</summary>
internal sealed unsafe class LstmStream : IDisposable
{
    /// <summary>More than one, so that a thread which is late costs little.</summary>
    private const int ItemsPerThread = 4;

    private readonly LstmLayer _weights;
    private readonly int _threads;
    private readonly RowBuffer _gates;
    private readonly RowBuffer _hidden;
    private readonly AlignedFloats _cell;

    public LstmStream(LstmLayer weights, int threads)
    {
        (_weights, _threads) = (weights, threads);
        _gates = new RowBuffer(4 * weights.PaddedWidth);
        _hidden = new RowBuffer(weights.PaddedWidth);
        _cell = new AlignedFloats(weights.PaddedWidth);
        _hidden.AppendZeros(1);
    }

    /// <summary>Takes the next rows and answers each with the hidden state behind it.</summary>
    /// <param name="skip">Rows of the input to leave out in front.</param>
    /// <returns>One row, the state before, and as many as were given; they last until the next call.</returns>
    public RowBuffer Run(RowBuffer input, int skip)
    {
        var rows = input.Count - skip;
        // What is left of the chunk before is its last state.
        _hidden.Discard(_hidden.Count - 1);
        _hidden.Append(rows);
        _gates.Clear();
        _gates.Append(rows);
        var source = new ProductSource((nint)input.Row(skip), input.Stride, 0, 1, _weights.Width);
        PanelProduct.Run(_threads, [new Product(source, _weights.Input, new ProductTarget((nint)_gates.Row(0), _gates.Stride), rows)]);
        var panels = _weights.Recurrent.Panels;
        var items = Math.Min(panels, ItemsPerThread * _threads);
        PhasedLoop.Run(_threads, rows, items, (step, item) =>
        {
            for (var panel = panels * item / items; panel < panels * (item + 1) / items; panel++)
            {
                RecurrentProduct.Step(
                    _hidden.Row(step), _weights.PaddedWidth, _weights.Recurrent.Panel(panel), _gates.Row(step) + panel * PanelProduct.Columns,
                    _cell.Pointer + panel * RecurrentProduct.Units, _hidden.Row(step + 1) + panel * RecurrentProduct.Units);
            }
        });
        return _hidden;
    }

    public void Dispose()
    {
        _gates.Dispose();
        _hidden.Dispose();
        _cell.Dispose();
    }
}
