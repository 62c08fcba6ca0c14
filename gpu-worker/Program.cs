using AudioReprompt.Composing;
using AudioReprompt.Configuration;
using AudioReprompt.Reprompt;
using AudioReprompt.Worker;

var options = new AudioRepromptOptions(); // ConfigurationLoader.LoadDefault() goes here.
ListenAddress address;
try
{
    address = ListenAddress.Read(options.Worker, args);
}
catch (ArgumentException exception)
{
    await Console.Error.WriteLineAsync($"worker: {exception.Message}");
    return 2;
}

// Jobs of the front door bring their plan: a worker that serves only those never reads the knowledge base.
var refiner = new Lazy<PromptRefiner>(() => PromptRefiner.Load(options.Reprompt.Data));
await using var app = WorkerHost.Build(
    options, [new ComposerEngine()], async (prompt, cancellationToken) => (await refiner.Value.RefineAsync(prompt, cancellationToken)).Plan, address);
return await WorkerHost.RunAsync(app, address, Console.Out, Console.Error);
