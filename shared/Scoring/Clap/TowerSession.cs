using AudioReprompt.Checkpoints;
using AudioReprompt.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.Scoring.Clap;

/// <summary>What both towers do with a session.</summary>
internal static class TowerSession
{
    /// <summary>Checks what a session wants and gives; one that does not suit is disposed of.</summary>
    /// <param name="needed">Inputs that it must have.</param>
    /// <param name="optional">Inputs that it may have; any other is a value that nobody would give it.</param>
    /// <exception cref="CheckpointException">It is the file of another model.</exception>
    public static T Adopt<T>(this OnnxSession session, string[] needed, string[] optional, string[] outputs, Func<OnnxSession, T> create)
    {
        try
        {
            session.Require(needed, outputs);
            if (session.Inputs.Except([.. needed, .. optional], StringComparer.Ordinal).Order(StringComparer.Ordinal).FirstOrDefault() is { } other)
                throw new CheckpointException($"{session.Path} has the input {other}; it is another model's file.");
            return create(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>One run, of whose output the one row is taken.</summary>
    /// <exception cref="CheckpointException">The run fails, which is the model's fault: its inputs are always of the same kind.</exception>
    public static float[] RunForVector(this OnnxSession session, Dictionary<string, OrtValue> inputs, string output, OnnxType type)
    {
        try
        {
            using var results = session.Run(inputs, [output]);
            var vector = new float[results[0].GetTensorTypeAndShape().ElementCount];
            FloatTensors.Read(results[0], type, 0, vector);
            return vector;
        }
        catch (OnnxRuntimeException exception)
        {
            throw new CheckpointException($"{session.Path} cannot be run: {exception.Message}", exception);
        }
    }
}
