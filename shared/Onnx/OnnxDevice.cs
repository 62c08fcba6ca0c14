using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Onnx;

/// <summary>Where graphs run, and why there.</summary>
/// <param name="Name"><c>cuda</c> or <c>cpu</c>.</param>
/// <param name="Reason">For the log and the health report.</param>
public sealed record OnnxDevice(string Name, string Reason)
{
    private const string CudaProvider = "CUDAExecutionProvider";

    public static OnnxDevice Cpu { get; } = new("cpu", "as configured");

    public bool IsCuda => Name == "cuda";

    /// <summary>Chooses: CUDA where the library has it and a device answers, else the CPU.</summary>
    /// <param name="wanted"><c>auto</c>, <c>cuda</c> or <c>cpu</c>.</param>
    /// <exception cref="InvalidOperationException"><c>cuda</c> was asked for and is not to be had; the message says why.</exception>
    public static OnnxDevice Choose(string wanted)
    {
        if (wanted == "cpu") return Cpu;
        var obstacle = CudaObstacle();
        if (obstacle is null) return new OnnxDevice("cuda", "the CUDA provider is there and a device answers");
        return wanted == "cuda" ? throw new InvalidOperationException($"CUDA cannot be used: {obstacle}.") : new OnnxDevice("cpu", obstacle);
    }

    /// <summary>Adds the provider to a session's options.</summary>
    public void Configure(SessionOptions options)
    {
        if (IsCuda) options.AppendExecutionProvider_CUDA(0);
    }

    /// <summary>Wherever the runtime looks for native libraries; ONNX Runtime looks beside itself, which is one of these places.</summary>
    private static bool CudaLibraryExists()
    {
        const string name = "libonnxruntime_providers_cuda.so";
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Append(AppContext.BaseDirectory).Any(folder => File.Exists(Path.Combine(folder, name)));
    }

    private static string? CudaObstacle()
    {
        const string without = "this ONNX Runtime was built without the CUDA provider (a build with -p:FullRegistry=true has it)";
        // Asked of the disk first: who runs on kernels of his own need not load the library to hear a no.
        if (!OperatingSystem.IsWindows() && !CudaLibraryExists()) return without;
        try
        {
            if (!OrtEnv.Instance().GetAvailableProviders().Contains(CudaProvider)) return without;
            using var options = new SessionOptions();
            options.AppendExecutionProvider_CUDA(0);
            return null;
        }
        catch (OnnxRuntimeException exception)
        {
            // The provider is there and its libraries or the driver are not.
            return exception.Message;
        }
    }
}
