using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudioReprompt.TestSupport;
using AudioReprompt.Tokenizers;

namespace AudioReprompt.SharedTests.Tokenizers;

/// <summary>Small tokenizer.json files, to be changed before they are loaded.</summary>
internal static class TokenizerFile
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Ids: &lt;pad&gt; 0, &lt;/s&gt; 1, &lt;unk&gt; 2, ▁ 3, a 4, b 5, ab 6, ▁ab 7, and a sentinel behind the model's, 8.
    /// </summary>
    public static JsonNode Unigram() => JsonNode.Parse("""
        {
          "version": "1.0", "truncation": null, "padding": null,
          "added_tokens": [
            { "id": 0, "content": "<pad>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true },
            { "id": 1, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true },
            { "id": 8, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false }
          ],
          "normalizer": null,
          "pre_tokenizer": { "type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true },
          "post_processor": {
            "type": "TemplateProcessing",
            "single": [{ "Sequence": { "id": "A", "type_id": 0 } }, { "SpecialToken": { "id": "</s>", "type_id": 0 } }],
            "special_tokens": { "</s>": { "id": "</s>", "ids": [1], "tokens": ["</s>"] } }
          },
          "model": {
            "type": "Unigram", "unk_id": 2, "byte_fallback": false,
            "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁", -1], ["a", -2], ["b", -2.5], ["ab", -3], ["▁ab", -3.5]]
          }
        }
        """)!;

    /// <summary>
    /// Ids: &lt;s&gt; 0, &lt;pad&gt; 1, &lt;/s&gt; 2, byte value + 3, then "ab" 259, "abc" 260, "Ġa" 261, and &lt;mask&gt; behind
    /// the model's, 262.
    /// </summary>
    public static JsonNode ByteLevelBpe()
    {
        var vocabulary = new JsonObject { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2 };
        for (var value = 0; value < 256; value++) vocabulary[ByteAlphabet.Letters[value].ToString()] = value + 3;
        vocabulary["ab"] = 259;
        vocabulary["abc"] = 260;
        vocabulary["Ġa"] = 261;
        var file = JsonNode.Parse("""
            {
              "added_tokens": [
                { "id": 0, "content": "<s>", "normalized": false, "special": true },
                { "id": 1, "content": "<pad>", "normalized": false, "special": true },
                { "id": 2, "content": "</s>", "normalized": false, "special": true },
                { "id": 262, "content": "<mask>", "lstrip": true, "normalized": false, "special": true }
              ],
              "normalizer": null,
              "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true },
              "post_processor": { "type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": true },
              "model": {
                "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                "merges": ["a b", "ab c", "Ġ a"]
              }
            }
            """)!;
        file["model"]!["vocab"] = vocabulary;
        return file;
    }

    /// <summary>The node at a path such as <c>model.vocab[3][1]</c>.</summary>
    public static JsonNode? At(this JsonNode file, string path) =>
        path.Split('.', '[').Where(part => part.Length > 0).Aggregate(
            (JsonNode?)file, (node, part) => part.EndsWith(']') ? node![int.Parse(part[..^1], null)] : node![part]);

    /// <summary>Puts a JSON value at a path, or removes what is there when the value is null.</summary>
    public static JsonNode With(this JsonNode file, string path, string? json)
    {
        var end = path.LastIndexOfAny(['.', '[']);
        var parent = end > 0 ? file.At(path[..end]) : file;
        var name = path[(end + 1)..];
        if (name.EndsWith(']')) parent![int.Parse(name[..^1], null)] = JsonNode.Parse(json!);
        else if (json is null) Assert.True(parent!.AsObject().Remove(name));
        else parent![name] = JsonNode.Parse(json);
        return file;
    }

    /// <summary>As people write it, with &lt; and ▁ as they are: messages quote the file.</summary>
    public static string Text(this JsonNode file) => file.ToJsonString(Plain);

    public static Tokenizer Load(JsonNode file)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("tokenizer.json");
        File.WriteAllText(path, file.Text());
        return Tokenizer.Load(path);
    }
}
