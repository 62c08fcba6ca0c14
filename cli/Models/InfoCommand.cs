using System.CommandLine;
using System.Globalization;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;
using AudioReprompt.Scoring.Clap;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models info FOLDER|org/name</c>.</summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        var model = ModelCall.NewModelArgument();
        var json = new Option<bool>("--json") { Description = "Print it as JSON." };
        var command = new Command("info", "Say what a model is: kind, licence, parameters and their type, files and sizes.") { model, json };
        command.SetAction((parsed, token) => ModelCall.RunAsync(parsed, call => Task.FromResult(Run(call, parsed.GetValue(model)!, parsed.GetValue(json))), token));
        return command;
    }

    private static int Run(ModelCall call, string model, bool json)
    {
        var folder = ModelFolder.Read(ModelFolder.Locate(model, call.Store));
        if (folder.Type is null) throw new InvalidDataException($"{folder.Path} is no model's folder: it has no config.json that names a model_type.");
        var parameters = folder.CountParameters();
        if (json)
        {
            var files = folder.Files.Select(file => new DescribedFile(file.Name, file.Bytes));
            ModelJson.Print(new DescribedModel(folder.Path, folder.Type, folder.Licence, folder.Bytes, parameters, [.. files]), ModelJson.Default.DescribedModel);
            return ServerProcess.Done;
        }

        Console.WriteLine(folder.Path);
        var facts = Terminal.NewTable("", "");
        facts.Add("kind", ModelKinds.Of(folder.Type) is { } kind ? kind.DisplayName() : $"{folder.Type} (not used here)");
        facts.Add("licence", folder.Licence ?? "not stated");
        facts.Add("size", HubDownload.Bytes(folder.Bytes));
        foreach (var (type, count) in parameters) facts.Add($"parameters in {type}", count.ToString("N0", CultureInfo.InvariantCulture));
        var onnx = folder.Files.Where(file => file.IsOnnx).Sum(file => file.Bytes);
        if (onnx > 0) facts.Add("ONNX files", HubDownload.Bytes(onnx));
        if (ModelKinds.Of(folder.Type) == ModelKind.Clap) facts.Add("as the score", ClapLoading.Describe(folder.Path));
        var console = Terminal.Open();
        console.Write(facts);
        var table = Terminal.NewTable("file", "size");
        foreach (var file in folder.Files) table.Add(file.Name, file.IsMissing ? "missing" : HubDownload.Bytes(file.Bytes));
        console.Section("Files", table);
        if (ModelKinds.Of(folder.Type) is { } known && ModelCard.Warning(known, folder.Licence) is { } warning) Console.WriteLine(warning);
        return ServerProcess.Done;
    }
}
