using Microsoft.Azure.Functions.Worker;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>Opens storage, knowledge base and models of a new instance before the first request comes to it.</summary>
public sealed class WarmUp(IServiceProvider services)
{
    [Function("WarmUp")]
    public void Run([WarmupTrigger] object context) => FrontDoorHost.OpenAll(services);
}
