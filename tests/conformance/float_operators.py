#!/usr/bin/env python3
"""One float model per row of the operator rules, with samples, for quantize_networks.py.

    python3 tests/conformance/float_operators.py <folder> [--only NAME] [--seed N]

The cases of tests/golden/operator_cases.py in float, and what those lack. Needs tensorflow and ai-edge-litert.
"""

import argparse
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / "golden")]

import numpy as np
import tensorflow as tf
from ai_edge_litert import schema_py_generated as schema

import model_writer
import operator_cases
from operator_cases import Input, weights

SAMPLES = 16
SEED = []  # other samples, and other weights of what is written by hand


def more_cases():
    cube, plain = [Input((2, 4, 3, 5))], [Input((2, 3, 9), -4.0, 4.5)]
    pair = [Input((2, 3, 4)), Input((2, 3, 4), -1.0, 3.0)]
    yield "squeeze", [Input((2, 1, 5))], lambda x: tf.squeeze(x, [1])
    yield "expand_dims", [Input((2, 5))], lambda x: tf.expand_dims(x, 1)
    yield "elu", plain, tf.nn.elu
    yield "reverse_sequence", [Input((3, 4, 2))], lambda x: tf.reverse_sequence(x, [2, 4, 1], 1, 0)
    yield "matrix_diag", [Input((2, 3))], tf.linalg.diag
    yield "concatenation_constant", [Input((2, 3))], lambda x: tf.concat([x, weights(2, 4)], 1)
    yield "maximum_constant", [Input((2, 3, 4))], lambda x: tf.maximum(x, weights(4))
    yield "minimum_scalar", [Input((2, 3, 4))], lambda x: tf.minimum(x, 0.7)
    yield "select_constant", [Input((2, 4), 0, 2, tf.bool), Input((2, 4))], lambda c, x: tf.where(c, x, weights(2, 4))
    yield "select_infinite", [Input((2, 4), 0, 2, tf.bool), Input((2, 4))], lambda c, x: tf.where(c, x, np.float32(-1e9))
    yield "add_mask_softmax", [Input((2, 6, 6))], lambda x: tf.nn.softmax(
        x + tf.constant(np.triu(np.full((6, 6), -1e9, np.float32), 1)))
    yield "add_infinite_softmax", [Input((2, 6, 6))], lambda x: tf.nn.softmax(
        x + tf.constant(np.triu(np.full((6, 6), -np.inf, np.float32), 1)))
    yield "add_relu_n1", pair, lambda a, b: tf.minimum(tf.maximum(a + b, -1.0), 1.0)
    yield "sub_constant_first", [Input((2, 3, 4))], lambda x: 1.0 - x
    yield "add_five_dimensions", [Input((1, 2, 2, 3, 4)), Input((1, 2, 1, 3, 4))], tf.add
    yield "mul_square", [Input((2, 6))], lambda x: x * x
    yield "div_constant", [Input((2, 6))], lambda x: x / (weights(6) * 0.5 + 1.0)
    yield "transpose_six", [Input((1, 2, 1, 3, 2, 2))], lambda x: tf.transpose(x, [0, 5, 2, 4, 1, 3])
    yield "conv_wide", [Input((1, 8, 8, 16))], lambda x: tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 16, 24), 1, "SAME"), weights(24))
    yield "depthwise_wide_bias", [Input((1, 8, 8, 64))], lambda x: tf.nn.bias_add(
        tf.nn.depthwise_conv2d(x, weights(5, 5, 64, 1), [1, 1, 1, 1], "SAME"), weights(64))
    yield "transpose_conv_wide", [Input((1, 4, 4, 24))], lambda x: tf.nn.bias_add(
        tf.nn.conv2d_transpose(x, weights(3, 3, 16, 24), [1, 8, 8, 16], 2, "SAME"), weights(16))
    yield "fully_connected_deep", [Input((1, 256))], lambda x: tf.matmul(x, weights(256, 32)) + weights(32)
    yield "batch_matmul_constant", [Input((2, 5, 64))], lambda x: tf.raw_ops.BatchMatMulV2(
        x=x, y=tf.stack([weights(64, 24)] * 2), adj_x=False, adj_y=False)
    yield "batch_matmul_left_constant", [Input((2, 64, 5))], lambda x: tf.raw_ops.BatchMatMulV2(
        x=tf.stack([weights(24, 64)] * 2), y=x, adj_x=False, adj_y=False)
    yield "gather_table", [Input((4,), 0, 99, tf.int32)], lambda i: tf.gather(weights(99, 32), i)
    yield "gather_batch", [Input((2, 5, 3)), Input((2, 2), 0, 5, tf.int32)], lambda x, i: tf.gather(x, i, batch_dims=1, axis=1)
    yield "conv_3d", [Input((1, 4, 5, 5, 3))], lambda x: tf.nn.conv3d(x, weights(3, 3, 3, 3, 16), [1] * 5, "SAME")
    yield "max_pool_relu", [Input((1, 6, 6, 4))], lambda x: tf.nn.relu(tf.nn.max_pool2d(x, 2, 2, "VALID"))
    yield "softmax_wide", [Input((1, 700))], tf.nn.softmax
    yield "softmax_beta", [Input((2, 9))], lambda x: tf.nn.softmax(x * 3.0)
    yield "reduce_all_axes", cube, lambda x: tf.reduce_mean(x, [0, 1, 2, 3])
    yield "strided_slice_new_axis", cube, lambda x: x[:, tf.newaxis, 1:3, ..., ::2]
    yield "pad_constant_low", cube, lambda x: tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], constant_values=-7.0)
    yield "power", [Input((2, 6), 0.1, 3.0, strict=True)], lambda x: tf.pow(x, 1.7)
    yield "tensor_scatter", [Input((4, 3)), Input((2, 3))], lambda x, u: tf.tensor_scatter_nd_update(x, [[3], [1]], u)
    yield "gelu_exact", plain, lambda x: tf.nn.gelu(x, approximate=False)
    yield "average_pool_wide", [Input((1, 17, 17, 8))], lambda x: tf.nn.avg_pool2d(x, 17, 1, "VALID")
    yield "mean_large", [Input((1, 40, 40, 8), 0, 6)], lambda x: tf.reduce_mean(x, [1, 2])


def draw(rng, entry, widen):
    if entry.dtype == tf.bool:
        return rng.integers(0, 2, entry.shape).astype(np.bool_)
    if entry.dtype != tf.float32:
        return rng.integers(int(entry.low), int(entry.high), entry.shape).astype(entry.dtype.as_numpy_dtype)
    return np.asarray(rng.uniform(entry.low * widen if not entry.strict else entry.low, entry.high * (1 if entry.strict else widen),
                                  entry.shape), np.float32)


def write(folder, name, inputs, function):
    specs = [tf.TensorSpec(i.shape, i.dtype, f"x{k}") for k, i in enumerate(inputs)]
    concrete = tf.function(lambda *x: function(*x)).get_concrete_function(*specs)
    (folder / f"{name}.tflite").write_bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())
    rng = np.random.Generator(np.random.PCG64([*name.encode(), *SEED]))
    # The samples that are run come first and lie within the others.
    rows = [[draw(rng, entry, 0.8 if n < 4 else 1.0) for entry in inputs] for n in range(SAMPLES)]
    np.savez(folder / f"{name}.npz", **{f"input_{k}": np.stack([row[k] for row in rows]) for k in range(len(inputs))})


def written():
    """Operators that the converter does not make from a function: by hand."""
    rng = np.random.Generator(np.random.PCG64([5, *SEED]))
    def values(*shape, scale=0.5):
        return rng.uniform(-scale, scale, shape).astype(np.float32)

    writer = model_writer.Writer()
    g = writer.main
    x, y = g.input((2, 24)), g.tensor((2, 32))
    options = schema.SVDFOptionsT()
    options.rank, options.fusedActivationFunction = 2, schema.ActivationFunctionType.RELU
    state = g.tensor((2, 64 * 10), variable=True)
    g.op("SVDF", [x, g.constant(values(64, 24)), g.constant(values(64, 10)), g.constant(values(32)), state], [y], options)
    g.flat.outputs = [y]
    yield "svdf", writer, [(2, 24)]

    writer = model_writer.Writer()
    g = writer.main
    x, y = g.input((2, 24)), g.tensor((2, 32))
    options = schema.RNNOptionsT()
    options.fusedActivationFunction = schema.ActivationFunctionType.TANH
    state = g.tensor((2, 32), variable=True)
    g.op("RNN", [x, g.constant(values(32, 24)), g.constant(values(32, 32)), g.constant(values(32)), state], [y], options)
    g.flat.outputs = [y]
    yield "rnn", writer, [(2, 24)]

    for layer_norm, projection in ((False, False), (True, False), (False, True), (True, True)):
        writer = model_writer.Writer()
        g = writer.main
        n, k, m = 4, 20, 48
        out = 24 if projection else m
        x, y = g.input((1, n, k)), g.tensor((1, n, out))
        def weight(*shape):
            return g.constant(values(*shape, scale=0.4))
        inputs = [x] + [weight(m, k) for _ in range(4)] + [weight(m, out) for _ in range(4)] + [-1] * 3
        inputs += [weight(m) for _ in range(4)]
        inputs += [weight(out, m), weight(out)] if projection else [-1, -1]
        inputs += [g.tensor((1, out), variable=True), g.tensor((1, m), variable=True)]
        if layer_norm:
            inputs += [g.constant((1 + values(m, scale=0.3)).astype(np.float32)) for _ in range(4)]
        options = schema.UnidirectionalSequenceLSTMOptionsT()
        options.fusedActivationFunction = schema.ActivationFunctionType.TANH
        options.timeMajor = False
        g.op("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [y], options)
        g.flat.outputs = [y]
        yield "lstm" + "_norm" * layer_norm + "_projection" * projection, writer, [(1, n, k)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.seed:
        SEED.append(arguments.seed)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    cases = [(c.name, c.inputs, c.function) for c in operator_cases.cases()] + list(more_cases())
    for name, inputs, function in cases:
        if arguments.only in name:
            try:
                write(arguments.folder, name, inputs, function)
            except Exception as error:  # whatever the converter throws
                print(f"{name}: not made: {type(error).__name__} {str(error).splitlines()[0][:150]}")
    for name, writer, shapes in written():
        if arguments.only not in name:
            continue
        (arguments.folder / f"{name}.tflite").write_bytes(bytes(writer.bytes()))
        rng = np.random.Generator(np.random.PCG64([*name.encode(), *SEED]))
        np.savez(arguments.folder / f"{name}.npz",
                 **{f"input_{i}": rng.uniform(-1, 1, (SAMPLES, *shape)).astype(np.float32) for i, shape in enumerate(shapes)})


if __name__ == "__main__":
    main()
