using System.Buffers.Binary;
using AudioReprompt.Audio.Mel;
using AudioReprompt.TestSupport;

namespace AudioReprompt.SharedTests.Audio.Mel;

/// <summary>Goldens: fixtures/audio/wav/clap_quantised.npy and fixtures/clap-tiny/goldens/laion_noise_int16.npy, by laion_clap's formula in NumPy.</summary>
public sealed class LaionQuantisationTests
{
    [Fact]
    public void Apply_EdgeValues_EqualsTheGolden()
    {
        var folder = Path.Combine(Repository.Fixtures, "audio", "wav");
        var samples = Npy.ReadFloats(Path.Combine(folder, "edge_values.npy"));

        LaionQuantisation.Apply(samples);

        Assert.Equal(Npy.ReadFloats(Path.Combine(folder, "clap_quantised.npy")), samples);
    }

    [Fact]
    public void ToInt16_Noise_EqualsTheGoldenCodes()
    {
        var noise = Npy.ReadFloats(Path.Combine(ClapFixtures.Folder, "audio", "noise_250ms_float.npy"));
        var golden = File.ReadAllBytes(Path.Combine(ClapFixtures.Folder, "goldens", "laion_noise_int16.npy"));
        var codes = golden.AsSpan(golden.Length - (2 * noise.Length));

        for (var index = 0; index < noise.Length; index++)
            Assert.Equal(BinaryPrimitives.ReadInt16LittleEndian(codes[(2 * index)..]), LaionQuantisation.ToInt16(noise[index]));
    }

    [Theory]
    [InlineData("preprocessor_config.json", 100_000)]
    [InlineData("fused/preprocessor_config.json", 100_000)]
    [InlineData("preprocessor_config.json", 600_000)]
    [InlineData("fused/preprocessor_config.json", 600_000)]
    public void Extract_Quantised_IsTheFeaturesOfTheQuantisedSamples(string settings, int length)
    {
        var preprocessing = ClapPreprocessing.Parse(File.ReadAllBytes(Path.Combine(ClapFixtures.Folder, settings)));
        var random = new Random(1);
        var samples = Enumerable.Range(0, length).Select(_ => 1e-3f * (random.NextSingle() - 0.5f)).ToArray();
        var quantised = samples.ToArray();
        LaionQuantisation.Apply(quantised);

        var features = new ClapFeatureExtractor(preprocessing, quantised: true).Extract(samples, new NumpyRandom(0));

        Assert.Equal(new ClapFeatureExtractor(preprocessing).Extract(quantised, new NumpyRandom(0)).Values, features.Values);
        Assert.NotEqual(new ClapFeatureExtractor(preprocessing).Extract(samples, new NumpyRandom(0)).Values, features.Values);
    }
}
