namespace AudioReprompt.MusicGen.Codec.Kernels;

/// <summary>
/// Rows to multiply. Row r is, tap after tap, the <paramref name="Inputs"/> numbers at <c>Start + r · RowStride + tap · TapStride</c>: a convolution
/// reads overlapping rows in place.
/// </summary>
internal readonly unsafe record struct ProductSource(nint Start, nint RowStride, nint TapStride, int Taps, int Inputs)
{
    public float* Row(int row) => (float*)Start + row * RowStride;
}

/// <summary>Where the products go, and what is added to them, rows other than the target's; <paramref name="Residual"/> 0: nothing.</summary>
internal readonly unsafe record struct ProductTarget(nint Start, nint RowStride, nint Residual = 0, nint ResidualStride = 0)
{
    public float* Row(int row) => (float*)Start + row * RowStride;

    public float* ResidualRow(int row) => Residual == 0 ? null : (float*)Residual + row * ResidualStride;
}

/// <summary>One product: <c>target = source · matrix + bias (+ residual)</c>.</summary>
internal readonly record struct Product(ProductSource Source, PanelMatrix Matrix, ProductTarget Target, int Rows);

/// <summary>
/// Matrix products. Every number of the result is one chain of fused multiply-adds in the order of the depth, whatever rows are computed
/// together and by how many threads: a channel decoded in chunks is, bit for bit, the channel decoded at once.
/// </summary>
internal static unsafe class PanelProduct
{
    /// <summary>Of a panel.</summary>
    public const int Columns = 32;

    /// <summary>A matrix up to this size stays in a core's second-level cache beside the rows.</summary>
    private const int CachedBytes = 256 << 10;

    /// <summary>So that a thread which is late costs little.</summary>
    private const int ItemsPerThread = 4;

    private readonly record struct Item(int Product, int FirstRow, int Rows, int FirstPanel, int Panels);

    /// <summary>Computes products that do not depend on one another.</summary>
    public static void Run(int threads, Product[] products)
    {
        var items = new List<Item>();
        var panels = products.Sum(product => product.Rows > 0 ? product.Matrix.Panels : 0);
        for (var i = 0; i < products.Length; i++)
        {
            var (rows, matrix) = (products[i].Rows, products[i].Matrix);
            var together = matrix.Bytes <= CachedBytes;
            var blocks = together ? ItemsPerThread * threads : (ItemsPerThread * threads + panels - 1) / Math.Max(panels, 1);
            var most = Math.Max(PanelTile.Rows, (rows / blocks + PanelTile.Rows - 1) / PanelTile.Rows * PanelTile.Rows);
            for (var row = 0; row < rows; row += most)
            {
                var count = Math.Min(most, rows - row);
                if (together) items.Add(new Item(i, row, count, 0, matrix.Panels));
                else for (var panel = 0; panel < matrix.Panels; panel++) items.Add(new Item(i, row, count, panel, 1));
            }
        }

        PhasedLoop.Run(threads, 1, items.Count, (_, item) => Compute(products[items[item].Product], items[item]));
    }

    private static void Compute(in Product product, Item item)
    {
        var (source, matrix, target, _) = product;
        var end = item.FirstRow + item.Rows;
        for (var row = item.FirstRow; row < end;)
        {
            var rows = end - row >= PanelTile.Rows ? PanelTile.Rows : end - row >= PanelTile.FewRows ? PanelTile.FewRows : 1;
            for (var panel = item.FirstPanel; panel < item.FirstPanel + item.Panels; panel++)
            {
                PanelTile.Compute(rows, source, row, matrix.Panel(panel), matrix.PanelBias(panel), target, panel * Columns);
            }

            row += rows;
        }
    }
}
