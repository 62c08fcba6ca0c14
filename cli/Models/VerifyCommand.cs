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
        Console.WriteLine(Verdict(files, broken));
        // A pull takes a blob of the right size for a good one.
        foreach (var file in broken) if (file.Path is not null) Console.WriteLine(file.Path);
        return broken.Count == 0 ? ServerProcess.Done : ServerProcess.Failed;
    }

    private static string Verdict(List<CheckedFile> files, List<CheckedFile> broken)
    {
        var count = $"{broken.Count} of {files.Count} files {(broken.Count == 1 ? "is" : "are")} broken.";
        if (broken.Any(file => file.Path is not null)) return $"{count} Delete what follows, and pull the model again:";
        if (broken.Count > 0) return $"{count} Pull the model again.";
        var hashed = files.Count(file => file.IsHashed);
        return hashed == files.Count ? $"All {files.Count} files have the right hash." : $"{files.Count} files, {hashed} of them by hash; nothing is broken.";
    }

    private static async Task<List<CheckedFile>> CollectAsync(ModelFolder folder, Action<double> show, CancellationToken cancellationToken)
    {
        var files = new List<CheckedFile>();
        await foreach (var file in ModelCheck.RunAsync(folder, (done, size) => show(size == 0 ? 1 : (double)done / size), cancellationToken)) files.Add(file);
        return files;
    }
}
