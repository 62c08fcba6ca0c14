using AudioReprompt.TestSupport;

namespace AudioReprompt.Reprompt.Retrieval;

/// <summary>
/// Golden ids and values: @energetic-ai/embeddings 0.2.0 on @energetic-ai/core 0.2.0 (TensorFlow.js, CPU) with the same package of
/// weights, one sentence a call.
/// </summary>
public sealed class SentenceEncoderTests : IDisposable
{
    private static readonly int[] Sampled = [0, 1, 2, 100, 255, 511];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [EmbeddingsTheory]
    [InlineData("slow sad piano piece", new[] { 1882, 1997, 7682, 2220 })]
    [InlineData("a melancholy, gentle keyboard melody", new[] { 11, 84, 1575, 2492, 56, 8, 6676, 6475, 84, 302, 1020 })]
    [InlineData("aggressive heavy metal with distorted guitars", new[] { 5428, 2843, 3447, 28, 520, 1068, 703, 4338, 7 })]
    [InlineData("ocean waves on a beach", new[] { 6182, 3794, 7, 25, 11, 4303 })]
    [InlineData("cafe de olla 🍋", new[] { 976, 950, 201, 691, 2658, 30, 0 })]
    [InlineData("🍋 sour and 寿司 cold", new[] { 30, 0, 63, 304, 12, 30, 0, 2282 })]
    [InlineData("chocolate", new[] { 4901 })]
    [InlineData("http://x :) 10:00 it's", new[] { 290, 255, 152, 658, 320, 5920, 21, 13, 7 })]
    public void Tokenize_Sentence_GivesTheReferencesIds(string text, int[] expected)
    {
        var tokenizer = UnigramTokenizer.Read(File.ReadAllBytes(Path.Combine(Embeddings.Weights, "vocab.json")));

        Assert.Equal(expected, tokenizer.Encode(text, 128));
    }

    [EmbeddingsTheory]
    [InlineData("slow sad piano piece", new[] { -0.0251768f, -0.0577620f, -0.0036517f, -0.0574173f, -0.0514892f, 0.0317863f })]
    [InlineData("a melancholy, gentle keyboard melody", new[] { -0.0095977f, -0.0447422f, 0.0589127f, -0.0450264f, -0.0519615f, 0.0327135f })]
    [InlineData("aggressive heavy metal with distorted guitars", new[] { 0.0246951f, 0.0030485f, -0.0003036f, -0.0622498f, -0.0629150f, 0.0453830f })]
    [InlineData("ocean waves on a beach", new[] { -0.0578011f, 0.0073001f, 0.0580101f, -0.0568060f, 0.0401086f, 0.0388592f })]
    [InlineData("cafe de olla 🍋", new[] { -0.0474654f, -0.0129609f, -0.0468093f, -0.0547665f, 0.0494880f, 0.0370682f })]
    [InlineData("🍋 sour and 寿司 cold", new[] { 0.0588757f, 0.0270680f, 0.0627673f, -0.0049548f, 0.0538088f, 0.0530041f })]
    [InlineData("chocolate", new[] { 0.0496233f, -0.0309173f, 0.0496789f, -0.0491390f, 0.0198088f, 0.0478243f })]
    [InlineData("http://x :) 10:00 it's", new[] { 0.0054666f, -0.0636694f, 0.0270065f, -0.0717341f, -0.0231468f, 0.0618688f })]
    public void Encode_Sentence_GivesTheReferencesValues(string text, float[] expected)
    {
        var vector = Embeddings.Encoder.Encode(text);

        Assert.All(Sampled.Zip(expected), pair => Assert.Equal(pair.Second, vector[pair.First], 2e-6));
        Assert.Equal(1, DenseKernels.Dot(vector, vector), 1e-5);
    }

    [EmbeddingsFact]
    public void Encode_Sentences_AreAsFarApartAsForTheReference()
    {
        var piano = Embeddings.Encoder.Encode("slow sad piano piece");

        Assert.Equal(0.608, DenseKernels.Dot(piano, Embeddings.Encoder.Encode("a melancholy, gentle keyboard melody")), 1e-3);
        Assert.Equal(0.516, DenseKernels.Dot(piano, Embeddings.Encoder.Encode("aggressive heavy metal with distorted guitars")), 1e-3);
        Assert.Equal(0.232, DenseKernels.Dot(piano, Embeddings.Encoder.Encode("ocean waves on a beach")), 1e-3);
    }

    [EmbeddingsFact]
    public void Encode_LongAndEmptyText_IsAnswered()
    {
        var words = string.Join(' ', Enumerable.Repeat("chocolate", 128));

        Assert.Equal(Embeddings.Encoder.Encode(words), Embeddings.Encoder.Encode(words + " and a lot of lemon"));
        Assert.All(Embeddings.Encoder.Encode(""), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Load_MissingFolder_NamesTheFile()
    {
        var error = Assert.Throws<InvalidDataException>(() => SentenceEncoder.Load(_folder.Combine("nothing")));

        Assert.StartsWith("vocab.json cannot be read from ", error.Message);
    }

    [EmbeddingsTheory]
    [InlineData("group1-shard3of7", "group1-shard7of7")]
    [InlineData("group1-shard7of7", "group1-shard7of7")]
    public void Load_ShardCutShort_IsRefused(string cut, string named)
    {
        CopyWeights();
        using (var file = File.OpenWrite(_folder.Combine(cut))) file.SetLength(file.Length / 2);

        var error = Assert.Throws<InvalidDataException>(() => SentenceEncoder.Load(_folder.Path));

        Assert.Contains(named, error.Message);
        Assert.Contains("cut short", error.Message);
    }

    [EmbeddingsTheory]
    [InlineData("model.json")]
    [InlineData("vocab.json")]
    [InlineData("group1-shard1of7")]
    public void Load_FileGone_IsNamed(string file)
    {
        CopyWeights();
        File.Delete(_folder.Combine(file));

        Assert.StartsWith($"{file} cannot be read", Assert.Throws<InvalidDataException>(() => SentenceEncoder.Load(_folder.Path)).Message);
    }

    [EmbeddingsTheory]
    [InlineData("model.json", "{}")]
    [InlineData("model.json", "{\"weightsManifest\": [{\"paths\": [], \"weights\": []}]}")]
    [InlineData("model.json", "not json")]
    [InlineData("vocab.json", "[]")]
    [InlineData("vocab.json", "{")]
    public void Load_OtherContent_IsNamed(string file, string content)
    {
        CopyWeights();
        File.WriteAllText(_folder.Combine(file), content);

        Assert.Contains(file, Assert.Throws<InvalidDataException>(() => SentenceEncoder.Load(_folder.Path)).Message);
    }

    private void CopyWeights()
    {
        foreach (var file in Directory.GetFiles(Embeddings.Weights)) File.Copy(file, _folder.Combine(Path.GetFileName(file)));
    }
}
