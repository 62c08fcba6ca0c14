namespace AudioReprompt.Statistics;

/// <summary>A sample does not allow what is asked of it. The message says why and, where one value is at fault, which; it may stand in a report.</summary>
public sealed class SampleException(string message) : Exception(message);
