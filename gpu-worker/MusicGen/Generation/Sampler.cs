using System.Numerics.Tensors;
using AudioReprompt.Music;

namespace AudioReprompt.MusicGen.Generation;

/// <summary>
/// From logits to a token: guidance, temperature, top-k, top-p, softmax, draw, in this order, as the reference library does it. Ties at the
/// k-th value are all kept, as there. Nothing is sorted: both limits are found by selection.
/// </summary>
/// <param name="options">A temperature of 0 takes the most likely token.</param>
/// <param name="vocabulary">Codes.</param>
internal sealed class Sampler(SamplingOptions options, int vocabulary)
{
    private readonly float[] _scores = new float[vocabulary];
    private readonly float[] _selection = new float[vocabulary];

    public bool IsGuided => options.GuidanceScale != 1;

    /// <summary>Probabilities of one codebook's tokens; those that a limit has cut off have 0.</summary>
    /// <param name="conditional">Logits with the text.</param>
    /// <param name="unconditional">Logits without it; empty at a guidance scale of 1.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<float> Probabilities(ReadOnlySpan<float> conditional, ReadOnlySpan<float> unconditional)
    {
        Guide(conditional, unconditional);
        TensorPrimitives.Divide(_scores, (float)options.Temperature, _scores);
        if (options.TopK > 0 && options.TopK < vocabulary) KeepLargest(options.TopK);
        // The largest first to zero: a low temperature makes scores that no exponential holds.
        TensorPrimitives.Subtract(_scores, TensorPrimitives.Max<float>(_scores), _scores);
        TensorPrimitives.SoftMax<float>(_scores, _scores);
        if (options.TopP is > 0 and < 1) KeepLikeliest(options.TopP);
        return _scores;
    }

    /// <summary>Draws one codebook's token.</summary>
    /// <param name="random">0 ≤ … &lt; 1.</param>
    public int Sample(ReadOnlySpan<float> conditional, ReadOnlySpan<float> unconditional, double random)
    {
        if (options.Temperature == 0)
        {
            Guide(conditional, unconditional);
            return TensorPrimitives.IndexOfMax<float>(_scores);
        }

        var probabilities = Probabilities(conditional, unconditional);
        var total = 0.0;
        foreach (var probability in probabilities) total += probability;
        var left = random * total;
        var last = 0;
        for (var token = 0; token < probabilities.Length; token++)
        {
            if (!(probabilities[token] > 0)) continue;
            left -= probabilities[token];
            last = token;
            if (left < 0) break;
        }

        return last;
    }

    private void Guide(ReadOnlySpan<float> conditional, ReadOnlySpan<float> unconditional)
    {
        if (!IsGuided)
        {
            conditional.CopyTo(_scores);
            return;
        }

        TensorPrimitives.Subtract(conditional, unconditional, _scores);
        TensorPrimitives.MultiplyAdd(_scores, (float)options.GuidanceScale, unconditional, _scores);
    }

    private void KeepLargest(int count)
    {
        _scores.CopyTo(_selection, 0);
        var (low, high) = (0, vocabulary - 1);
        var wanted = count - 1;
        while (low < high)
        {
            // Hoare's partition, largest first.
            var pivot = _selection[low + (high - low) / 2];
            var (i, j) = (low, high);
            while (i <= j)
            {
                while (_selection[i] > pivot) i++;
                while (_selection[j] < pivot) j--;
                if (i <= j) (_selection[i], _selection[j]) = (_selection[j--], _selection[i++]);
            }

            if (wanted <= j) high = j;
            else if (wanted >= i) low = i;
            else break;
        }

        var least = _selection[wanted];
        for (var token = 0; token < vocabulary; token++)
        {
            if (_scores[token] < least) _scores[token] = float.NegativeInfinity;
        }
    }

    /// <summary>Keeps the smallest set of the likeliest tokens whose probabilities reach a sum, at least one.</summary>
    private void KeepLikeliest(double sum)
    {
        _scores.CopyTo(_selection, 0);
        var candidates = _selection.AsSpan();
        var missing = sum;
        var least = 0f;
        while (candidates.Length > 0)
        {
            var pivot = candidates[candidates.Length / 2];
            var (above, equal, aboveSum) = (0, 0, 0.0);
            for (var i = 0; i < candidates.Length; i++)
            {
                if (candidates[i] == pivot) equal++;
                if (!(candidates[i] > pivot)) continue;
                aboveSum += candidates[i];
                (candidates[above], candidates[i]) = (candidates[i], candidates[above]);
                above++;
            }

            if (aboveSum >= missing && above > 0)
            {
                candidates = candidates[..above];
            }
            else if (aboveSum + (double)equal * pivot >= missing)
            {
                least = pivot;
                break;
            }
            else
            {
                missing -= aboveSum + (double)equal * pivot;
                least = pivot;
                var below = 0;
                foreach (var candidate in candidates[above..])
                {
                    if (candidate < pivot) candidates[above + below++] = candidate;
                }

                candidates = candidates.Slice(above, below);
            }
        }

        for (var token = 0; token < vocabulary; token++)
        {
            if (_scores[token] < least) _scores[token] = 0;
        }

        TensorPrimitives.Divide(_scores, TensorPrimitives.Sum<float>(_scores), _scores);
    }
}
