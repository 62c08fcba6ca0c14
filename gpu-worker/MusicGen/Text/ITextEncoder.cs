namespace AudioReprompt.MusicGen.Text;

/// <summary>The T5 encoder.</summary>
internal interface ITextEncoder : IDisposable
{
    /// <param name="ids">Of one prompt, with its end token, without padding.</param>
    /// <returns>States <c>[tokens, width]</c>, after the last normalisation and before MusicGen's projection.</returns>
    float[] Encode(IReadOnlyList<int> ids);
}
