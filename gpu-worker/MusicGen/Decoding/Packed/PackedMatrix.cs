namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>
/// A matrix of 8-bit or 4-bit weights in the order in which a processor wants to read it. Sixteen outputs lie side by side, one per lane; two such
/// tiles make a group; of a group come, block of 32 inputs by block, first 32 scales (bfloat16), then for each pair of inputs the two weights
/// of every output as signed bytes. Of 4-bit weights two such pairs share their bytes: the first in the lower halves, the second in the upper,
/// all plus 8. Reading a group is one run through memory, and a sum needs no addition across lanes.
/// </summary>
/// <param name="Outputs">Rows of the weight, as <c>[outputs, inputs]</c>.</param>
/// <param name="Bits">Of a weight: 8 or 4.</param>
/// <param name="Data">Where its bytes lie, on a multiple of 64.</param>
internal readonly unsafe record struct PackedMatrix(int Outputs, int Inputs, int Bits, nint Data)
{
    /// <summary>Inputs that share a scale.</summary>
    public const int Block = 32;

    /// <summary>Outputs that are computed together.</summary>
    public const int Group = 32;

    internal const int ScaleBytes = Group * sizeof(ushort);

    /// <summary>What is added to a 4-bit weight, so that it is stored without a sign.</summary>
    internal const int NibbleOffset = 8;

    /// <summary>Steps from zero to the weight furthest from it: fewer cut it off, more make every step finer.</summary>
    private const float CoarsestSteps = 6.5f;
    private const float FinestSteps = 9.5f;

    private int BlockBytes => BytesOfBlock(Bits);

    public int Groups => (Outputs + Group - 1) / Group;

    public int Blocks => (Inputs + Block - 1) / Block;

    /// <summary>Inputs, filled up to whole blocks: what a row of activations must be long.</summary>
    public int PaddedInputs => Blocks * Block;

    /// <summary>Outputs, filled up to whole groups: what a row of results must be long.</summary>
    public int PaddedOutputs => Groups * Group;

    public long Bytes => ByteCount(Outputs, Inputs, Bits);

    public static long ByteCount(int outputs, int inputs, int bits) => (long)((outputs + Group - 1) / Group) * ((inputs + Block - 1) / Block) * BytesOfBlock(bits);

    private static int BytesOfBlock(int bits) => ScaleBytes + Group * Block * bits / 8;

    /// <summary>The scales of a block of a group: 32 bfloat16.</summary>
    public ushort* Scales(int group, int block) => (ushort*)(Data + ((long)group * Blocks + block) * BlockBytes);

    /// <summary>A weight's byte: of a block <c>[16 pairs of inputs, 32 outputs, 2]</c>; in 4 bits <c>[8, 32, 2]</c>, with a second pair in the upper halves.</summary>
    private byte* Place(int group, int lane, int input)
    {
        var pair = input % Block / 2;
        return (byte*)Scales(group, input / Block) + ScaleBytes + ((Bits == 8 ? pair : pair / 2) * Group + lane) * 2 + input % 2;
    }

    /// <summary>Of a 4-bit weight in its byte.</summary>
    private static int Shift(int input) => input / 2 % 2 * 4;

    /// <summary>
    /// Quantizes one group, a scale for 32 inputs of one output, rounded to nearest. In 8 bits the scale is that of the largest weight; in 4 bits
    /// the one with the least squared error of some that are tried, −8 being used too.
    /// </summary>
    /// <param name="rows">The group's weights, <c>[32, inputs]</c>; a group that is not full has zeros at its end.</param>
    public void Pack(int group, ReadOnlySpan<float> rows)
    {
        for (var block = 0; block < Blocks; block++)
        {
            var from = block * Block;
            var count = Math.Min(Block, Inputs - from);
            for (var output = 0; output < Group; output++)
            {
                var row = rows.Slice(output * Inputs + from, count);
                var scale = Bits == 8 ? ToSingle(RoundUp(Extreme(row, out _) / sbyte.MaxValue)) : BestScale(row);
                Scales(group, block)[output] = (ushort)(BitConverter.SingleToUInt32Bits(scale) >> 16);
                for (var input = 0; input < count; input++) Set(group, output, from + input, Quantize(row[input], scale));
                for (var input = count; input < Block; input++) Set(group, output, from + input, 0);
            }
        }
    }

    /// <summary>One weight as it is computed with.</summary>
    public float this[int output, int input]
    {
        get
        {
            var (group, lane) = (output / Group, output % Group);
            var place = Place(group, lane, input);
            var value = Bits == 8 ? (sbyte)*place : (*place >> Shift(input) & 0xF) - NibbleOffset;
            return value * ToSingle(Scales(group, input / Block)[lane]);
        }
    }

    private void Set(int group, int lane, int input, int value)
    {
        var place = Place(group, lane, input);
        if (Bits == 8) *place = (byte)(sbyte)value;
        else if (Shift(input) == 0) *place = (byte)(value + NibbleOffset);
        else *place |= (byte)(value + NibbleOffset << 4);
    }

    private int Quantize(float weight, float scale)
    {
        if (scale == 0) return 0;
        var most = (1 << Bits - 1) - 1;
        // −128 is left out, so that the sums of the kernel cannot overflow.
        return (int)Math.Clamp(MathF.Round(weight / scale), Bits == 8 ? -most : -most - 1, most);
    }

    private float BestScale(ReadOnlySpan<float> row)
    {
        var most = Extreme(row, out var extreme);
        var (best, least) = (0f, double.PositiveInfinity);
        for (var steps = CoarsestSteps; steps <= FinestSteps; steps += 0.25f)
        {
            // A negative scale lets the weight that is furthest from zero be −8, whatever its sign.
            Try(row, extreme / -steps, ref best, ref least);
            Try(row, most / steps, ref best, ref least);
        }

        return best;
    }

    /// <summary>Quantizes by a scale, fits the scale to what came out (least squares), and keeps it if the error is the least so far.</summary>
    private void Try(ReadOnlySpan<float> row, float scale, ref float best, ref double least)
    {
        var (product, square) = (0.0, 0.0);
        foreach (var weight in row)
        {
            var value = Quantize(weight, scale);
            product += weight * value;
            square += value * value;
        }

        if (square == 0) return;
        scale = ToSingle((ushort)(BitConverter.SingleToUInt32Bits((float)(product / square)) + 0x8000 >> 16));
        var error = 0.0;
        foreach (var weight in row)
        {
            var difference = weight - Quantize(weight, scale) * scale;
            error += difference * difference;
        }

        if (error < least) (best, least) = (scale, error);
    }

    /// <returns>The largest magnitude.</returns>
    private static float Extreme(ReadOnlySpan<float> row, out float extreme)
    {
        extreme = 0;
        foreach (var weight in row) extreme = Math.Abs(weight) > Math.Abs(extreme) ? weight : extreme;
        return Math.Abs(extreme);
    }

    private static float ToSingle(ushort bfloat16) => BitConverter.UInt32BitsToSingle((uint)bfloat16 << 16);

    /// <summary>The next bfloat16 that is not smaller, so that no weight is clipped.</summary>
    private static ushort RoundUp(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)(bits + 0xFFFF >> 16);
    }
}
