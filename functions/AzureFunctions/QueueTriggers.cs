using AudioReprompt.Storage.Azure;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;

namespace AudioReprompt.FrontDoor.AzureFunctions;

/// <summary>Dispatch. The host holds the message, renews its visibility while the call runs, and deletes it when the call returns.</summary>
public sealed class QueueTriggers(HostedMessages messages, AzureStorage storage)
{
    /// <summary>An exception gives the message back; after host.json's <c>maxDequeueCount</c> the host itself moves it to the poison queue.</summary>
    [Function("DispatchJob")]
    public async Task DispatchJob([QueueTrigger("%JobQueueName%", Connection = "JobStorage")] QueueMessage message, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(message.Body.ToString(), "D", out var jobId))
        {
            await storage.Queue.AddPoisonAsync(Poison(message, Guid.Empty, $"The message names no job: {message.Body}"), cancellationToken);
            return;
        }

        var received = new Storage.QueueMessage(message.MessageId, jobId, message.PopReceipt, (int)message.DequeueCount, message.InsertedOn ?? DateTimeOffset.MinValue);
        if (await messages.HandleAsync(received, cancellationToken) is { } poison) await storage.Queue.AddPoisonAsync(poison, cancellationToken);
    }

    private static Storage.PoisonMessage Poison(QueueMessage message, Guid jobId, string reason) => new(
        message.MessageId, jobId, (int)message.DequeueCount, message.InsertedOn ?? DateTimeOffset.MinValue, DateTimeOffset.UtcNow, reason);
}
