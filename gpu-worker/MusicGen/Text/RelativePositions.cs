using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Text;

/// <summary>T5's relative position bias (Raffel et al. 2020, §2.1; buckets as in transformers 4.57, both directions).</summary>
internal static class RelativePositions
{
    /// <summary>The bias of every pair of places: <c>[heads, length, length]</c>, query before key.</summary>
    /// <param name="table">Learned, <c>[buckets, heads]</c>.</param>
    public static float[] Bias(T5Config config, ReadOnlySpan<float> table, int length)
    {
        var bias = new float[config.Heads * length * length];
        // It depends on the distance alone: one bucket for each of 2·length − 1.
        for (var distance = 1 - length; distance < length; distance++)
        {
            var row = table.Slice(Bucket(config, distance) * config.Heads, config.Heads);
            for (var head = 0; head < config.Heads; head++)
            {
                for (var query = Math.Max(0, -distance); query < length - Math.Max(0, distance); query++)
                {
                    bias[(head * length + query) * length + query + distance] = row[head];
                }
            }
        }

        return bias;
    }

    /// <summary>The bucket of a key's place minus the query's: exact up to a quarter of the buckets, logarithmic beyond, the upper half for keys to the right.</summary>
    public static int Bucket(T5Config config, int distance)
    {
        var half = config.Buckets / 2;
        var exact = half / 2;
        var size = Math.Abs(distance);
        // In single precision, as the reference does it: a double would put some distances one bucket higher.
        var bucket = size < exact
            ? size
            : Math.Min(half - 1, exact + (int)(MathF.Log((float)size / exact) / (float)Math.Log((double)config.MaxDistance / exact) * (half - exact)));
        return distance > 0 ? half + bucket : bucket;
    }
}
