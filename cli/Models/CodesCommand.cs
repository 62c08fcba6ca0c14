using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using AudioReprompt.Hosting;
using AudioReprompt.Music;
using AudioReprompt.MusicGen.Generation;

namespace AudioReprompt.Cli.Models;

/// <summary><c>audioreprompt models codes FOLDER "PROMPT"</c>: what the decoder answers, so that anybody can compare it with another implementation.</summary>
internal static class CodesCommand
{
    private const int MaxFrames = 15_000;

    public static Command Create()
    {
        var arguments = new MusicGenArguments();
        var prompt = new Argument<string>("PROMPT") { Description = "The text, as the model gets it." };
        var frames = new Option<int>("--frames") { Description = $"Frames to decode, 1 to {MaxFrames}; 50 are a second.", DefaultValueFactory = _ => 50, HelpName = "N" };
        var guidance = new Option<double>("--guidance") { Description = "Guidance scale; 1 is none.", DefaultValueFactory = _ => 3, HelpName = "SCALE" };
        var json = new Option<bool>("--json") { Description = "Print [codebooks][frames] as JSON." };
        frames.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 1 or > MaxFrames) result.AddError($"--frames is {number}; allowed: 1…{MaxFrames}.");
        });
        var command = new Command("codes", "Print the audio codes of greedy decoding (the likeliest token at every step).");
        arguments.AddTo(command);
        command.Add(prompt);
        command.Add(frames);
        command.Add(guidance);
        command.Add(json);
        command.SetAction((parsed, token) => MusicGenArguments.RunAsync(
            parsed,
            async (call, settings) =>
            {
                using var model = arguments.Load(parsed, call, settings, null);
                var request = new SongRequest(
                    model.ReadPrompt(parsed.GetValue(prompt)!), [], parsed.GetValue(frames), new SamplingOptions(parsed.GetValue(guidance), Temperature: 0), Seed: 0);
                int[][] codes = [];
                await using (var loop = new DecodingLoop(model.Decoder, model.Config.Codec, mostTogether: 1)) await loop.RunAsync(request, (all, _) => codes = all, token);
                Print(codes, parsed.GetValue(json));
                return ServerProcess.Done;
            },
            token));
        return command;
    }

    private static void Print(int[][] codes, bool json)
    {
        if (json) Console.WriteLine(JsonSerializer.Serialize(codes, CompactJson.Default.Int32ArrayArray));
        else foreach (var book in codes) Console.WriteLine(string.Join(' ', book));
    }
}

/// <summary>Codes on one line.</summary>
[JsonSerializable(typeof(int[][]))]
internal sealed partial class CompactJson : JsonSerializerContext;
