using AudioReprompt.Worker.Tests.Support;
using AudioReprompt.Worker.Validation;

namespace AudioReprompt.Worker.Tests.Conformance;

/// <summary>Points 74 to 76: the validator. Type names are ours, so messages are compared up to " type, not ".</summary>
public class ValidatorTests
{
    private static readonly FieldRules Count = new() { Types = [FieldType.Int], Required = true };

    [Theory]
    [InlineData("""{"n":1,"x":1,"y":2}""", "Unexpected input. x is not a valid input option.|Unexpected input. y is not a valid input option.")]
    [InlineData("{}", "n is a required input.")]
    [InlineData("""{"n":"1"}""", "n should be int type, not string.")]
    [InlineData("""{"n":1.0}""", "n should be int type, not float.")]
    [InlineData("""{"n":null}""", "n should be int type, not null.")]
    [InlineData("""{"n":true}""", "")]
    [InlineData("""{"x":1}""", "Unexpected input. x is not a valid input option.|n is a required input.")]
    public void P74_Input_AtFault_HasTheReferencesMessagesInOrder(string input, string errors) =>
        Assert.Equal(errors, string.Join('|', InputValidator.Validate(Json.Of(input), Schema(("n", Count))).Errors));

    [Fact]
    public void P74_Schema_AtFault_IsToldAfterTheInput()
    {
        var schema = new Dictionary<string, string>
        {
            ["a"] = "[]",
            ["b"] = """{"required":true}""",
            ["c"] = """{"type":"int"}""",
            ["d"] = """{"type":"int","required":false}""",
        };
        Assert.Equal(
            [
                "Unexpected input. x is not a valid input option.",
                "Schema error, a is not a dictionary.",
                "Schema error, missing type for b.",
                "c is a required input.",
                "Schema error, missing default value for d.",
            ],
            InputValidator.Validate(Json.Of("""{"x":1,"b":1,"c":1}"""), schema).Errors);
    }

    [Theory]
    [InlineData("5", true)]
    [InlineData("2.5", true)]
    [InlineData("true", false)]
    [InlineData("\"5\"", true)]
    [InlineData("null", false)]
    public void P74_Types_SeveralAllowed_AnyWillDo(string value, bool valid)
    {
        var rules = new FieldRules { Types = [FieldType.Float, FieldType.String], Required = true };
        Assert.Equal(valid, InputValidator.Validate(Json.Of($$"""{"v":{{value}}}"""), Schema(("v", rules))).Errors.Count == 0);
    }

    [Fact]
    public void P75_Default_OfAnAbsentField_IsFilledIn()
    {
        var raw = Json.Of("""{"n":2}""");
        var result = InputValidator.Validate(raw, Schema(("n", Count), ("d", new FieldRules { Types = [FieldType.Object], Required = false, Default = Json.Of("""{"a":1}""") })));
        Assert.Empty(result.Errors);
        Assert.Equal("""{"n":2,"d":{"a":1}}""", result.ValidatedInput?.GetRawText());
        Assert.Equal("""{"n":2}""", raw.GetRawText());
        Assert.Null(InputValidator.Validate(Json.Of("{}"), Schema(("n", Count))).ValidatedInput);
    }

    [Theory]
    [InlineData("""{"n":5}""", "")]
    [InlineData("""{"n":50}""", "n does not meet the constraints.")]
    [InlineData("{}", "")]
    public void P76_Constraints_OfAValueWithADefault_Hold(string input, string error)
    {
        var rules = new FieldRules { Types = [FieldType.Int], Required = false, Default = Json.Of("1"), Constraints = value => value.GetInt32() < 10 };
        Assert.Equal(error, string.Join('|', InputValidator.Validate(Json.Of(input), Schema(("n", rules))).Errors));
    }

    private static Dictionary<string, FieldRules> Schema(params (string Key, FieldRules Rules)[] fields) =>
        fields.ToDictionary(field => field.Key, field => field.Rules);
}
