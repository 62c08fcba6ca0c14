using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using AudioReprompt.FrontDoor.Http;
using AudioReprompt.Scoring.Aesthetics;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace AudioReprompt.FrontDoor.Api;

/// <summary>What the OpenAPI document says beyond the endpoints themselves.</summary>
public static class ApiDocument
{
    /// <summary>The name that AddOpenApi gives a document that has none.</summary>
    private const string Name = "v1";

    public static void Configure(OpenApiOptions options) => options.AddOperationTransformer(NameApart).AddDocumentTransformer((document, _, _) =>
    {
        document.Info = new OpenApiInfo
        {
            Title = "AudioReprompt",
            Version = "1",
            Description = "Music that carries the taste of what you eat. Write where you are, what you eat and how you feel; get a WAV.",
            License = new OpenApiLicense { Name = "MIT" },
        };
        DescribeReferences(document, typeof(AudioAnswer));
        DescribeReferences(document, typeof(AestheticScores));
        return Task.CompletedTask;
    });

    /// <summary>A field whose type has a schema of its own loses its description on the way into the document: OpenAPI 3.1 lets it stand beside the reference.</summary>
    private static void DescribeReferences(OpenApiDocument document, Type type)
    {
        if (document.Components?.Schemas?.TryGetValue(type.Name, out var schema) != true || schema?.Properties is not { } fields) return;
        foreach (var property in type.GetProperties())
        {
            if (property.GetCustomAttribute<DescriptionAttribute>() is not { } description) continue;
            if (fields.TryGetValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), out var field)) field.Description = description.Description;
        }
    }

    /// <summary>GET and HEAD of one path are one endpoint, but the names of operations must differ.</summary>
    private static Task NameApart(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.HttpMethod == HttpMethods.Head) operation.OperationId = $"Head{operation.OperationId}";
        return Task.CompletedTask;
    }

    /// <summary>
    /// Serves the document. MapOpenApi would do as much, but its endpoint is compiled at run time, whether anybody asks for it or
    /// not: of all endpoints it alone would need the expression compiler in memory.
    /// </summary>
    public static IEndpointConventionBuilder MapDocument(this IEndpointRouteBuilder routes, string path) => routes.MapGet(path, WriteAsync);

    private static async Task WriteAsync(HttpContext context)
    {
        var address = context.RequestServices.GetRequiredService<PublicAddress>();
        var json = await RenderAsync(context.RequestServices, address.ForCaller(context.Request), context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    /// <param name="services">Of a front door that has started.</param>
    /// <param name="address">Where it is reached; null leaves that open.</param>
    /// <returns>JSON, UTF-8.</returns>
    public static async Task<ReadOnlyMemory<byte>> RenderAsync(IServiceProvider services, string? address, CancellationToken cancellationToken)
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name);
        var document = await provider.GetOpenApiDocumentAsync(cancellationToken);
        document.Servers = address is null ? null : [new OpenApiServer { Url = address }];
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1, cancellationToken);
        return json.ToArray();
    }
}
