using System.Numerics.Tensors;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>Layer normalisation with weight and bias.</summary>
internal sealed record Normalisation(float[] Weight, float[] Bias)
{
    private const float Epsilon = 1e-5f;

    public void Apply(ReadOnlySpan<float> values, Span<float> output)
    {
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, output);
        var deviation = MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(output) / values.Length + Epsilon);
        TensorPrimitives.Multiply(output, 1 / deviation, output);
        TensorPrimitives.MultiplyAdd<float>(output, Weight, Bias, output);
    }
}
