using System.Buffers;
using AudioReprompt.Configuration;
using Microsoft.Net.Http.Headers;

namespace AudioReprompt.FrontDoor.Http;

/// <summary>Reads a small JSON body with its limits checked.</summary>
public static class RequestBody
{
    /// <summary>
    /// Of a body that is too large, this much is still read and thrown away, so that a client that is busy sending gets to see the answer.
    /// </summary>
    private const long DrainBytes = 4 << 20;

    /// <returns>The body, or the answer that refuses it (413, 415).</returns>
    public static async Task<(ReadOnlyMemory<byte> Body, IResult? Refusal)> ReadAsync(HttpContext context, ApiOptions options)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return (default, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json."));
        if (type.Charset.HasValue && !HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return (default, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must be UTF-8."));

        var buffer = ArrayPool<byte>.Shared.Rent(options.MaxBodyBytes + 1);
        try
        {
            var length = 0;
            while (length <= options.MaxBodyBytes)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length, options.MaxBodyBytes + 1 - length), context.RequestAborted);
                if (read == 0) return (buffer.AsSpan(0, length).ToArray(), null);
                length += read;
            }

            for (long drained = 0; drained < DrainBytes;)
            {
                var read = await request.Body.ReadAsync(buffer, context.RequestAborted);
                if (read == 0) break;
                drained += read;
            }

            return (default, Problems.Of(StatusCodes.Status413PayloadTooLarge, $"The body may have at most {options.MaxBodyBytes} bytes."));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
