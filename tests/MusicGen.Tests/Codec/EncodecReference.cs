using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Tests.Codec;

/// <summary>
/// EnCodec written down as its description reads (specification, section 4): loops over a signal <c>[channels][time]</c>, whole song at
/// once, in double precision, from tensors by their names. Slow, and nothing of it is shared with what it checks.
/// </summary>
internal sealed class EncodecReference(CodecConfig config, IReadOnlyDictionary<string, (long[] Shape, float[] Values)> tensors)
{
    private const string Decoder = "audio_encoder.decoder.layers.";

    public float[] Decode(int[][] codes)
    {
        var frames = codes[0].Length;
        var signal = New(config.Width, frames);
        for (var book = 0; book < codes.Length; book++)
        {
            var vectors = tensors[$"audio_encoder.quantizer.layers.{book}.codebook.embed"].Values;
            for (var c = 0; c < config.Width; c++)
            {
                for (var t = 0; t < frames; t++) signal[c][t] += vectors[codes[book][t] * config.Width + c];
            }
        }

        var index = 0;
        signal = Convolution(signal, $"{Decoder}{index++}.conv", 1);
        if (config.LstmLayers > 0) signal = Sum(signal, Lstm(signal, $"{Decoder}{index++}.lstm"));
        foreach (var ratio in config.Ratios)
        {
            index++;
            signal = Transposed(Elu(signal), $"{Decoder}{index++}.conv", ratio);
            for (var block = 0; block < config.ResidualLayers; block++) signal = Residual(signal, $"{Decoder}{index++}", block);
        }

        return [.. Convolution(Elu(signal), $"{Decoder}{index + 1}.conv", 1)[0].Select(sample => (float)sample)];
    }

    /// <returns><c>[frames][width]</c>, before the quantiser.</returns>
    public float[][] Embed(float[] samples)
    {
        const string encoder = "audio_encoder.encoder.layers.";
        var index = 0;
        var signal = Convolution([[.. samples.Select(sample => (double)sample)]], $"{encoder}{index++}.conv", 1);
        foreach (var ratio in config.Ratios.Reverse())
        {
            for (var block = 0; block < config.ResidualLayers; block++) signal = Residual(signal, $"{encoder}{index++}", block);
            index++;
            signal = Convolution(Elu(signal), $"{encoder}{index++}.conv", 1, ratio);
        }

        if (config.LstmLayers > 0) signal = Sum(signal, Lstm(signal, $"{encoder}{index++}.lstm"));
        signal = Convolution(Elu(signal), $"{encoder}{index + 1}.conv", 1);
        return [.. Enumerable.Range(0, signal[0].Length).Select(frame => signal.Select(row => (float)row[frame]).ToArray())];
    }

    private double[][] Residual(double[][] signal, string name, int block)
    {
        var hidden = Convolution(Elu(signal), name + ".block.1.conv", (int)Math.Pow(config.DilationGrowth, block));
        hidden = Convolution(Elu(hidden), name + ".block.3.conv", 1);
        return Sum(config.ConvolutionShortcut ? Convolution(signal, name + ".shortcut.conv", 1) : signal, hidden);
    }

    private double[][] Convolution(double[][] signal, string name, int dilation, int stride = 1)
    {
        var (shape, weight) = Weight(name);
        var bias = tensors[name + ".bias"].Values;
        var (inputs, kernel, length) = ((int)shape[1], (int)shape[2], signal[0].Length);
        var total = (kernel - 1) * dilation + 1 - stride;
        var right = config.Causal ? 0 : total / 2;
        var outputs = (length + stride - 1) / stride;
        var padded = signal.Select(row => Pad(row, total - right, right + outputs * stride - length)).ToArray();
        var output = New((int)shape[0], outputs);
        for (var o = 0; o < output.Length; o++)
        {
            for (var t = 0; t < outputs; t++)
            {
                double sum = bias[o];
                for (var i = 0; i < inputs; i++)
                {
                    for (var k = 0; k < kernel; k++) sum += weight[(o * inputs + i) * kernel + k] * padded[i][t * stride + k * dilation];
                }

                output[o][t] = sum;
            }
        }

        return output;
    }

    private static double[] Pad(double[] row, int left, int right)
    {
        var extra = Math.Max(0, Math.Max(left, right) - row.Length + 1);
        double[] extended = [.. row, .. new double[extra]];
        var before = extended.Skip(1).Take(left).Reverse();
        var after = extended.Reverse().Skip(1).Take(right);
        double[] padded = [.. before, .. extended, .. after];
        return padded[..(padded.Length - extra)];
    }

    private double[][] Transposed(double[][] signal, string name, int stride)
    {
        var (shape, weight) = Weight(name);
        var bias = tensors[name + ".bias"].Values;
        var (inputs, outputs, kernel, length) = ((int)shape[0], (int)shape[1], (int)shape[2], signal[0].Length);
        var full = New(outputs, (length - 1) * stride + kernel);
        for (var o = 0; o < outputs; o++)
        {
            Array.Fill(full[o], bias[o]);
            for (var i = 0; i < inputs; i++)
            {
                for (var t = 0; t < length; t++)
                {
                    for (var k = 0; k < kernel; k++) full[o][t * stride + k] += weight[(i * outputs + o) * kernel + k] * signal[i][t];
                }
            }
        }

        var total = kernel - stride;
        var right = config.Causal ? (int)Math.Ceiling(total * config.TrimRightRatio) : total / 2;
        return [.. full.Select(row => row[(total - right)..^right])];
    }

    private double[][] Lstm(double[][] signal, string name)
    {
        var (width, length) = (signal.Length, signal[0].Length);
        for (var layer = 0; layer < config.LstmLayers; layer++)
        {
            var (ih, hh) = (tensors[$"{name}.weight_ih_l{layer}"].Values, tensors[$"{name}.weight_hh_l{layer}"].Values);
            var (bi, bh) = (tensors[$"{name}.bias_ih_l{layer}"].Values, tensors[$"{name}.bias_hh_l{layer}"].Values);
            var (h, c, output) = (new double[width], new double[width], New(width, length));
            for (var t = 0; t < length; t++)
            {
                var gates = new double[4 * width];
                for (var g = 0; g < gates.Length; g++)
                {
                    gates[g] = (double)bi[g] + bh[g];
                    for (var i = 0; i < width; i++) gates[g] += ih[g * width + i] * signal[i][t] + hh[g * width + i] * h[i];
                }

                for (var u = 0; u < width; u++)
                {
                    c[u] = Sigmoid(gates[width + u]) * c[u] + Sigmoid(gates[u]) * Math.Tanh(gates[2 * width + u]);
                    h[u] = Sigmoid(gates[3 * width + u]) * Math.Tanh(c[u]);
                    output[u][t] = h[u];
                }
            }

            signal = output;
        }

        return signal;
    }

    private (long[] Shape, double[] Values) Weight(string name)
    {
        var newer = tensors.ContainsKey(name + ".parametrizations.weight.original0");
        var gain = tensors[newer ? name + ".parametrizations.weight.original0" : name + ".weight_g"].Values;
        var (shape, direction) = tensors[newer ? name + ".parametrizations.weight.original1" : name + ".weight_v"];
        var row = direction.Length / gain.Length;
        return (shape, [.. direction.Select((value, i) =>
            value * (double)gain[i / row] / Math.Sqrt(direction.Skip(i / row * row).Take(row).Sum(x => (double)x * x)))]);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double[][] Elu(double[][] signal) => [.. signal.Select(row => row.Select(x => x > 0 ? x : Math.Exp(x) - 1).ToArray())];

    private static double[][] Sum(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    private static double[][] New(int channels, int length) => [.. Enumerable.Range(0, channels).Select(_ => new double[length])];
}
