using System.Numerics.Tensors;
using AudioReprompt.Checkpoints;
using AudioReprompt.MusicGen.Checkpoints;

namespace AudioReprompt.MusicGen.Decoding.Packed;

/// <summary>A layer of the decoder, packed.</summary>
internal sealed record PackedLayer(
    Normalisation SelfNorm, PackedMatrix QueryKeyValue, PackedMatrix SelfOutput, Normalisation CrossNorm, PackedMatrix CrossQuery, PackedMatrix CrossKeyValue,
    PackedMatrix CrossOutput, Normalisation FeedForwardNorm, PackedMatrix Inner, PackedMatrix Outer);

/// <summary>
/// The decoder's weights in 8 or 4 bits, in a file whose values are used as they lie there: ready as soon as they are read. What every step
/// reads lies in large pages; the embeddings, and what only a prompt needs, stay in the mapped file. It is made from a checkpoint once per machine.
/// </summary>
internal sealed unsafe class PackedWeights : IDisposable
{
    /// <summary>In the file's name; raised when its layout changes.</summary>
    private const int LayoutVersion = 4;
    private const int Alignment = 64;
    private const string Source = "decoder.model.decoder.";
    private const string FirstStepPart = "0.self_norm.weight";

    private readonly SafetensorsFile _file;
    private readonly LargeMemory _values;

    private PackedWeights(DecoderConfig config, int textWidth, int bits, SafetensorsFile file, LargeMemory values)
    {
        (_file, _values, Config) = (file, values, config);
        var parts = Parts(config, textWidth, bits).ToDictionary(part => part.Name, StringComparer.Ordinal);
        foreach (var part in parts.Values)
        {
            if (!file.Tensors.TryGetValue(part.Name, out var tensor) || tensor.ByteCount != part.ByteCount) throw new CheckpointException($"{file.Path}: {part.Name} is not as it should be.");
        }

        Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => new PackedLayer(
            Norm($"{layer}.self_norm"), Matrix($"{layer}.qkv"), Matrix($"{layer}.self_out"), Norm($"{layer}.cross_norm"), Matrix($"{layer}.cross_q"),
            Matrix($"{layer}.cross_kv"), Matrix($"{layer}.cross_out"), Norm($"{layer}.inner_norm"), Matrix($"{layer}.inner"), Matrix($"{layer}.outer")))];
        FinalNorm = Norm("final_norm");
        Heads = Matrix("heads");
        Embeddings = (Half*)Address("embeddings");
        if (parts.ContainsKey("projection")) (Projection, ProjectionBias) = (Matrix("projection"), Floats("projection_bias", config.Width));

        PackedMatrix Matrix(string name) => new(parts[name].Outputs, parts[name].Inputs, parts[name].Bits, Address(name));
        Normalisation Norm(string name) => new(Floats(name + ".weight", config.Width), Floats(name + ".bias", config.Width));
        float[] Floats(string name, int count) => new ReadOnlySpan<float>((float*)Address(name), count).ToArray();
        nint Address(string name) => parts[name].IsOfEveryStep ? (nint)(values.Start + file.Tensors[name].Offset - FirstOfStep(file)) : file.Tensors[name].Address;
    }

    public DecoderConfig Config { get; }

    public IReadOnlyList<PackedLayer> Layers { get; }

    public Normalisation FinalNorm { get; }

    /// <summary>All codebooks' heads, <c>[codebooks · vocabulary, width]</c>.</summary>
    public PackedMatrix Heads { get; }

    /// <summary><c>[codebooks, vocabulary + 1, width]</c>, in half precision: 11 bits beside the 8 of what they are multiplied with.</summary>
    public Half* Embeddings { get; }

    /// <summary>From the text encoder's width; null where it has the decoder's.</summary>
    public PackedMatrix? Projection { get; }

    public float[] ProjectionBias { get; } = [];

    /// <summary>What a step reads: all but the embeddings and what is needed for a prompt alone.</summary>
    public long StepBytes => Layers.Sum(layer =>
            layer.QueryKeyValue.Bytes + layer.SelfOutput.Bytes + layer.CrossQuery.Bytes + layer.CrossOutput.Bytes + layer.Inner.Bytes + layer.Outer.Bytes)
        + Heads.Bytes;

    /// <param name="bits">Of a weight: 8 or 4.</param>
    public static string FileName(string folder, int bits) => Path.Combine(folder, $"decoder-int{bits}-{LayoutVersion}.safetensors");

    /// <summary>Opens the packed file in a folder.</summary>
    /// <exception cref="CheckpointException">It is missing, or broken.</exception>
    public static PackedWeights Open(MusicGenConfig config, int bits, string folder)
    {
        var file = SafetensorsFile.Open(FileName(folder, bits));
        LargeMemory? values = null;
        try
        {
            // Copied, not mapped: a file's pages are small ones.
            values = new LargeMemory(file.Tensors.Values.Sum(tensor => tensor.ByteCount) - FirstOfStep(file));
            Read(file.Path, values);
            return new PackedWeights(config.Decoder, config.Text.Width, bits, file, values);
        }
        catch
        {
            values?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives the memory of what only a prompt needs back; it is read again with the next one.</summary>
    public void ReleasePromptWeights()
    {
        for (var layer = 0; layer < Config.Layers; layer++) _file.Tensors[$"{layer}.cross_kv"].Release();
    }

    /// <summary>Refuses a checkpoint that cannot be packed, before anything is written.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static void Check(MusicGenConfig config, CheckpointFolder checkpoint)
    {
        foreach (var part in Parts(config.Decoder, config.Text.Width, bits: 8)) part.Check(checkpoint);
    }

    /// <summary>Packs a checkpoint's decoder.</summary>
    /// <param name="folder">Where the file goes.</param>
    /// <param name="progress">Share done, 0…1.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape.</exception>
    public static void Build(MusicGenConfig config, CheckpointFolder checkpoint, int bits, string folder, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        Check(config, checkpoint);
        var parts = Parts(config.Decoder, config.Text.Width, bits);
        var total = parts.Sum(part => part.ByteCount);
        var done = 0L;
        SafetensorsWriter.Write(
            FileName(folder, bits),
            [.. parts.Select(part => new SafetensorsEntry(part.Name, TensorType.UInt8, [part.ByteCount]))],
            addresses =>
            {
                foreach (var part in parts)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    part.Write(checkpoint, addresses[part.Name]);
                    done += part.ByteCount;
                    progress?.Report((double)done / total);
                }
            });
        RemoveOlder(folder, bits);
    }

    public void Dispose()
    {
        _values.Dispose();
        _file.Dispose();
    }

    /// <summary>Where in the file's values that begins which every step reads; all the rest lies before it.</summary>
    private static long FirstOfStep(SafetensorsFile file) =>
        file.Tensors.TryGetValue(FirstStepPart, out var first) ? first.Offset : throw new CheckpointException($"{file.Path} lacks {FirstStepPart}.");

    /// <summary>Files of other layouts; who has one open keeps it.</summary>
    private static void RemoveOlder(string folder, int bits)
    {
        var current = FileName(folder, bits);
        foreach (var file in Directory.GetFiles(folder, $"decoder-int{bits}-*.safetensors"))
        {
            if (file != current) File.Delete(file);
        }
    }

    private static void Read(string path, LargeMemory values)
    {
        const int block = 16 * 1024 * 1024;
        using var handle = File.OpenHandle(path);
        // What every step reads is the end of the file.
        var from = RandomAccess.GetLength(handle) - values.Bytes;
        var whole = Parallel.For(0, (values.Bytes + block - 1) / block, (number, loop) =>
        {
            var (place, end) = (number * block, Math.Min(values.Bytes, (number + 1) * block));
            while (place < end)
            {
                var read = RandomAccess.Read(handle, new Span<byte>(values.Start + place, (int)(end - place)), from + place);
                if (read == 0)
                {
                    loop.Stop();
                    return;
                }

                place += read;
            }
        });
        if (!whole.IsCompleted) throw new CheckpointException($"{path} ends too early.");
    }

    private static List<PackedPart> Parts(DecoderConfig config, int textWidth, int bits)
    {
        var width = config.Width;
        var parts = new List<PackedPart>();
        var isOfEveryStep = false;
        Halves("embeddings", width, [.. Enumerable.Range(0, config.Codebooks).Select(book => ($"{Source}embed_tokens.{book}.weight", config.VocabularySize + 1))]);
        if (textWidth != width)
        {
            Matrix("projection", textWidth, ("enc_to_dec_proj.weight", width));
            Vector("projection_bias", "enc_to_dec_proj.bias");
        }

        for (var layer = 0; layer < config.Layers; layer++)
        {
            var from = $"{Source}layers.{layer}.encoder_attn.";
            Matrix($"{layer}.cross_kv", width, (from + "k_proj.weight", width), (from + "v_proj.weight", width));
        }

        isOfEveryStep = true;
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var from = $"{Source}layers.{layer}.";
            Norm($"{layer}.self_norm", from + "self_attn_layer_norm");
            Matrix($"{layer}.qkv", width, (from + "self_attn.q_proj.weight", width), (from + "self_attn.k_proj.weight", width), (from + "self_attn.v_proj.weight", width));
            Matrix($"{layer}.self_out", width, (from + "self_attn.out_proj.weight", width));
            Norm($"{layer}.cross_norm", from + "encoder_attn_layer_norm");
            Matrix($"{layer}.cross_q", width, (from + "encoder_attn.q_proj.weight", width));
            Matrix($"{layer}.cross_out", width, (from + "encoder_attn.out_proj.weight", width));
            Norm($"{layer}.inner_norm", from + "final_layer_norm");
            Matrix($"{layer}.inner", width, (from + "fc1.weight", config.InnerWidth));
            Matrix($"{layer}.outer", config.InnerWidth, (from + "fc2.weight", width));
        }

        Norm("final_norm", Source + "layer_norm");
        // The last step before the choice of a token, and a fiftieth of the weights: always in 8 bits.
        bits = 8;
        Matrix("heads", width, [.. Enumerable.Range(0, config.Codebooks).Select(book => ($"decoder.lm_heads.{book}.weight", config.VocabularySize))]);
        return parts;

        void Matrix(string name, int inputs, params (string, int)[] sources) => parts.Add(new PackedPart(name, inputs, sources, bits, isOfEveryStep));
        void Halves(string name, int inputs, params (string, int)[] sources) => parts.Add(new PackedPart(name, inputs, sources, PackedPart.HalfBits, isOfEveryStep));
        void Vector(string name, string source) => parts.Add(new PackedPart(name, 0, [(source, width)], PackedPart.SingleBits, isOfEveryStep));

        void Norm(string name, string source)
        {
            Vector(name + ".weight", source + ".weight");
            Vector(name + ".bias", source + ".bias");
        }
    }

    /// <summary>A part of the file, made of one or several of the checkpoint's tensors, one below the other.</summary>
    /// <param name="Inputs">Columns; 0 for a vector.</param>
    /// <param name="Sources">Names, and rows of each.</param>
    /// <param name="Bits">Of a weight.</param>
    /// <param name="IsOfEveryStep">Else the embeddings, of which a step reads a few rows, or what only a prompt needs.</param>
    private sealed record PackedPart(string Name, int Inputs, IReadOnlyList<(string Tensor, int Rows)> Sources, int Bits, bool IsOfEveryStep)
    {
        public const int HalfBits = 16;
        public const int SingleBits = 32;

        private bool IsMatrix => Bits < HalfBits;

        public int Outputs => Sources.Sum(source => source.Rows);

        public long ByteCount => IsMatrix
            ? PackedMatrix.ByteCount(Outputs, Inputs, Bits)
            : ((long)Outputs * Math.Max(1, Inputs) * Bits / 8 + Alignment - 1) / Alignment * Alignment;

        public void Check(CheckpointFolder checkpoint)
        {
            foreach (var (tensor, rows) in Sources) Get(checkpoint, tensor, rows);
        }

        public void Write(CheckpointFolder checkpoint, nint address)
        {
            if (IsMatrix)
            {
                var matrix = new PackedMatrix(Outputs, Inputs, Bits, address);
                Parallel.For(0, matrix.Groups, group => PackGroup(checkpoint, matrix, group));
                return;
            }

            foreach (var (name, rows) in Sources)
            {
                var tensor = Get(checkpoint, name, rows);
                if (Bits == HalfBits) WriteHalves(tensor, new Span<Half>((void*)address, (int)tensor.Count));
                else tensor.Read(0, new Span<float>((void*)address, (int)tensor.Count));
                address += (nint)tensor.Count * Bits / 8;
            }
        }

        private static void WriteHalves(CheckpointTensor tensor, Span<Half> to)
        {
            var row = new float[tensor.Shape[^1]];
            for (var first = 0; first < to.Length; first += row.Length)
            {
                tensor.Read(first, row);
                TensorPrimitives.ConvertToHalf(row, to.Slice(first, row.Length));
                if (!Half.IsFinite(TensorPrimitives.MaxMagnitude<Half>(to.Slice(first, row.Length)))) throw new CheckpointException($"{tensor.Path}: {tensor.Name} has a value that is no number, or beyond ±65,504.");
            }
        }

        private void PackGroup(CheckpointFolder checkpoint, PackedMatrix matrix, int group)
        {
            var rows = new float[PackedMatrix.Group * Inputs];
            var first = 0;
            foreach (var (name, count) in Sources)
            {
                // The rows that this tensor and this group have in common.
                var from = Math.Max(first, group * PackedMatrix.Group);
                var to = Math.Min(first + count, (group + 1) * PackedMatrix.Group);
                if (from < to)
                {
                    Get(checkpoint, name, count).Read((long)(from - first) * Inputs, rows.AsSpan((from - group * PackedMatrix.Group) * Inputs, (to - from) * Inputs));
                }

                first += count;
            }

            matrix.Pack(group, rows);
        }

        private CheckpointTensor Get(CheckpointFolder checkpoint, string name, int rows) => Inputs == 0 ? checkpoint.Get(name, rows) : checkpoint.Get(name, rows, Inputs);
    }
}
