using System.CommandLine;
using AudioReprompt.Hosting;
using AudioReprompt.Hub;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models pull org/name[@revision]</c>.</summary>
internal static class PullCommand
{
    private static readonly string[] Variants = [.. Enum.GetNames<OnnxVariant>().Select(name => name.ToLowerInvariant())];

    public static Command Create()
    {
        var model = new Argument<string>("ORG/NAME[@REVISION]") { Description = "A MusicGen or CLAP model of the Hugging Face hub, such as facebook/musicgen-small." };
        var onnx = new Option<string?>("--onnx")
        {
            Description = "Take the published ONNX files instead of the safetensors; alone it means fp32.",
            HelpName = string.Join('|', Variants),
            Arity = ArgumentArity.ZeroOrOne,
        };
        onnx.AcceptOnlyFromAmong(Variants);
        var command = new Command("pull", "Download a model, going on where an earlier download stopped. HF_TOKEN opens private and gated ones.") { model, onnx };
        command.SetAction((parsed, token) => ModelCall.RunAsync(parsed, call =>
        {
            var variant = parsed.GetResult(onnx) is null ? (OnnxVariant?)null : Enum.Parse<OnnxVariant>(parsed.GetValue(onnx) ?? Variants[0], ignoreCase: true);
            return RunAsync(call, HubReference.Parse(parsed.GetValue(model)!), variant, isCacheGiven: parsed.GetValue(ModelCall.Cache) is not null);
        }, token, stopped: "Stopped. The same command goes on from here."));
        return command;
    }

    private static async Task<int> RunAsync(ModelCall call, HubReference reference, OnnxVariant? onnx, bool isCacheGiven)
    {
        using var http = new HttpClient(HubClient.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var client = new HubClient(http, call.Options, TimeProvider.System);
        var pull = new ModelPull(client, new HubDownload(client, call.Store, TimeProvider.System));
        var pulled = await PullProgress.ShowAsync(progress => pull.RunAsync(reference, onnx, progress.Announce, progress.Report, call.Token));

        Console.WriteLine(pulled.Folder);
        Console.WriteLine($"To use it, set {pulled.Plan.Kind.SettingName()}: {reference}{(isCacheGiven ? $" and models.cache: {call.Store.Root}" : "")}");
        return ServerProcess.Done;
    }
}
