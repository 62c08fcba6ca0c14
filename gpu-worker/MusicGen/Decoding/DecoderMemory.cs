using System.Runtime.InteropServices;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace AudioReprompt.MusicGen.Decoding;

/// <summary>Where songs' keys and values lie: on the device, or in memory of the process.</summary>
internal sealed class DecoderMemory : IDisposable
{
    private readonly OrtMemoryInfo? _deviceInfo;
    private readonly OrtAllocator? _device;
    private readonly TensorElementType _type;
    private readonly int _elementBytes;

    public DecoderMemory(OnnxSession session, OnnxType type, bool cuda)
    {
        (_type, _elementBytes, IsDevice) = ((TensorElementType)type, OnnxConstant.SizeOf(type), cuda);
        if (!cuda) return;
        _deviceInfo = new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);
        _device = new OrtAllocator(session.Raw, _deviceInfo);
    }

    /// <summary>Whether it is another memory than the process's: what is bound there was copied when it was bound.</summary>
    public bool IsDevice { get; }

    /// <summary>Tensors of one shape.</summary>
    public Tensors Allocate(int count, params long[] shape)
    {
        if (_device is not null) return new Tensors([.. Enumerable.Range(0, count).Select(_ => OrtValue.CreateAllocatedTensorValue(_device, _type, shape))], 0);
        // In one piece: large enough that the C library maps it, page by page as it is written, and unmaps it when it is freed.
        var bytes = shape.Aggregate((long)_elementBytes, (product, size) => checked(product * size));
        var stride = (bytes + 63) / 64 * 64;
        nint memory;
        unsafe
        {
            memory = (nint)NativeMemory.AllocZeroed((nuint)(stride * count + 64));
        }

        var start = (memory + 63) / 64 * 64;
        return new Tensors([.. Enumerable.Range(0, count).Select(Tensor)], memory);

        OrtValue Tensor(int i) => OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, _type, shape, start + (nint)(i * stride), bytes);
    }

    public void Dispose()
    {
        _device?.Dispose();
        _deviceInfo?.Dispose();
    }

    internal sealed class Tensors(OrtValue[] values, nint memory) : IDisposable
    {
        private nint _memory = memory;

        public OrtValue this[int index] => values[index];

        public void Dispose()
        {
            foreach (var value in values) value.Dispose();
            unsafe
            {
                NativeMemory.Free((void*)_memory);
            }

            _memory = 0;
        }
    }
}
