using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AudioReprompt.Onnx;

/// <summary>
/// Puts an ONNX graph together and writes it, constants above a kilobyte in a file beside it (<c>NAME.data</c>), aligned so that they can be
/// mapped into memory. IR version 8, opset 17 and <c>com.microsoft</c> 1; field numbers from onnx.proto (ONNX 1.12).
/// </summary>
/// <param name="name">What the graph is called.</param>
public sealed class GraphBuilder(string name)
{
    /// <summary>ONNX Runtime's own operators: fused attention, normalisation and GELU.</summary>
    public const string Microsoft = "com.microsoft";

    private const int IrVersion = 8;
    private const int Opset = 17;
    private const int InlineBytes = 1024;

    /// <summary>Of a page: what a memory map can start at.</summary>
    private const int Alignment = 4096;

    private readonly List<(string Name, OnnxType Type, OnnxDimension[] Shape)> _inputs = [];
    private readonly List<(string Name, OnnxType Type, OnnxDimension[] Shape)> _outputs = [];
    private readonly List<(string Op, string Domain, string[] Inputs, string[] Outputs, OnnxAttribute[] Attributes)> _nodes = [];
    private readonly Dictionary<string, OnnxConstant> _constants = new(StringComparer.Ordinal);
    private int _values;

    /// <summary>Declares an input.</summary>
    /// <returns>Its name.</returns>
    public string Input(string input, OnnxType type, params OnnxDimension[] shape)
    {
        _inputs.Add((input, type, shape));
        return input;
    }

    /// <summary>Declares a value as an output, under a name of its own.</summary>
    public void Output(string output, string value, OnnxType type, params OnnxDimension[] shape)
    {
        if (output != value) _nodes.Add(("Identity", "", [value], [output], []));
        _outputs.Add((output, type, shape));
    }

    /// <summary>Adds a node of the standard operators with one output.</summary>
    /// <param name="inputs">Names; empty for one that is left out.</param>
    /// <returns>The output's name.</returns>
    public string Node(string op, string[] inputs, params OnnxAttribute[] attributes) => Node("", op, inputs, 1, attributes)[0];

    /// <summary>Adds a node of ONNX Runtime's own operators with one output.</summary>
    public string MicrosoftNode(string op, string[] inputs, params OnnxAttribute[] attributes) => Node(Microsoft, op, inputs, 1, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    /// <returns>Their names.</returns>
    public string[] Node(string domain, string op, string[] inputs, int outputs, params OnnxAttribute[] attributes)
    {
        var names = Enumerable.Range(0, outputs).Select(_ => NewValue(op)).ToArray();
        NodeTo(domain, op, inputs, names, attributes);
        return names;
    }

    /// <summary>Adds a node whose outputs have given names; empty for one that is left out.</summary>
    public void NodeTo(string domain, string op, string[] inputs, string[] outputs, params OnnxAttribute[] attributes) =>
        _nodes.Add((op, domain, inputs, outputs, attributes));

    /// <summary>Adds a constant; one that is there already under this name is used again.</summary>
    /// <returns>Its name.</returns>
    public string Constant(string constant, OnnxConstant value)
    {
        _constants.TryAdd(constant, value);
        return constant;
    }

    /// <summary>Adds numbers.</summary>
    public string Constant(string constant, float[] values, params long[] shape) =>
        Constant(constant, new OnnxConstant(OnnxType.Float, shape, () => MemoryMarshal.AsBytes<float>(values).ToArray()));

    /// <summary>Adds whole numbers, one axis; for shapes, axes and indices.</summary>
    /// <returns>Its name, the same for the same numbers.</returns>
    public string Integers(params long[] values) => Constant(
        "int64_" + string.Join('_', values.Select(value => value.ToString(CultureInfo.InvariantCulture))),
        new OnnxConstant(OnnxType.Int64, [values.Length], () => MemoryMarshal.AsBytes<long>(values).ToArray()));

    /// <summary>Adds one number without an axis.</summary>
    public string Scalar(float value) => Constant(
        "float_" + value.ToString("R", CultureInfo.InvariantCulture), new OnnxConstant(OnnxType.Float, [], () => BitConverter.GetBytes(value)));

    /// <summary>Writes the model, and <c>PATH.data</c> where there are larger constants; both under other names first, so that a reader never sees half.</summary>
    /// <param name="path">The model's file; its folder exists.</param>
    /// <exception cref="IOException">The disk is full, or the folder is not writable.</exception>
    public void Save(string path)
    {
        var part = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        var data = path + ".data";
        try
        {
            using (var external = new FileStream(part + ".data", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                var model = Model(external, Path.GetFileName(data));
                File.WriteAllBytes(part, model.Written);
                if (external.Length == 0) File.Delete(part + ".data");
            }

            if (File.Exists(part + ".data")) File.Move(part + ".data", data, overwrite: true);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
            File.Delete(part + ".data");
        }
    }

    /// <summary>The model with all its constants inside; for graphs below 2 GB, protobuf's limit.</summary>
    public byte[] ToBytes() => Model(null, "").Written.ToArray();

    /// <summary>What tells this graph from another: SHA-256 of all but the values of the larger constants, which are not read for it.</summary>
    public string Fingerprint()
    {
        var model = Model(Stream.Null, "", described: true);
        return Convert.ToHexStringLower(SHA256.HashData(model.Written));
    }

    private string NewValue(string op) => $"{op}_{(_values++).ToString(CultureInfo.InvariantCulture)}";

    private ProtobufWriter Model(Stream? external, string location, bool described = false)
    {
        var model = new ProtobufWriter();
        model.Integer(1, IrVersion);
        model.Text(2, "audioreprompt");
        model.Message(7, graph => Graph(graph, external, location, described));
        model.Message(8, opset => opset.Integer(2, Opset));
        model.Message(8, opset =>
        {
            opset.Text(1, Microsoft);
            opset.Integer(2, 1);
        });
        return model;
    }

    private void Graph(ProtobufWriter graph, Stream? external, string location, bool described)
    {
        foreach (var node in _nodes) graph.Message(1, message => Node(message, node));
        graph.Text(2, name);
        foreach (var (constant, value) in _constants) graph.Message(5, message => Tensor(message, constant, value, external, location, described));
        foreach (var input in _inputs) graph.Message(11, message => Value(message, input));
        foreach (var output in _outputs) graph.Message(12, message => Value(message, output));
    }

    private static void Node(ProtobufWriter message, (string Op, string Domain, string[] Inputs, string[] Outputs, OnnxAttribute[] Attributes) node)
    {
        foreach (var input in node.Inputs) message.Text(1, input);
        foreach (var output in node.Outputs) message.Text(2, output);
        message.Text(4, node.Op);
        foreach (var attribute in node.Attributes) message.Message(5, part => Attribute(part, attribute));
        if (node.Domain.Length > 0) message.Text(7, node.Domain);
    }

    private static void Attribute(ProtobufWriter message, OnnxAttribute attribute)
    {
        const int floatKind = 1, intKind = 2, stringKind = 3, intsKind = 7, kind = 20;
        message.Text(1, attribute.Name);
        switch (attribute.Value)
        {
            case float number:
                message.Single(2, number);
                message.Integer(kind, floatKind);
                break;
            case long number:
                message.Integer(3, number);
                message.Integer(kind, intKind);
                break;
            case string text:
                message.Text(4, text);
                message.Integer(kind, stringKind);
                break;
            case long[] numbers:
                message.Integers(8, numbers);
                message.Integer(kind, intsKind);
                break;
            default:
                throw new ArgumentException($"The attribute {attribute.Name} is a {attribute.Value.GetType()}.", nameof(attribute));
        }
    }

    private static void Tensor(ProtobufWriter message, string name, OnnxConstant constant, Stream? external, string location, bool described)
    {
        const int externalLocation = 1;
        var bytes = described && constant.ByteCount > InlineBytes ? [] : constant.Read();
        if (bytes.LongLength != constant.ByteCount && !described)
        {
            throw new InvalidOperationException($"The constant {name} [{string.Join(", ", constant.Shape)}] gave {bytes.LongLength} bytes, not {constant.ByteCount}.");
        }

        message.Integers(1, constant.Shape);
        message.Integer(2, (int)constant.Type);
        message.Text(8, name);
        if (external is null || bytes.Length <= InlineBytes)
        {
            message.Bytes(9, bytes);
            return;
        }

        external.Position = (external.Position + Alignment - 1) / Alignment * Alignment;
        Entry("location", location);
        Entry("offset", external.Position.ToString(CultureInfo.InvariantCulture));
        Entry("length", bytes.LongLength.ToString(CultureInfo.InvariantCulture));
        message.Integer(14, externalLocation);
        external.Write(bytes);

        void Entry(string key, string value) => message.Message(13, entry =>
        {
            entry.Text(1, key);
            entry.Text(2, value);
        });
    }

    private static void Value(ProtobufWriter message, (string Name, OnnxType Type, OnnxDimension[] Shape) value)
    {
        message.Text(1, value.Name);
        message.Message(2, type => type.Message(1, tensor =>
        {
            tensor.Integer(1, (int)value.Type);
            tensor.Message(2, shape =>
            {
                foreach (var dimension in value.Shape)
                {
                    shape.Message(1, size =>
                    {
                        if (dimension.Name is not null) size.Text(2, dimension.Name);
                        else size.Integer(1, dimension.Size);
                    });
                }
            });
        }));
    }
}
