namespace AudioReprompt.Tokenizers;

/// <summary>Texts as a model takes them, in C order.</summary>
/// <param name="InputIds"><c>[Rows, Length]</c>; short rows are filled with the padding id on the right.</param>
/// <param name="AttentionMask"><c>[Rows, Length]</c>; 1 for a token of the text, 0 for padding.</param>
/// <param name="Rows">Number of texts.</param>
/// <param name="Length">Tokens of a row, padding included.</param>
public sealed record TokenBatch(long[] InputIds, long[] AttentionMask, int Rows, int Length);
