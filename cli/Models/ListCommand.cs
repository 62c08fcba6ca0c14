using System.CommandLine;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print the list as JSON." };
        var command = new Command("list", "List the models in the cache.") { json };
        command.SetAction((parsed, token) => ModelCall.RunAsync(parsed, call => Task.FromResult(Run(call, parsed.GetValue(json))), token));
        return command;
    }

    private static int Run(ModelCall call, bool json)
    {
        var models = call.Store.Snapshots().Select(snapshot => (Snapshot: snapshot, Folder: ModelFolder.Read(snapshot.Folder))).ToList();
        if (json)
        {
            var listed = models.Select(model => new ListedModel(
                $"{model.Snapshot.Repository}", model.Snapshot.Commit, model.Snapshot.Revisions, model.Folder.Type, model.Folder.Files.Count, model.Folder.Bytes,
                model.Folder.Licence, model.Folder.Path));
            ModelJson.Print([.. listed], ModelJson.Default.IReadOnlyListListedModel);
            return ServerProcess.Done;
        }

        if (models.Count == 0)
        {
            Console.WriteLine($"No models in {call.Store.Root}. Get one with: audioreprompt models pull facebook/musicgen-small");
            return ServerProcess.Done;
        }

        var table = Terminal.NewTable("model", "revision", "files", "size", "licence");
        foreach (var (snapshot, folder) in models)
        {
            var revision = string.Join(", ", snapshot.Revisions.Append(snapshot.Commit[..8]));
            table.Add($"{snapshot.Repository}", revision, $"{folder.Files.Count}", HubDownload.Bytes(folder.Bytes), folder.Licence ?? "not stated");
        }

        Terminal.Open().Write(table);
        return ServerProcess.Done;
    }
}
