namespace AudioReprompt.Tokenizers;

/// <summary>The tokens that a model has of itself, without those that were added.</summary>
internal interface IVocabulary
{
    /// <summary>Number of tokens.</summary>
    int Count { get; }

    /// <returns>The id, or <see cref="PieceTrie.None"/>.</returns>
    int IdOf(string token);

    /// <summary>Whether a token has this id.</summary>
    /// <param name="id">From 0.</param>
    bool Contains(int id);
}
