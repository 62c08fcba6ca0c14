namespace AudioReprompt.Hub;

/// <summary>What is about to be downloaded.</summary>
/// <param name="Licence">Its identifier; null when the card does not say.</param>
/// <param name="Files">All that are wanted, those that are there already included.</param>
public sealed record PlannedPull(HubRevision Revision, ModelKind Kind, string? Licence, IReadOnlyList<HubFile> Files);

/// <summary>A model that lies in the cache.</summary>
/// <param name="Folder">Absolute.</param>
public sealed record PulledModel(PlannedPull Plan, string Folder);

/// <summary>Brings a model into the cache: the files that tell what it is, then the rest.</summary>
public sealed class ModelPull(HubClient client, HubDownload download)
{
    /// <param name="onnx">null for the safetensors.</param>
    /// <param name="announce">Called once, before the weights are downloaded.</param>
    /// <param name="report">Called often, from one thread at a time.</param>
    /// <exception cref="HubException">It cannot be had, or is no model that is used here.</exception>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public async Task<PulledModel> RunAsync(
        HubReference reference, OnnxVariant? onnx, Action<PlannedPull> announce, Action<HubProgress> report, CancellationToken cancellationToken)
    {
        var revision = await client.ResolveAsync(reference, cancellationToken);
        // Under the commit, which is complete at no time: the branch is written at the end.
        var commit = revision with { Reference = reference with { Revision = revision.Commit } };
        var folder = await download.RunAsync(commit, ModelFiles.First(revision, onnx), _ => { }, cancellationToken);

        var type = ModelKinds.TypeOf(Path.Combine(folder, ModelFiles.Config));
        var kind = ModelKinds.Of(type) ?? throw ModelKinds.Unknown($"{reference}", type);
        var files = ModelFiles.Choose(revision, kind, onnx, Path.Combine(folder, ModelFiles.Index));
        var plan = new PlannedPull(revision, kind, ModelCard.LicenceOf(Path.Combine(folder, ModelFiles.Card)), files);
        announce(plan);
        return new PulledModel(plan, await download.RunAsync(revision, files, report, cancellationToken));
    }
}
