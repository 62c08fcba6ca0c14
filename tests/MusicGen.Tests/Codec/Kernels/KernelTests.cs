using AudioReprompt.MusicGen.Codec.Kernels;
using AudioReprompt.MusicGen.Codec.Layers;

namespace AudioReprompt.MusicGen.Tests.Codec.Kernels;

/// <summary>The codec's kernels against the sums written out in double precision.</summary>
public sealed unsafe class KernelTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 2, 40)]
    [InlineData(12, 64, 3, 32)]
    [InlineData(29, 31, 7, 33)]
    [InlineData(100, 512, 2, 70)]
    public void Product_AnySize_IsTheSumOverTapsAndInputs(int rows, int inputs, int taps, int columns)
    {
        var random = new Random(rows);
        using var source = Rows(random, inputs, rows + 2 * taps);
        using var residual = Rows(random, columns, rows);
        using var matrix = new PanelMatrix(columns, taps * inputs);
        for (var column = 0; column < columns; column++)
        {
            matrix.Bias[column] = random.NextSingle();
            for (var depth = 0; depth < taps * inputs; depth++) matrix.Column(column)[depth * PanelProduct.Columns] = random.NextSingle() - 0.5f;
        }

        float[]? first = null;
        foreach (var threads in new[] { 1, 2, 5 })
        {
            using var target = new RowBuffer(columns);
            target.Append(rows);
            // Taps two rows apart: dilation 2.
            PanelProduct.Run(threads, [new Product(
                new ProductSource((nint)source.Row(0), source.Stride, 2 * source.Stride, taps, inputs), matrix,
                new ProductTarget((nint)target.Row(0), target.Stride, (nint)residual.Row(0), residual.Stride), rows)]);
            var results = new float[rows * columns];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var expected = (double)matrix.Bias[column] + residual.Row(row)[column];
                    for (var depth = 0; depth < taps * inputs; depth++)
                    {
                        expected += (double)source.Row(row + depth / inputs * 2)[depth % inputs] * matrix.Column(column)[depth * PanelProduct.Columns];
                    }

                    Assert.Equal(expected, target.Row(row)[column], 2e-5);
                    results[row * columns + column] = target.Row(row)[column];
                }
            }

            Assert.Equal(first ??= results, results);
        }
    }

    [Fact]
    public void Elu_OverItsRange_IsWithinTwoRoundingSteps()
    {
        float[] values = [.. Enumerable.Range(-2000, 4000).Select(i => i * 0.05f), 0f, -0f, -1e-8f, 1e-8f, float.NegativeInfinity, -float.MaxValue, float.MaxValue];
        using var buffer = new AlignedFloats(values.Length + 8);
        values.CopyTo(new Span<float>(buffer.Pointer, values.Length));
        Activations.Elu(buffer.Pointer, buffer.Pointer, values.Length);
        for (var i = 0; i < values.Length; i++) Assert.Equal(values[i] > 0 ? values[i] : Math.Exp(values[i]) - 1, buffer.Pointer[i], values[i] > 0 ? 0 : 1.2e-7);
    }

    [Fact]
    public void PhasedLoop_ManyPhases_RunsEachItemOnceAndAfterThePhaseBefore()
    {
        var done = new int[200];
        var early = 0;
        PhasedLoop.Run(4, done.Length, 7, (phase, _) =>
        {
            if (phase > 0 && Volatile.Read(ref done[phase - 1]) != 7) Interlocked.Increment(ref early);
            Interlocked.Increment(ref done[phase]);
        });
        Assert.Equal(0, early);
        Assert.All(done, count => Assert.Equal(7, count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void PhasedLoop_BodyThrows_IsThrownToTheCaller(int threads)
    {
        var thrown = Assert.ThrowsAny<InvalidOperationException>(() => PhasedLoop.Run(threads, 2, 3, (_, item) =>
        {
            if (item == 1) throw new InvalidOperationException("of item 1");
        }));
        Assert.Contains("of item 1", thrown.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public void RecurrentStep_RandomGates_FollowsTheEquations(int width)
    {
        var random = new Random(width);
        float Next() => 4 * random.NextSingle() - 2;
        using var matrix = new PanelMatrix(4 * width, width);
        var weights = new float[4 * width, width];
        for (var row = 0; row < 4 * width; row++)
        {
            for (var i = 0; i < width; i++) matrix.Column(RecurrentProduct.Column(row, width))[i * PanelProduct.Columns] = weights[row, i] = Next();
        }

        var (hidden, cell, input) = (Values(width), Values(width), Values(4 * width));
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];
        using var ordered = new AlignedFloats(4 * width);
        for (var row = 0; row < 4 * width; row++) ordered.Pointer[RecurrentProduct.Column(row, width)] = input[row];
        var (renewed, next) = ((float[])cell.Clone(), new float[width]);
        fixed (float* h = hidden, c = renewed, to = next)
        {
            for (var panel = 0; panel < width / 8; panel++)
            {
                RecurrentProduct.Step(h, width, matrix.Panel(panel), ordered.Pointer + panel * 32, c + panel * 8, to + panel * 8);
            }
        }

        for (var unit = 0; unit < width; unit++)
        {
            double Gate(int gate) => Enumerable.Range(0, width).Sum(i => (double)weights[gate * width + unit, i] * hidden[i]) + input[gate * width + unit];
            double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
            var expected = Sigmoid(Gate(1)) * cell[unit] + Sigmoid(Gate(0)) * Math.Tanh(Gate(2));
            Assert.Equal(expected, renewed[unit], 2e-6);
            Assert.Equal(Sigmoid(Gate(3)) * Math.Tanh(expected), next[unit], 2e-6);
        }
    }

    private static RowBuffer Rows(Random random, int channels, int rows)
    {
        var buffer = new RowBuffer(channels);
        buffer.AppendZeros(rows);
        for (var row = 0; row < rows; row++)
        {
            for (var channel = 0; channel < channels; channel++) buffer.Row(row)[channel] = random.NextSingle() - 0.5f;
        }

        return buffer;
    }
}
