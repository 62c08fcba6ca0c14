using System.Net.Http.Headers;

namespace AudioReprompt.Hub;

/// <summary>The access token: a header for the hub, and nothing that could be printed.</summary>
internal sealed class HubToken
{
    private readonly string _text;

    /// <exception cref="ArgumentException">It cannot stand in a header.</exception>
    public HubToken(string text)
    {
        _text = text.Trim();
        // The message must not show it, as the header's own check would.
        if (_text.Any(character => character is <= ' ' or > '~')) throw new ArgumentException("HF_TOKEN holds characters that cannot stand in a header.", nameof(text));
    }

    public bool IsSet => _text.Length > 0;

    public AuthenticationHeaderValue? Header => IsSet ? new AuthenticationHeaderValue("Bearer", _text) : null;

    /// <summary>A server's text without the token, should it repeat it.</summary>
    public string Redact(string text) => IsSet ? text.Replace(_text, "(token)", StringComparison.Ordinal) : text;
}
