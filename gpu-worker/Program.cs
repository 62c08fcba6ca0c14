using AudioReprompt.Composing;
using AudioReprompt.Hosting;
using AudioReprompt.Reprompt;
using AudioReprompt.Worker;

return await ServerProcess.RunAsync("worker", args, options => (options.Worker.Host, options.Worker.Port), (configuration, address) =>
{
    // Jobs of the front door bring their plan: a worker that serves only those never reads the knowledge base.
    var refiner = new Lazy<PromptRefiner>(() => PromptRefiner.Load(configuration.DataFolder, configuration.EmbeddingsFolder));
    return WorkerHost.Build(
        configuration.Options,
        [new ComposerEngine()],
        async (prompt, cancellationToken) => (await refiner.Value.RefineAsync(prompt, cancellationToken)).Plan,
        address);
});
