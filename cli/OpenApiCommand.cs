using System.CommandLine;
using AudioReprompt.Configuration;
using AudioReprompt.FrontDoor;
using AudioReprompt.FrontDoor.Api;
using AudioReprompt.Hosting;

namespace AudioReprompt.Cli;

/// <summary><c>audioreprompt openapi</c>: the API's contract as a file; the page's types are made from it.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo>("--out", "-o") { Description = "The file to write; without it the contract is printed." };
        var command = new Command("openapi", "Write the API's contract (OpenAPI 3.1); web/openapi.json is written with it.") { output };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(output), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo? output, CancellationToken cancellationToken)
    {
        // The document is made from the endpoints of a front door that has started: one on a free port, with a folder of its own.
        var folder = Directory.CreateTempSubdirectory("audioreprompt-openapi-");
        try
        {
            var configuration = ConfigurationLoader.LoadDefault(new Dictionary<string, string>
            {
                ["AUDIOREPROMPT__API__PORT"] = "0",
                ["AUDIOREPROMPT__API__MOCKED_RESPONSE"] = "true",
                ["AUDIOREPROMPT__REPROMPT__SENTENCE_ENCODER"] = "off",
                ["AUDIOREPROMPT__LOGGING__LEVEL"] = "none",
                ["AUDIOREPROMPT__STORAGE__PATH"] = folder.FullName,
            });
            await using var app = FrontDoorHost.Build(configuration);
            await app.StartAsync(cancellationToken);
            var json = await ApiDocument.RenderAsync(app.Services, null, cancellationToken);
            await app.StopAsync(cancellationToken);
            await using var stream = output?.Create() ?? Console.OpenStandardOutput();
            await stream.WriteAsync(json, cancellationToken);
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken);
            return ServerProcess.Done;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
