namespace AudioReprompt.Contracts;

/// <summary>
/// The job's input is at fault, field by field. The only failure of a job that will happen again with the same input, so
/// callers that see <see cref="ErrorType"/> in an error report do not try again.
/// </summary>
public sealed class InvalidInputException(FieldErrors errors) : Exception(errors.ToString())
{
    /// <summary>The full name of this type, as it stands in a report's <c>error_type</c>; part of the contract.</summary>
    public const string ErrorType = "AudioReprompt.Contracts.InvalidInputException";

    /// <inheritdoc cref="FieldErrors.ByField"/>
    public IReadOnlyDictionary<string, string[]> ByField { get; } = errors.ByField;
}
