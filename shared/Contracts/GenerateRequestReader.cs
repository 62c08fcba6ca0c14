namespace AudioReprompt.Contracts;

/// <summary>Reads and validates a request for music.</summary>
public static class GenerateRequestReader;
