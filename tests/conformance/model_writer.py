"""Small models written tensor by tensor, without the converter: whatever a case wants, sensible or not."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {np.dtype(name): getattr(schema.TensorType, name.upper())
         for name in ["float32", "float16", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "bool", "complex64"]}


class Graph:
    """One subgraph under construction. Tensors are numbers."""

    def __init__(self, writer):
        self.writer = writer
        self.flat = schema.SubGraphT()
        self.flat.tensors, self.flat.operators, self.flat.inputs, self.flat.outputs = [], [], [], []
        self.ranges = {}  # input -> function(rng) that draws its value

    def tensor(self, shape, dtype=np.float32, scale=None, zero=0, axis=0, variable=False):
        tensor = schema.TensorT()
        tensor.shape = list(shape)
        tensor.type = TYPES[np.dtype(dtype)] if dtype != "resource" else schema.TensorType.RESOURCE
        tensor.name = f"t{len(self.flat.tensors)}"
        tensor.buffer = self.writer.buffer(None)
        tensor.isVariable = variable
        if scale is not None:
            quantization = schema.QuantizationParametersT()
            quantization.scale = [float(s) for s in np.atleast_1d(scale)]
            quantization.zeroPoint = [int(z) for z in np.broadcast_to(zero, len(quantization.scale))]
            quantization.quantizedDimension = axis
            tensor.quantization = quantization
        self.flat.tensors.append(tensor)
        return len(self.flat.tensors) - 1

    def constant(self, values, scale=None, zero=0, axis=0):
        values = np.asarray(values)
        index = self.tensor(values.shape, values.dtype, scale, zero, axis)
        self.flat.tensors[index].buffer = self.writer.buffer(values.tobytes())
        return index

    def int4(self, values, scale=None, axis=0):
        """A constant of two values in each byte, the first in the low half."""
        values = np.asarray(values, np.int8)
        index = self.tensor(values.shape, np.int8, scale, 0, axis)
        flat = np.append(values.reshape(-1), np.zeros(values.size % 2, np.int8)).astype(np.uint8) & 15
        self.flat.tensors[index].type = schema.TensorType.INT4
        self.flat.tensors[index].buffer = self.writer.buffer((flat[0::2] | flat[1::2] << 4).astype(np.uint8).tobytes())
        return index

    def input(self, shape, dtype=np.float32, draw=None, **quantization):
        index = self.tensor(shape, dtype, **quantization)
        self.flat.inputs.append(index)
        self.ranges[index] = draw or (lambda rng: draw_any(rng, shape, dtype))
        return index

    def op(self, name, inputs, outputs, options=None, custom=None, version=1, options2=None, intermediates=None):
        op = schema.OperatorT()
        op.opcodeIndex = self.writer.code(name, version)
        op.inputs, op.outputs = list(inputs), list(outputs)
        if options is not None:
            op.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
            op.builtinOptions = options
        if options2 is not None:
            op.builtinOptions2Type = getattr(schema.BuiltinOptions2, type(options2).__name__[:-1])
            op.builtinOptions2 = options2
        if intermediates is not None:
            op.intermediates = list(intermediates)
        if custom is not None:
            op.customOptions = list(custom)
        self.flat.operators.append(op)
        return outputs


class Writer:
    """A model under construction; `main` is its first subgraph."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.subgraphs, self.model.buffers = [], [], []
        self.graphs = []
        self.buffer(None)
        self.main = self.graph()

    def graph(self):
        graph = Graph(self)
        self.graphs.append(graph)
        self.model.subgraphs.append(graph.flat)
        return graph

    def buffer(self, data):
        buffer = schema.BufferT()
        if data is not None:
            buffer.data = np.frombuffer(data, np.uint8)
        self.model.buffers.append(buffer)
        return len(self.model.buffers) - 1

    def code(self, name, version):
        code = schema.OperatorCodeT()
        number = getattr(schema.BuiltinOperator, name, schema.BuiltinOperator.CUSTOM)
        if number == schema.BuiltinOperator.CUSTOM:
            code.customCode = name
        code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), version
        self.model.operatorCodes.append(code)
        return len(self.model.operatorCodes) - 1

    def bytes(self):
        import flatbuffers
        builder = flatbuffers.Builder(4096)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def draw_any(rng, shape, dtype):
    """Floats around zero with repeated values, integers over their whole (8 bit) or a small range."""
    dtype = np.dtype(dtype)
    if dtype == np.bool_:
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype.kind == "c":
        return (rng.normal(0, 2, shape) + 1j * rng.normal(0, 2, shape)).astype(dtype)
    if dtype.kind == "f":
        values = rng.normal(0, 2, shape)
        return np.where(rng.random(shape) < 0.3, np.round(values), values).astype(dtype)
    if dtype.itemsize <= 2:
        limits = np.iinfo(dtype)
        return rng.integers(limits.min, limits.max + 1, shape).astype(dtype)
    return rng.integers(0 if dtype.kind == "u" else -20, 21, shape).astype(dtype)
