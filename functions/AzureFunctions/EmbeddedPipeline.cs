using AudioReprompt.Configuration;
using Microsoft.AspNetCore.Http.Features;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>
/// The front door's whole HTTP side as one call, for a host that has a pipeline of its own and hands requests over one by one: the same middleware
/// and the same endpoints as on Kestrel, in the same order.
/// </summary>
public sealed class EmbeddedPipeline
{
    private readonly IServiceProvider _services;
    private readonly RequestDelegate _run;

    /// <param name="services">With what <see cref="FrontDoorHost"/> registers, and the web host's own.</param>
    public EmbeddedPipeline(IServiceProvider services, LoadedConfiguration configuration)
    {
        _services = services;
        var app = new ApplicationBuilder(services);
        FrontDoorHost.UseMiddleware(app, configuration);
        app.UseEndpoints(routes => FrontDoorHost.MapRoutes(routes, configuration));
        _run = app.Build();
    }

    /// <summary>Answers one request, whatever the host has already made of it.</summary>
    public async Task RunAsync(HttpContext context)
    {
        // The host's routing has chosen its own endpoint, and ours would take that as the last word.
        context.SetEndpoint(null);
        context.Features.Set<IRouteValuesFeature>(new RouteValuesFeature());
        var hosts = context.RequestServices;
        await using var scope = _services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        try
        {
            await _run(context);
        }
        finally
        {
            context.RequestServices = hosts;
        }
    }
}
