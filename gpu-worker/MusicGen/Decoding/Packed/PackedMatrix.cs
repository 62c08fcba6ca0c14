namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// A matrix of 8-bit weights in the order in which a processor wants to read it. Sixteen outputs lie side by side, one per lane; two such
/// tiles make a group; of a group come, block of 32 inputs by block, first 32 scales (bfloat16), then for each pair of inputs the two weights
/// of every output. Reading a group is one run through memory, and a sum needs no addition across lanes.
/// </summary>
/// <param name="Outputs">Rows of the weight, as <c>[outputs, inputs]</c>.</param>
/// <param name="Data">Where its bytes lie, on a multiple of 64.</param>
internal readonly unsafe record struct PackedMatrix(int Outputs, int Inputs, nint Data)
{
    /// <summary>Inputs that share a scale.</summary>
    public const int Block = 32;

    /// <summary>Outputs that are computed together.</summary>
    public const int Group = 32;

    internal const int ScaleBytes = Group * sizeof(ushort);
    private const int BlockBytes = ScaleBytes + Group * Block;

    public int Groups => (Outputs + Group - 1) / Group;

    public int Blocks => (Inputs + Block - 1) / Block;

    /// <summary>Inputs, filled up to whole blocks: what a row of activations must be long.</summary>
    public int PaddedInputs => Blocks * Block;

    /// <summary>Outputs, filled up to whole groups: what a row of results must be long.</summary>
    public int PaddedOutputs => Groups * Group;

    public long Bytes => ByteCount(Outputs, Inputs);

    public static long ByteCount(int outputs, int inputs) => (long)((outputs + Group - 1) / Group) * ((inputs + Block - 1) / Block) * BlockBytes;

    /// <summary>The scales of a block of a group: 32 bfloat16.</summary>
    public ushort* Scales(int group, int block) => (ushort*)(Data + ((long)group * Blocks + block) * BlockBytes);

    /// <summary>The weights of a block of a group: <c>[16 pairs of inputs, 32 outputs, 2]</c>.</summary>
    public sbyte* Weights(int group, int block) => (sbyte*)Scales(group, block) + ScaleBytes;

    /// <summary>Quantizes one group: symmetric, a scale for 32 inputs of one output, rounded to nearest.</summary>
    /// <param name="rows">The group's weights, <c>[32, inputs]</c>; a group that is not full has zeros at its end.</param>
    public void Pack(int group, ReadOnlySpan<float> rows)
    {
        for (var block = 0; block < Blocks; block++)
        {
            var scales = Scales(group, block);
            var weights = Weights(group, block);
            var from = block * Block;
            var count = Math.Min(Block, Inputs - from);
            for (var output = 0; output < Group; output++)
            {
                var row = rows.Slice(output * Inputs + from, count);
                var most = 0f;
                foreach (var weight in row) most = Math.Max(most, Math.Abs(weight));
                scales[output] = RoundUp(most / sbyte.MaxValue);
                var scale = BitConverter.UInt32BitsToSingle((uint)scales[output] << 16);
                var factor = scale > 0 ? 1 / scale : 0;
                for (var input = 0; input < Block; input++)
                {
                    var value = input < count ? MathF.Round(row[input] * factor) : 0;
                    weights[(input / 2 * Group + output) * 2 + input % 2] = (sbyte)Math.Clamp(value, -sbyte.MaxValue, sbyte.MaxValue);
                }
            }
        }
    }

    /// <summary>One weight as it is computed with.</summary>
    public float this[int output, int input]
    {
        get
        {
            var (group, lane, block, place) = (output / Group, output % Group, input / Block, input % Block);
            return Weights(group, block)[(place / 2 * Group + lane) * 2 + place % 2] * BitConverter.UInt32BitsToSingle((uint)Scales(group, block)[lane] << 16);
        }
    }

    /// <summary>The next bfloat16 that is not smaller, so that no weight is clipped.</summary>
    private static ushort RoundUp(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(bits + 0xFFFF >> 16);
    }
}
