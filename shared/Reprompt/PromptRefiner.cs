namespace AudioReprompt.Reprompt;

/// <summary>Turns a sentence about food into a musical prompt. Safe for concurrent calls; the same input gives the same output.</summary>
public sealed class PromptRefiner
{
    /// <summary>Reads the knowledge base.</summary>
    /// <param name="dataFolder">The folder <c>data/</c>.</param>
    /// <exception cref="InvalidDataException">A file is missing, empty or broken; the message names the file and the line.</exception>
    public static PromptRefiner Load(string dataFolder) => throw new NotImplementedException(dataFolder);

    /// <param name="prompt">16…800 characters, English or Spanish.</param>
    /// <param name="cancellationToken">Ends the wait for outside help.</param>
    public ValueTask<RefinedPrompt> RefineAsync(string prompt, CancellationToken cancellationToken) => throw new NotImplementedException();
}
