using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AudioReprompt.Checkpoints;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AudioReprompt.Onnx;

/// <summary>Floats into and out of graphs whose numbers may have 16 bits.</summary>
public static class FloatTensors
{
    /// <summary>The type of numbers that a model's input or output has.</summary>
    /// <exception cref="CheckpointException">Neither float nor float16.</exception>
    public static OnnxType TypeOf(OnnxSession session, string name)
    {
        var metadata = session.Raw.InputMetadata.TryGetValue(name, out var input) ? input : session.Raw.OutputMetadata[name];
        return metadata.ElementDataType switch
        {
            TensorElementType.Float => OnnxType.Float,
            TensorElementType.Float16 => OnnxType.Float16,
            var other => throw new CheckpointException($"{session.Path}: {name} has numbers of type {other}; float and float16 are known."),
        };
    }

    /// <summary>A tensor with these numbers; the memory is its own.</summary>
    public static OrtValue Create(ReadOnlySpan<float> values, OnnxType type, params long[] shape)
    {
        if (type == OnnxType.Float) return OrtValue.CreateTensorValueFromMemory(values.ToArray(), shape);
        var halves = new Float16[values.Length];
        TensorPrimitives.ConvertToHalf(values, MemoryMarshal.Cast<Float16, Half>(halves.AsSpan()));
        return OrtValue.CreateTensorValueFromMemory(halves, shape);
    }

    /// <summary>Some of a tensor's numbers, from a place on.</summary>
    public static void Read(OrtValue tensor, OnnxType type, int start, Span<float> destination)
    {
        if (type == OnnxType.Float) tensor.GetTensorDataAsSpan<float>().Slice(start, destination.Length).CopyTo(destination);
        else TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(tensor.GetTensorDataAsSpan<Float16>()).Slice(start, destination.Length), destination);
    }

    /// <summary>Refuses a model one of whose sizes is fixed and another than it should be.</summary>
    /// <param name="axis">From the back: 1 is the last.</param>
    /// <param name="key">Where the size that was expected comes from.</param>
    /// <exception cref="CheckpointException">The size differs.</exception>
    public static void RequireSize(OnnxSession session, string name, int axis, int size, string key)
    {
        var metadata = session.Raw.InputMetadata.TryGetValue(name, out var input) ? input : session.Raw.OutputMetadata[name];
        var shape = metadata.Dimensions;
        // Negative: any size.
        if (shape.Length < axis || (shape[^axis] >= 0 && shape[^axis] != size))
        {
            throw new CheckpointException($"{session.Path}: {name} has the shape [{string.Join(", ", shape)}], which does not go with {key} {size} in config.json.");
        }
    }
}
