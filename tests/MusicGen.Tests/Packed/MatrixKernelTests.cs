using System.Runtime.InteropServices;
using AudioReprompt.MusicGen.Decoding.Packed;

namespace AudioReprompt.MusicGen.Tests.Packed;

/// <summary>The products of packed matrices against plain loops over the same rounded weights.</summary>
public sealed unsafe class MatrixKernelTests
{
    public static TheoryData<int, int, int, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            foreach (var bits in new[] { 8, 4 })
            {
                foreach (var rows in new[] { 1, 2, 3, 4, 5, 6, 7, 9 })
                {
                    data.Add(bits, rows, 40, 50);
                    data.Add(bits, rows, 96, 64);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Multiply_AnyRows_IsThePlainProductAndEachRowThatOfItsOwn(int bits, int rows, int outputs, int inputs)
    {
        var random = new Random(bits * 100 + rows);
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)PackedMatrix.ByteCount(outputs, inputs, bits), 64);
        var matrix = new PackedMatrix(outputs, inputs, bits, memory);
        for (var group = 0; group < matrix.Groups; group++)
        {
            var weights = new float[PackedMatrix.Group * inputs];
            for (var i = 0; i < weights.Length; i++) weights[i] = random.NextSingle() - 0.5f;
            matrix.Pack(group, weights);
        }

        float[][] input = [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, inputs).Select(_ => random.NextSingle() - 0.5f).ToArray())];
        var together = Multiply(matrix, input);
        for (var row = 0; row < rows; row++)
        {
            Assert.Equal(Multiply(matrix, [input[row]])[0], together[row]);
            for (var output = 0; output < outputs; output++)
            {
                var plain = Enumerable.Range(0, inputs).Sum(i => (double)matrix[output, i] * input[row][i]);
                // Activations in 16 bits: half a step of 32,767 for each, at most.
                Assert.Equal(plain, together[row][output], inputs * 0.5 * 0.5 / short.MaxValue * 0.6);
            }
        }

        NativeMemory.AlignedFree((void*)memory);
    }

    /// <summary>Half a step of 127 to each side; in 4 bits a whole one of 7.5, since the largest weight of the other sign may be cut off.</summary>
    [Theory]
    [InlineData(8, 0.5 / 127 * 1.01)]
    [InlineData(4, 1 / 7.5)]
    public void Pack_AnyWeights_RoundsEachToItsStep(int bits, double most)
    {
        var random = new Random(bits);
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)PackedMatrix.ByteCount(32, 64, bits), 64);
        var matrix = new PackedMatrix(32, 64, bits, memory);
        var weights = new float[32 * 64];
        for (var i = 0; i < weights.Length; i++) weights[i] = 2 * random.NextSingle() - 1;
        matrix.Pack(0, weights);
        for (var output = 0; output < 32; output++)
        {
            for (var input = 0; input < 64; input++) Assert.Equal(weights[output * 64 + input], matrix[output, input], most);
        }

        NativeMemory.AlignedFree((void*)memory);
    }

    private static float[][] Multiply(PackedMatrix matrix, float[][] input)
    {
        using var rows = new ActivationRows(input.Length, matrix.Inputs);
        rows.Begin(input.Length);
        for (var row = 0; row < input.Length; row++) rows.Set(row, input[row]);
        var output = new float[input.Length * matrix.PaddedOutputs];
        fixed (float* to = output)
        {
            for (var group = 0; group < matrix.Groups; group++) MatrixKernel.Multiply(matrix, group, rows, to, matrix.PaddedOutputs);
        }

        return [.. output.Chunk(matrix.PaddedOutputs).Select(row => row[..matrix.Outputs])];
    }
}
