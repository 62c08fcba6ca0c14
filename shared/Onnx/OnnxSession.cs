using AudioReprompt.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Onnx;

/// <summary>How a graph is run.</summary>
/// <param name="Threads">Of one operator; 0: as many as there are cores.</param>
/// <param name="Device">Where.</param>
public sealed record OnnxSettings(int Threads = 0, OnnxDevice? Device = null);

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
        using var options = new SessionOptions
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            IntraOpNumThreads = settings.Threads,
            InterOpNumThreads = 1,
            // Warnings of theirs concern them: an initialiser that is not used, a shape that was guessed.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
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

    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }
}
