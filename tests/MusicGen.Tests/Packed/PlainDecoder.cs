using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;
using AudioReprompt.MusicGen.Decoding;

namespace AudioReprompt.MusicGen.Tests.Packed;

/// <summary>
/// MusicGen's decoder as its description says it (specs/musicgen.md, section 3), in double precision and without any arrangement for speed: what
/// the fast one is compared with. Of one branch of one song.
/// </summary>
/// <param name="weight">Gives a weight that is a matrix, <c>[outputs, inputs]</c>; may be rounded.</param>
/// <param name="roundedCache">Keys and values are kept in 8 bits, each head's with its own scale.</param>
internal sealed class PlainDecoder(
    MusicGenConfig config, CheckpointFolder checkpoint, Func<string, double[,]> weight, SinusoidalPositions positions, bool roundedCache)
{
    private const string Prefix = "decoder.model.decoder.";
    private const double Epsilon = 1e-5;

    private readonly DecoderConfig _decoder = config.Decoder;
    private readonly List<(double[] Key, double[] Value)>[] _past = [.. Enumerable.Range(0, config.Decoder.Layers).Select(_ => new List<(double[], double[])>())];

    /// <summary>Projects text states; null for the branch without a text.</summary>
    /// <param name="states"><c>[tokens, text width]</c>.</param>
    public double[][] Project(float[] states)
    {
        var rows = states.Chunk(config.Text.Width).Select(row => Array.ConvertAll(row, value => (double)value));
        if (config.Text.Width == _decoder.Width) return [.. rows];
        var bias = Vector("enc_to_dec_proj.bias");
        return [.. rows.Select(row => Sum(Product("enc_to_dec_proj.weight", row), bias))];
    }

    /// <summary>One position.</summary>
    /// <returns>Logits, <c>[codebooks · vocabulary]</c>.</returns>
    public double[] Step(ReadOnlySpan<int> tokens, int position, double[][]? text)
    {
        var embedding = new float[_decoder.Width];
        positions.Fill(position, embedding);
        var x = Array.ConvertAll(embedding, value => (double)value);
        for (var book = 0; book < tokens.Length; book++)
        {
            var row = new float[_decoder.Width];
            checkpoint.Get($"{Prefix}embed_tokens.{book}.weight", -1, -1).Read((long)tokens[book] * _decoder.Width, row);
            for (var i = 0; i < x.Length; i++) x[i] += row[i];
        }

        for (var layer = 0; layer < _decoder.Layers; layer++)
        {
            var name = $"{Prefix}layers.{layer}.";
            var h = Normalised(x, name + "self_attn_layer_norm");
            _past[layer].Add((Kept(Product(name + "self_attn.k_proj.weight", h)), Kept(Product(name + "self_attn.v_proj.weight", h))));
            x = Sum(x, Product(name + "self_attn.out_proj.weight", Attention(Product(name + "self_attn.q_proj.weight", h), _past[layer])));
            if (text is not null)
            {
                h = Normalised(x, name + "encoder_attn_layer_norm");
                var memory = text.Select(row => (Kept(Product(name + "encoder_attn.k_proj.weight", row)), Kept(Product(name + "encoder_attn.v_proj.weight", row)))).ToList();
                x = Sum(x, Product(name + "encoder_attn.out_proj.weight", Attention(Product(name + "encoder_attn.q_proj.weight", h), memory)));
            }

            h = Product(name + "fc1.weight", Normalised(x, name + "final_layer_norm"));
            x = Sum(x, Product(name + "fc2.weight", Array.ConvertAll(h, value => value * Normal(value))));
        }

        x = Normalised(x, Prefix + "layer_norm");
        return [.. Enumerable.Range(0, _decoder.Codebooks).SelectMany(book => Product($"decoder.lm_heads.{book}.weight", x))];
    }

    private double[] Attention(double[] query, IReadOnlyList<(double[] Key, double[] Value)> memory)
    {
        var width = _decoder.HeadWidth;
        var output = new double[query.Length];
        for (var head = 0; head < _decoder.Heads; head++)
        {
            var from = head * width;
            var scores = memory.Select(entry => Enumerable.Range(from, width).Sum(i => query[i] * entry.Key[i]) / Math.Sqrt(width)).ToArray();
            var weights = scores.Select(score => Math.Exp(score - scores.Max())).ToArray();
            for (var i = from; i < from + width; i++) output[i] = memory.Select((entry, place) => weights[place] * entry.Value[i]).Sum() / weights.Sum();
        }

        return output;
    }

    private double[] Kept(double[] vector) => roundedCache
        ? [.. vector.Chunk(_decoder.HeadWidth).SelectMany(head =>
        {
            var step = head.Max(Math.Abs) / sbyte.MaxValue;
            return head.Select(value => Math.Round(value / step) * step);
        })]
        : vector;

    private double[] Normalised(double[] x, string name)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + Epsilon);
        var (gain, bias) = (Vector(name + ".weight"), Vector(name + ".bias"));
        return [.. x.Select((value, i) => (value - mean) / deviation * gain[i] + bias[i])];
    }

    private double[] Product(string name, double[] x)
    {
        var matrix = weight(name);
        var result = new double[matrix.GetLength(0)];
        for (var row = 0; row < result.Length; row++)
        {
            for (var column = 0; column < x.Length; column++) result[row] += matrix[row, column] * x[column];
        }

        return result;
    }

    private double[] Vector(string name) => Array.ConvertAll(checkpoint.Get(name, -1).ToFloats(), value => (double)value);

    private static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, (a, b) => a + b)];

    /// <summary>The normal distribution, by Simpson's rule from 0.</summary>
    private static double Normal(double x)
    {
        const int steps = 200;
        if (Math.Abs(x) > 8) return x > 0 ? 1 : 0;
        var width = x / steps;
        var sum = 0.0;
        for (var i = 0; i <= steps; i++) sum += (i is 0 or steps ? 1 : i % 2 == 1 ? 4 : 2) * Math.Exp(-0.5 * i * width * i * width);
        return 0.5 + sum * width / 3 / Math.Sqrt(2 * Math.PI);
    }
}
