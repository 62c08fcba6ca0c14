using System.CommandLine;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models verify FOLDER|org/name</c>.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var model = ModelCall.NewModelArgument();
        var command = new Command("verify", "Compare every file in the cache with the hash in its name; elsewhere, check sizes.") { model };
        command.SetAction((parsed, token) => ModelCall.RunAsync(parsed, call => RunAsync(call, parsed.GetValue(model)!), token));
        return command;
    }

    private static async Task<int> RunAsync(ModelCall call, string model)
    {
        var folder = ModelFolder.Read(ModelFolder.Locate(model, call.Store));
        if (folder.Files.Count == 0) throw new InvalidDataException($"{folder.Path} has no files.");
        var files = await Terminal.WithProgressAsync("verifying", show => CollectAsync(folder, show, call.Token));
        var table = Terminal.NewTable("file", "size", "check");
        foreach (var file in files) table.Add(file.Name, HubDownload.Bytes(file.Bytes), file.Problem ?? (file.IsHashed ? "hash is right" : "no hash to compare with"));
        Terminal.Open().Write(table);

        var broken = files.Where(file => file.Problem is not null).ToList();
        foreach (var file in broken) await Console.Error.WriteLineAsync($"{file.Name} {file.Problem}.");
        var hashed = files.Count(file => file.IsHashed);
        Console.WriteLine(broken.Count > 0
            ? $"{broken.Count} of {files.Count} files are broken. Delete {(broken.Count == 1 ? "it" : "them")} and pull the model again."
            : hashed == files.Count ? $"All {files.Count} files have the right hash." : $"{files.Count} files, {hashed} of them by hash; nothing is broken.");
        return broken.Count == 0 ? ServerProcess.Done : ServerProcess.Failed;
    }

    private static async Task<List<CheckedFile>> CollectAsync(ModelFolder folder, Action<double> show, CancellationToken cancellationToken)
    {
        var files = new List<CheckedFile>();
        await foreach (var file in ModelCheck.RunAsync(folder, (done, size) => show(size == 0 ? 1 : (double)done / size), cancellationToken)) files.Add(file);
        return files;
    }
}
