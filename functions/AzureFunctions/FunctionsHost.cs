using AudioReprompt.Configuration;
using AudioReprompt.Storage.Azure;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>The front door as an isolated worker of Azure Functions.</summary>
public static class FunctionsHost
{
    private const string ApplicationInsights = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    /// <summary>Reads the configuration and serves the host that started it; returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        LoadedConfiguration configuration;
        try
        {
            configuration = ConfigurationLoader.LoadDefault();
            if (configuration.Options.Storage.Kind != "azure")
                throw new ConfigurationException([$"storage.kind is {configuration.Options.Storage.Kind}; on Azure Functions, whose instances come and go, allowed: azure"]);
        }
        catch (ConfigurationException exception)
        {
            await Console.Error.WriteLineAsync($"front door: {exception.Message}");
            return 2;
        }

        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        FrontDoorHost.AddServices(builder.Services, configuration);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(provider => new EmbeddedPipeline(provider, configuration)).AddSingleton<HostedMessages>();
        var telemetry = builder.Services.AddOpenTelemetry().UseFunctionsWorkerDefaults();
        // The host sets it where Application Insights is connected.
        if (Environment.GetEnvironmentVariable(ApplicationInsights) is { Length: > 0 }) telemetry.UseAzureMonitorExporter();
        await builder.Build().RunAsync();
        return 0;
    }
}
