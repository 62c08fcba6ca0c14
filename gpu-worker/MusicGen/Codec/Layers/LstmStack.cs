using System.Numerics.Tensors;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>The LSTM's layers over rows that come in chunks, with the connection around them: <c>x + lstm(x)</c>.</summary>
internal sealed unsafe class LstmStack(IReadOnlyList<LstmLayer> weights, int threads) : IDisposable
{
    private readonly LstmStream[] _layers = [.. weights.Select(layer => new LstmStream(layer, threads))];

    /// <summary>Replaces the rows by their sum with the LSTM's answer; without layers there is none.</summary>
    public void AddTo(RowBuffer rows)
    {
        if (rows.Count == 0 || _layers.Length == 0) return;
        var (hidden, before) = (rows, 0);
        foreach (var layer in _layers) (hidden, before) = (layer.Run(hidden, before), 1);
        for (var row = 0; row < rows.Count; row++)
        {
            var sum = new Span<float>(rows.Row(row), weights[^1].Width);
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(hidden.Row(row + before), sum.Length), sum);
        }
    }

    public void Dispose()
    {
        foreach (var layer in _layers) layer.Dispose();
    }
}
