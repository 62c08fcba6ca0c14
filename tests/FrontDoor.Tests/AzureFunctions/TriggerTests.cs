using System.Text.RegularExpressions;
using AudioReprompt.Configuration;
using AudioReprompt.Tests.FrontDoor.Support;
using AudioReprompt.TestSupport;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AudioReprompt.Tests.FrontDoor.AzureFunctions;

/// <summary>The triggers of Azure Functions, whose packages are not needed here, against the routes that Kestrel serves.</summary>
public sealed partial class TriggerTests
{
    private static string Source(string file) => File.ReadAllText(Path.Combine(Repository.Root, "functions", "AzureFunctions", file));

    [Fact]
    public async Task HttpTriggers_NamesVerbsAndRoutes_AreThoseOfTheApi()
    {
        await using var door = await TestFrontDoor.StartAsync();
        var api = door.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>() is not null)
            .Select(endpoint => (
                endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName,
                Verbs: string.Join(' ', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(verb => verb.ToLowerInvariant()).Order()),
                Route: endpoint.RoutePattern.RawText!.TrimStart('/')))
            .Order().ToArray();
        var triggers = HttpTrigger().Matches(Source("HttpTriggers.cs"))
            .Select(match => (
                EndpointName: match.Groups["name"].Value,
                Verbs: string.Join(' ', Quoted().Matches(match.Groups["verbs"].Value).Select(verb => verb.Groups[1].Value).Order()),
                Route: match.Groups["route"].Value))
            .Order().ToArray();

        Assert.True(api.Length >= 14, $"The API has {api.Length} named routes.");
        // One more for all that has no name: the page, the document, what is not there.
        Assert.Equal(api.Append((EndpointName: "Page", Verbs: "get head", Route: "{*path}")).Order(), triggers);
    }

    [Fact]
    public void HttpTriggers_EveryMethod_IsNamedAsItsFunctionAndTakesTheRoutesParameters()
    {
        var matches = HttpTrigger().Matches(Source("HttpTriggers.cs"));
        Assert.Equal(Regex.Count(Source("HttpTriggers.cs"), @"\[Function\("), matches.Count);
        foreach (Match match in matches)
        {
            Assert.Equal(match.Groups["name"].Value, match.Groups["method"].Value);
            var parameters = RouteParameter().Matches(match.Groups["route"].Value).Select(parameter => parameter.Groups[1].Value);
            Assert.Equal(parameters, Parameter().Matches(match.Groups["parameters"].Value).Select(parameter => parameter.Groups[1].Value));
        }
    }

    /// <summary>What the queue trigger is told by, the Bicep file must set; and the queue is that of the storage's default names.</summary>
    [Fact]
    public void QueueTrigger_ItsSettings_AreSetByTheBicepFile()
    {
        var bicep = File.ReadAllText(Path.Combine(Repository.Root, "infra", "modules", "front-door.bicep"));
        Assert.Contains("""[QueueTrigger("%JobQueueName%", Connection = "JobStorage")]""", Source("QueueTriggers.cs"), StringComparison.Ordinal);
        Assert.Contains($"JobQueueName: '{new StorageOptions().AzureNamePrefix}jobs'", bicep, StringComparison.Ordinal);
        Assert.Contains("JobStorage__queueServiceUri:", bicep, StringComparison.Ordinal);
    }

    [GeneratedRegex("""\[Function\("(?<name>\w+)"\)\]\s+public Task<IActionResult> (?<method>\w+)\(\[HttpTrigger\(AuthorizationLevel\.Anonymous, (?<verbs>("\w+", )+)Route = "(?<route>[^"]*)"\)\] HttpRequest request(?<parameters>[^)]*)\) => AnswerAsync\(request\);""")]
    private static partial Regex HttpTrigger();

    [GeneratedRegex("\"(\\w+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{\*?(\w+)\}")]
    private static partial Regex RouteParameter();

    [GeneratedRegex(@", string\?? (\w+)")]
    private static partial Regex Parameter();
}
