namespace AudioReprompt.Checkpoints;

/// <summary>A model's files cannot be used; the message names the file, and the tensor or key.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string message) : base(message)
    {
    }

    public CheckpointException(string message, Exception inner) : base(message, inner)
    {
    }
}
