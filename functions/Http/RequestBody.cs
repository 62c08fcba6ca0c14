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
        if (type.Charset.HasValue && !type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            return (default, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "The body must be UTF-8."));

        var buffer = ArrayPool<byte>.Shared.Rent(options.MaxBodyBytes + 1);
        try
        {
            var length = 0;
            while (length <= options.MaxBodyBytes)
            {
                var read = await ReadAsync(request, buffer.AsMemory(length, options.MaxBodyBytes + 1 - length));
                if (read == 0) return (buffer.AsSpan(0, length).ToArray(), null);
                length += read;
            }

            for (long drained = 0; drained < DrainBytes;)
            {
                var read = await ReadAsync(request, buffer);
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

    /// <summary>What the server's parser says of a chunk size that fits into no number is no <see cref="BadHttpRequestException"/>, and yet the caller's fault.</summary>
    public static BadHttpRequestException Unreadable(IOException exception) => new("The body cannot be read: its framing is broken.", StatusCodes.Status400BadRequest, exception);

    private static async ValueTask<int> ReadAsync(HttpRequest request, Memory<byte> buffer)
    {
        try
        {
            return await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            throw Unreadable(exception);
        }
    }
}
