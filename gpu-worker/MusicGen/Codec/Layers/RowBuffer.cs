using AudioReprompt.MusicGen.Codec.Kernels;

namespace AudioReprompt.MusicGen.Codec.Layers;

/// <summary>Rows of a signal, one per time step, channels side by side: appended behind, taken away in front.</summary>
internal sealed unsafe class RowBuffer : IDisposable
{
    private AlignedFloats _values;
    private nint _first;
    private nint _capacity;

    /// <param name="channels">Of a row; up to the next 32 they may be written, and count for nothing.</param>
    public RowBuffer(int channels)
    {
        Width = (channels + PanelProduct.Columns - 1) / PanelProduct.Columns * PanelProduct.Columns;
        // Rows a multiple of 2 KB apart would fall into the same few sets of the first-level cache.
        const int crowded = 512, apart = 16;
        Stride = Width % crowded == 0 ? Width + apart : Width;
        _values = new AlignedFloats(0);
    }

    /// <summary>Floats of a row that are in use, channels and what fills up to 32.</summary>
    public int Width { get; }

    /// <summary>Floats from row to row.</summary>
    public nint Stride { get; }

    /// <summary>Rows that are there.</summary>
    public int Count { get; private set; }

    public float* Row(int row) => _values.Pointer + (_first + row) * Stride;

    /// <summary>Makes room behind; earlier pointers are void.</summary>
    /// <returns>The first new row, whose values are whatever was there.</returns>
    public float* Append(int rows)
    {
        var needed = (nint)Count + rows;
        if (needed > _capacity)
        {
            var larger = new AlignedFloats(needed * Stride);
            Copy(larger.Pointer);
            _values.Dispose();
            (_values, _capacity, _first) = (larger, needed, 0);
        }
        else if (_first + needed > _capacity)
        {
            Copy(_values.Pointer);
            _first = 0;
        }

        Count += rows;
        return Row(Count - rows);
    }

    /// <summary>Appends rows of zeros.</summary>
    public void AppendZeros(int rows)
    {
        var start = Append(rows);
        new Span<float>(start, (int)(rows * Stride)).Clear();
    }

    /// <summary>Takes rows away in front.</summary>
    public void Discard(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Count);
        Count -= rows;
        _first = Count == 0 ? 0 : _first + rows;
    }

    public void Clear() => Discard(Count);

    public void Dispose() => _values.Dispose();

    private void Copy(float* destination)
    {
        if (Count > 0) new ReadOnlySpan<float>(Row(0), (int)(Count * Stride)).CopyTo(new Span<float>(destination, (int)(Count * Stride)));
    }
}
