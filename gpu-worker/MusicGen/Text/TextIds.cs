using AudioReprompt.MusicGen.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace AudioReprompt.MusicGen.Text;

/// <summary>A prompt's ids on their way into the text encoder.</summary>
internal static class TextIds
{
    /// <returns>int64 <c>[1, tokens]</c>.</returns>
    /// <exception cref="ArgumentException">There are none, or one lies outside of the vocabulary.</exception>
    public static OrtValue ToTensor(IReadOnlyList<int> ids, T5Config config)
    {
        Check(ids, config);
        return OrtValue.CreateTensorValueFromMemory(ids.Select(id => (long)id).ToArray(), [1, ids.Count]);
    }

    /// <exception cref="ArgumentException">There are none, or one lies outside of the vocabulary.</exception>
    public static void Check(IReadOnlyList<int> ids, T5Config config)
    {
        if (ids.Count == 0) throw new ArgumentException("A prompt has at least its end token.", nameof(ids));
        for (var i = 0; i < ids.Count; i++)
        {
            if (ids[i] < 0 || ids[i] >= config.VocabularySize)
            {
                throw new ArgumentException($"The id {ids[i]} at {i} is not in the text encoder's vocabulary of {config.VocabularySize}.", nameof(ids));
            }
        }
    }
}
