using System.CommandLine;
using AudioReprompt.Checkpoints;
using AudioReprompt.Configuration;
using AudioReprompt.Hub;
using AudioReprompt.MusicGen;
using AudioReprompt.Scoring.Clap;
using Microsoft.Extensions.Logging;

namespace AudioReprompt.Cli.Models;

/// <summary>How the commands that run a model, MusicGen as a rule, are told what to run, and how.</summary>
internal sealed class MusicGenArguments
{
    private const string Published = "onnx";

    private readonly Argument<string> _model = ModelCall.NewModelArgument();
    private readonly Option<string?> _precision = new("--precision")
    {
        Description = "fp32, int8, int4, or fp16 (CUDA); onnx, onnx_fp16 and onnx_quantized run the published files. Default: musicgen.precision.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _threads = new("--threads") { Description = "Threads of the CPU; 0: as many as there are cores. Default: musicgen.threads.", HelpName = "N" };

    public void AddTo(Command command)
    {
        _precision.AcceptOnlyFromAmong("fp32", "fp16", "int8", "int4", Published, "onnx_fp16", "onnx_quantized");
        command.Add(_model);
        command.Add(_precision);
        command.Add(_threads);
    }

    /// <exception cref="ArgumentException">There is no such model; the message says how to get it.</exception>
    public string Folder(ParseResult parsed, ModelCall call) => ModelFolder.Locate(parsed.GetValue(_model)!, call.Store);

    /// <summary>Loads a CLAP model, of which nothing but the threads can be chosen.</summary>
    /// <exception cref="ArgumentException">A precision is chosen.</exception>
    /// <exception cref="CheckpointException">It cannot be used.</exception>
    public ClapModel LoadClap(ParseResult parsed, string folder, ClapSettings configured, ILogger logger)
    {
        if (parsed.GetValue(_precision) is { } precision) throw new ArgumentException($"--precision {precision} goes with a MusicGen model; {folder} is a CLAP model, which runs as its files have it.");
        return ClapModel.Load(folder, parsed.GetValue(_model)!, configured with { Threads = parsed.GetValue(_threads) ?? configured.Threads }, logger);
    }

    /// <summary>Loads the model, with the build at a first load shown.</summary>
    /// <exception cref="CheckpointException">It cannot be used.</exception>
    public MusicGenModel Load(ParseResult parsed, ModelCall call, MusicGenSettings configured, IProgress<double>? progress)
    {
        var settings = configured with { Threads = parsed.GetValue(_threads) ?? configured.Threads };
        var folder = Folder(parsed, call);
        var precision = parsed.GetValue(_precision);
        settings = precision switch
        {
            null => settings,
            _ when precision.StartsWith(Published, StringComparison.Ordinal) => settings with { Export = precision[Published.Length..] },
            _ => settings with { Precision = Enum.Parse<MusicGenPrecision>(precision, ignoreCase: true) },
        };
        return MusicGenModel.Load(folder, settings, progress, call.Token);
    }

    /// <summary>Runs an operation on a model, with the faults of models in words.</summary>
    public static Task<int> RunAsync(ParseResult parsed, Func<ModelCall, MusicGenSettings, Task<int>> act, CancellationToken token) =>
        ModelCall.RunAsync(
            parsed,
            async call =>
            {
                try
                {
                    return await act(call, MusicGenSettings.Of(ConfigurationLoader.LoadDefault()));
                }
                catch (CheckpointException exception)
                {
                    throw new InvalidDataException(exception.Message, exception);
                }
            },
            token);
}
