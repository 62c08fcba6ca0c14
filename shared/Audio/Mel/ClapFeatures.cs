namespace AudioReprompt.Audio.Mel;

/// <summary>What a CLAP audio encoder takes for one recording: <c>input_features</c> and <c>is_longer</c>.</summary>
/// <param name="Values"><c>[Planes, frames, mel bins]</c>, dB.</param>
/// <param name="Planes">1, or 4 for a fusion checkpoint.</param>
/// <param name="IsLonger">
/// Whether the planes differ. Hugging Face's extractor says true for one clip of each batch in which none is longer, a habit of training: a
/// short clip that is embedded alone runs as a longer one there.
/// </param>
public sealed record ClapFeatures(float[] Values, int Planes, bool IsLonger);
