using AudioReprompt.Music;

namespace AudioReprompt.Composing;

/// <summary>The embedded engine: composes a score from the musical plan and synthesises it. No model, no download, no GPU.</summary>
public sealed class ComposerEngine : IMusicEngine
{
    public string Name => "composer";

    public string Model => "composer-1";

    public Task<GeneratedAudio> GenerateAsync(MusicRequest request, IProgress<double>? progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}
