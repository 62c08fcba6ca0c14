using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using AudioReprompt.Audio;
using AudioReprompt.Configuration;
using AudioReprompt.Contracts;
using AudioReprompt.Jobs;
using AudioReprompt.Storage;

namespace AudioReprompt.FrontDoor.Dispatch;

/// <summary>Takes a worker's output: stores the WAV where it came inline, and verifies it by its own header either way.</summary>
public sealed class AudioIntake(StorageOptions options, IAudioStore audio)
{
    /// <summary>A model makes whole frames of 20 ms and may round; more than this is not what was asked for.</summary>
    private const double DurationToleranceSeconds = 0.5;

    private readonly long _maxBytes = (long)options.MaxAudioMegabytes << 20;

    /// <exception cref="InvalidDataException">The output or its WAV is not as agreed; the message says how.</exception>
    /// <exception cref="StorageUnavailableException">The store cannot be reached, or is full.</exception>
    public async Task<AudioResult> TakeAsync(AudioJob job, JsonElement? output, CancellationToken cancellationToken)
    {
        var worker = Read(output);
        if (worker.AudioBase64 is { } base64) await StoreAsync(job.Id, base64, cancellationToken);
        await using var stream = await audio.OpenReadAsync(job.Id, cancellationToken)
            ?? throw new InvalidDataException("there is none, neither uploaded nor inline.");
        if (stream.Length > _maxBytes) throw new InvalidDataException($"it has {stream.Length} bytes, {_maxBytes} are allowed.");
        var header = WavHeader.Read(stream);
        if (header.Encoding != SampleEncoding.Pcm16)
            throw new InvalidDataException($"its samples are {header.Encoding}, {SampleEncoding.Pcm16} was agreed.");
        if (stream.Length != worker.AudioWavSize)
            throw new InvalidDataException($"it has {stream.Length} bytes, the worker said {worker.AudioWavSize}.");
        if (Math.Abs(header.DurationSeconds - job.Request.DurationSeconds) > DurationToleranceSeconds)
            throw new InvalidDataException($"it lasts {header.DurationSeconds:0.###} s, {job.Request.DurationSeconds:0.###} s were asked for.");
        return new AudioResult(
            stream.Length, header.DurationSeconds, header.SampleRate, header.Channels, worker.Engine, worker.Model, worker.Timings);
    }

    private static WorkerOutput Read(JsonElement? output)
    {
        try
        {
            return output?.Deserialize(WorkerJson.Default.WorkerOutput) ?? throw new InvalidDataException("the job has no output.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"the job's output is not as agreed ({exception.Message})", exception);
        }
    }

    private async Task StoreAsync(Guid jobId, string base64, CancellationToken cancellationToken)
    {
        if (!Base64.IsValid(base64, out var length)) throw new InvalidDataException("it is not base64.");
        if (length > _maxBytes) throw new InvalidDataException($"it has {length} bytes, {_maxBytes} are allowed.");
        var text = Encoding.UTF8.GetBytes(base64);
        Base64.DecodeFromUtf8InPlace(text, out var written);
        await using var content = new MemoryStream(text, 0, written, writable: false);
        await audio.WriteAsync(jobId, content, _maxBytes, cancellationToken);
    }
}
