using AudioReprompt.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Onnx;

/// <summary>How a graph is run.</summary>
/// <param name="Threads">Of one operator; 0: as many as there are cores.</param>
/// <param name="Device">Where.</param>
/// <param name="Packing">When the weights of matrix products take the layout of the kernels.</param>
/// <param name="Arena">Whether memory between runs is kept for the next one; without, it goes back at once.</param>
public sealed record OnnxSettings(int Threads = 0, OnnxDevice? Device = null, WeightPacking Packing = WeightPacking.AtLoad, bool Arena = true);

/// <summary>When the CPU kernels' own layout of constant matrices is made.</summary>
public enum WeightPacking
{
    /// <summary>When a session is loaded: seconds for a gigabyte, and a copy in memory.</summary>
    AtLoad,

    /// <summary>Within each product: loads at once, the mapped file is the only copy; for graphs that run once for a song.</summary>
    Never,

    /// <summary>It lies in the file already, made by <see cref="OnnxSession.SavePacked"/>: loads at once and runs at full speed.</summary>
    Saved,
}

/// <summary>A model file, loaded and ready to run. Runs may be concurrent; what one run holds is its own.</summary>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    private OnnxSession(string path, InferenceSession session)
    {
        (Path, _session) = (path, session);
        Inputs = new HashSet<string>(session.InputNames, StringComparer.Ordinal);
        Outputs = new HashSet<string>(session.OutputNames, StringComparer.Ordinal);
    }

    public string Path { get; }

    /// <summary>Names of the inputs.</summary>
    public IReadOnlySet<string> Inputs { get; }

    /// <summary>Names of the outputs.</summary>
    public IReadOnlySet<string> Outputs { get; }

    /// <summary>The session itself, for whoever binds inputs and outputs to buffers of its own.</summary>
    public InferenceSession Raw => _session;

    /// <exception cref="CheckpointException">The file is missing, or no model that ONNX Runtime can load.</exception>
    public static OnnxSession Load(string path, OnnxSettings settings)
    {
        if (!File.Exists(path)) throw new CheckpointException($"{path} does not exist.");
        using var options = Options(settings);
        try
        {
            settings.Device?.Configure(options);
            return new OnnxSession(path, new InferenceSession(path, options));
        }
        catch (OnnxRuntimeException exception)
        {
            throw new CheckpointException($"{path} cannot be loaded by ONNX Runtime: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Writes a model again with its weights in the layout that this machine's kernels want, to be loaded with <see cref="WeightPacking.Saved"/>:
    /// the graph, and <c>NAME.data</c> with the weights in both layouts. Belongs to this version of ONNX Runtime and this kind of CPU.
    /// </summary>
    /// <param name="target">The new model's file; its folder exists.</param>
    /// <exception cref="CheckpointException">The model cannot be loaded, or the new one not written.</exception>
    public static void SavePacked(string path, string target, OnnxSettings settings)
    {
        using var options = Options(settings with { Packing = WeightPacking.AtLoad });
        options.OptimizedModelFilePath = target;
        options.AddSessionConfigEntry("session.save_external_prepacked_constant_initializers", "1");
        options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", System.IO.Path.GetFileName(target) + ".data");
        options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
        try
        {
            using var session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new CheckpointException($"{target} cannot be written by ONNX Runtime: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses a model without the inputs and outputs that its caller will use.</summary>
    /// <exception cref="CheckpointException">One is missing: it is the file of another model.</exception>
    public void Require(IEnumerable<string> inputs, IEnumerable<string> outputs)
    {
        foreach (var name in inputs)
        {
            if (!Inputs.Contains(name)) throw new CheckpointException($"{Path} has no input {name}; it has {string.Join(", ", _session.InputNames.Take(6))}.");
        }

        foreach (var name in outputs)
        {
            if (!Outputs.Contains(name)) throw new CheckpointException($"{Path} has no output {name}; it has {string.Join(", ", _session.OutputNames.Take(6))}.");
        }
    }

    /// <summary>One run with named values; the caller disposes of the results.</summary>
    /// <exception cref="OnnxRuntimeException">The values do not fit the graph.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyCollection<string> outputs) =>
        _session.Run(_run, inputs, outputs);

    private static SessionOptions Options(OnnxSettings settings)
    {
        var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = settings.Threads,
            InterOpNumThreads = 1,
            EnableCpuMemArena = settings.Arena,
            // Warnings of theirs concern them: an initialiser that is not used, a shape that was guessed.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        // A saved graph is optimised already; doing it again would undo the packing.
        if (settings.Packing == WeightPacking.Saved) options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        if (settings.Packing == WeightPacking.Never) options.AddSessionConfigEntry("session.disable_prepacking", "1");
        return options;
    }

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
