"""The one-operator models of tests/golden/operators: what each computes and in which modes it is made.

A case is Case(name, operator, inputs, function, modes). `operator` is the builtin operator that the
model must contain in the mode's type; a case whose conversion says otherwise is an error, so that
a golden never tests something else than its name claims.
"""

import dataclasses

import numpy as np
import tensorflow as tf

FLOAT, INT8, INT16, HYBRID, HALF = "float", "int8", "int16", "hybrid", "half"


@dataclasses.dataclass
class Input:
    """Shape, and the range of real values that calibration and the run draw from (or a dtype's integers)."""
    shape: tuple
    low: float = -2.0
    high: float = 2.5
    dtype: type = tf.float32
    strict: bool = False  # never leave the range, for divisors and logarithms


@dataclasses.dataclass
class Case:
    name: str
    operator: str
    inputs: list
    function: object
    modes: tuple


_CASES = []


def case(name, operator, inputs, modes, function):
    _CASES.append(Case(name, operator, inputs, function, modes))


def weights(*shape, scale=0.5):
    """The same numbers for the same shape in every run of the script; channels (last axis) differ in width."""
    rng = np.random.Generator(np.random.PCG64(list(shape)))
    widths = np.linspace(0.4, 1.6, shape[-1])
    return tf.constant((rng.uniform(-scale, scale, shape) * widths).astype(np.float32))


def cases():
    if not _CASES:
        _affine()
        _arithmetic()
        _unary()
        _reductions()
        _movement()
        _selection()
    return list(_CASES)


PICTURE = (1, 7, 6, 3)
WIDE = (2, 5, 4, 8)


def _affine():
    full = (FLOAT, INT8, INT16)
    picture = [Input(PICTURE)]
    case("conv_valid_relu", "CONV_2D", picture, full,
         lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 3, 5), 1, "VALID"), weights(5))))
    case("conv_same_stride2_relu6", "CONV_2D", picture, full,
         lambda x: tf.nn.relu6(tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 3, 4), 2, "SAME"), weights(4))))
    case("conv_dilated", "CONV_2D", picture, full,
         lambda x: tf.nn.bias_add(tf.nn.conv2d(x, weights(2, 3, 3, 3), 1, "SAME", dilations=2), weights(3)))
    case("conv_1x1", "CONV_2D", picture, full, lambda x: tf.nn.conv2d(x, weights(1, 1, 3, 6), 1, "SAME"))
    case("conv_grouped", "CONV_2D", [Input(WIDE)], (FLOAT, INT8),
         lambda x: tf.nn.conv2d(x, weights(3, 3, 4, 6), 1, "SAME"))
    case("conv_batch2", "CONV_2D", [Input(WIDE)], (HYBRID, HALF),
         lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, weights(3, 3, 8, 16), 1, "SAME"), weights(16))))
    case("depthwise_same", "DEPTHWISE_CONV_2D", picture, full,
         lambda x: tf.nn.bias_add(tf.nn.depthwise_conv2d(x, weights(3, 3, 3, 1), [1, 1, 1, 1], "SAME"), weights(3)))
    case("depthwise_stride2_multiplier2", "DEPTHWISE_CONV_2D", picture, full,
         lambda x: tf.nn.relu6(tf.nn.bias_add(
             tf.nn.depthwise_conv2d(x, weights(3, 2, 3, 2), [1, 2, 2, 1], "VALID"), weights(6))))
    case("depthwise_wide", "DEPTHWISE_CONV_2D", [Input((2, 5, 4, 64))], (HYBRID,),
         lambda x: tf.nn.depthwise_conv2d(x, weights(4, 4, 64, 1), [1, 1, 1, 1], "SAME"))
    case("transpose_conv", "TRANSPOSE_CONV", [Input((1, 3, 4, 3))], full,
         lambda x: tf.nn.conv2d_transpose(x, weights(3, 3, 2, 3), [1, 6, 8, 2], 2, "SAME"))
    case("fully_connected_relu", "FULLY_CONNECTED", [Input((3, 20))], full,
         lambda x: tf.nn.relu(tf.matmul(x, weights(20, 7)) + weights(7)))
    case("fully_connected_plain", "FULLY_CONNECTED", [Input((1, 13))], full, lambda x: tf.matmul(x, weights(13, 5)))
    case("fully_connected_wide", "FULLY_CONNECTED", [Input((3, 70))], (HYBRID, HALF),
         lambda x: tf.matmul(x, weights(70, 15)) + weights(15))
    case("batch_matmul", "BATCH_MATMUL", [Input((2, 3, 5)), Input((2, 5, 4), -1, 1)], full,
         lambda a, b: tf.matmul(a, b))
    case("batch_matmul_adjoint", "BATCH_MATMUL", [Input((2, 3, 5)), Input((2, 4, 5), -1, 1)], (FLOAT, INT8),
         lambda a, b: tf.matmul(a, b, transpose_b=True))
    case("embedding_lookup", "GATHER", [Input((4,), 0, 9, tf.int32)], (FLOAT,),
         lambda i: tf.gather(weights(9, 5), i))


def _arithmetic():
    pair = [Input((2, 3, 4)), Input((2, 3, 4), -1.0, 3.0)]
    spread = [Input((2, 3, 4)), Input((4,), -1.0, 3.0)]
    for name, operator, function, modes in [
            ("add", "ADD", tf.add, (FLOAT, INT8, INT16)),
            ("sub", "SUB", tf.subtract, (FLOAT, INT8, INT16)),
            ("mul", "MUL", tf.multiply, (FLOAT, INT8, INT16)),
            ("maximum", "MAXIMUM", tf.maximum, (FLOAT, INT8, INT16)),
            ("minimum", "MINIMUM", tf.minimum, (FLOAT, INT8, INT16)),
            ("squared_difference", "SQUARED_DIFFERENCE", tf.math.squared_difference, (FLOAT, INT8))]:
        case(name, operator, pair, modes, function)
        case(name + "_broadcast", operator, spread, modes, function)
    case("add_relu", "ADD", pair, (FLOAT, INT8), lambda a, b: tf.nn.relu(a + b))
    case("add_constant", "ADD", pair[:1], (FLOAT, INT8, INT16), lambda a: a + weights(4))
    case("mul_constant", "MUL", pair[:1], (FLOAT, INT8, INT16), lambda a: a * weights(3, 1))
    case("mul_relu6", "MUL", pair, (FLOAT, INT8), lambda a, b: tf.nn.relu6(a * b))
    case("div", "DIV", [pair[0], Input((2, 3, 4), 0.5, 3.0, strict=True)], (FLOAT,), tf.divide)
    case("pow", "POW", [Input((2, 6), 0.1, 3.0, strict=True), Input((2, 6))], (FLOAT,), tf.pow)
    case("floor_div", "FLOOR_DIV", [pair[0], Input((2, 3, 4), 0.5, 3.0, strict=True)], (FLOAT,), tf.math.floordiv)
    case("floor_mod", "FLOOR_MOD", [pair[0], Input((2, 3, 4), 0.5, 3.0, strict=True)], (FLOAT,), tf.math.floormod)
    integers = [Input((2, 5), -9, 9, tf.int32), Input((2, 5), 1, 7, tf.int32)]
    case("add_int32", "ADD", integers, (FLOAT,), tf.add)
    case("mul_int32", "MUL", integers, (FLOAT,), tf.multiply)
    case("floor_div_int32", "FLOOR_DIV", integers, (FLOAT,), tf.math.floordiv)
    case("floor_mod_int32", "FLOOR_MOD", integers, (FLOAT,), tf.math.floormod)
    for name, function in [("equal", tf.equal), ("less", tf.less), ("less_equal", tf.less_equal),
                           ("greater", tf.greater), ("greater_equal", tf.greater_equal)]:
        case(name, name.upper(), pair, (FLOAT, INT8), function)
    case("not_equal", "NOT_EQUAL", pair, (FLOAT,), tf.not_equal)
    bools = [Input((2, 5), 0, 2, tf.bool), Input((2, 5), 0, 2, tf.bool)]
    case("logical_and", "LOGICAL_AND", bools, (FLOAT,), tf.logical_and)
    case("logical_or", "LOGICAL_OR", bools, (FLOAT,), tf.logical_or)
    case("logical_not", "LOGICAL_NOT", bools[:1], (FLOAT,), tf.logical_not)


def _unary():
    plain, positive = [Input((2, 3, 9), -4.0, 4.5)], [Input((2, 27), 0.05, 4.0, strict=True)]
    for name, function, modes in [
            ("abs", tf.abs, (FLOAT, INT8, INT16)), ("neg", tf.negative, (FLOAT,)), ("square", tf.square, (FLOAT,)),
            ("exp", tf.exp, (FLOAT, INT8)), ("sin", tf.sin, (FLOAT,)), ("cos", tf.cos, (FLOAT,)),
            ("floor", tf.floor, (FLOAT,)), ("ceil", tf.math.ceil, (FLOAT,)), ("round", tf.round, (FLOAT,)),
            ("tanh", tf.tanh, (FLOAT, INT8, INT16)), ("logistic", tf.sigmoid, (FLOAT, INT8, INT16)),
            ("relu", tf.nn.relu, (FLOAT, INT8, INT16)), ("relu6", tf.nn.relu6, (FLOAT, INT8, INT16)),
            ("gelu", tf.nn.gelu, (FLOAT, INT8)),
            ("softmax", tf.nn.softmax, (FLOAT, INT8, INT16)), ("log_softmax", tf.nn.log_softmax, (FLOAT, INT8)),
            ("leaky_relu", lambda x: tf.nn.leaky_relu(x, 0.3), (FLOAT, INT8, INT16))]:
        case(name, name.upper(), plain, modes, function)
    for name, function, modes in [("sqrt", tf.sqrt, (FLOAT, INT8)), ("rsqrt", tf.math.rsqrt, (FLOAT, INT8)),
                                  ("log", tf.math.log, (FLOAT, INT8))]:
        case(name, name.upper(), positive, modes, function)
    case("relu_n1_to_1", "RELU_N1_TO_1", plain, (FLOAT, INT8), lambda x: tf.minimum(tf.maximum(x, -1.0), 1.0))
    case("hard_swish", "HARD_SWISH", plain, (FLOAT, INT8), lambda x: x * tf.nn.relu6(x + 3) * (1 / 6))
    case("prelu", "PRELU", [Input((1, 4, 3, 5))], (FLOAT, INT8),
         lambda x: tf.nn.relu(x) + (-weights(1, 1, 5)) * tf.nn.relu(-x))
    case("l2_normalization", "L2_NORMALIZATION", [Input((3, 8))], (FLOAT, INT8), lambda x: tf.math.l2_normalize(x, -1))
    case("local_response", "LOCAL_RESPONSE_NORMALIZATION", [Input(WIDE)], (FLOAT,),
         lambda x: tf.nn.local_response_normalization(x, 2, 1.0, 0.5, 0.75))
    case("cast_to_int32", "CAST", [Input((2, 6), -9, 9)], (FLOAT,), lambda x: tf.cast(x, tf.int32))
    case("cast_to_float", "CAST", [Input((2, 6), -9, 9, tf.int32)], (FLOAT,), lambda x: tf.cast(x, tf.float32))


def _reductions():
    picture, full = [Input((2, 5, 4, 6))], (FLOAT, INT8, INT16)
    case("average_pool_valid", "AVERAGE_POOL_2D", picture, full, lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"))
    case("average_pool_same", "AVERAGE_POOL_2D", picture, full, lambda x: tf.nn.avg_pool2d(x, 3, 1, "SAME"))
    case("max_pool_valid", "MAX_POOL_2D", picture, full, lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"))
    case("max_pool_same", "MAX_POOL_2D", picture, full, lambda x: tf.nn.max_pool2d(x, 3, 2, "SAME"))
    case("mean_global", "MEAN", picture, full, lambda x: tf.reduce_mean(x, [1, 2]))
    case("mean_last_kept", "MEAN", picture, full, lambda x: tf.reduce_mean(x, -1, keepdims=True))
    # The runtime's reference kernel computes integer SUM wrongly: float only.
    case("sum", "SUM", picture, (FLOAT,), lambda x: tf.reduce_sum(x, [1, 3]))
    case("reduce_max", "REDUCE_MAX", picture, (FLOAT, INT8, INT16), lambda x: tf.reduce_max(x, [1, 2]))
    case("reduce_min", "REDUCE_MIN", picture, (FLOAT, INT8, INT16), lambda x: tf.reduce_min(x, -1))
    case("reduce_prod", "REDUCE_PROD", [Input((2, 3), 0.5, 1.5)], (FLOAT,), lambda x: tf.reduce_prod(x, 1))
    case("reduce_any", "REDUCE_ANY", [Input((3, 4), 0, 2, tf.bool)], (FLOAT,), lambda x: tf.reduce_any(x, 1))
    case("cumsum", "CUMSUM", [Input((3, 4))], (FLOAT,), lambda x: tf.cumsum(x, 1, exclusive=True, reverse=True))
    case("arg_max", "ARG_MAX", [Input((3, 7))], (FLOAT, INT8), lambda x: tf.argmax(x, 1, tf.int32))
    case("arg_min", "ARG_MIN", [Input((3, 7))], (FLOAT, INT8), lambda x: tf.argmin(x, 1, tf.int32))


def _movement():
    cube, full = [Input((2, 4, 3, 5))], (FLOAT, INT8, INT16)
    case("reshape", "RESHAPE", cube, full, lambda x: tf.reshape(x, [4, 30]))
    case("transpose", "TRANSPOSE", cube, full, lambda x: tf.transpose(x, [0, 3, 1, 2]))
    case("pad", "PAD", cube, full, lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]))
    case("padv2", "PADV2", cube, (FLOAT, INT8), lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]], constant_values=1.5))
    case("mirror_pad", "MIRROR_PAD", cube, (FLOAT, INT8), lambda x: tf.pad(x, [[0, 0], [2, 1], [1, 1], [0, 0]], "REFLECT"))
    case("slice", "SLICE", cube, full, lambda x: tf.slice(x, [0, 1, 0, 2], [2, 2, 3, 2]))
    case("strided_slice", "STRIDED_SLICE", cube, full, lambda x: x[:, 3:0:-2, 1, 1:])
    case("split", "SPLIT", cube, (FLOAT, INT8, INT16), lambda x: tf.split(x, 2, 1))
    case("split_v", "SPLIT_V", cube, (FLOAT, INT8), lambda x: tf.split(x, [1, 3, 1], 3))
    parts = [Input((2, 3, 2)), Input((2, 3, 4), -1, 4)]
    case("concatenation", "CONCATENATION", parts, full, lambda a, b: tf.concat([a, b], -1))
    case("concatenation_middle", "CONCATENATION", [Input((2, 3, 2)), Input((2, 1, 2))], full,
         lambda a, b: tf.concat([a, b], 1))
    case("pack", "PACK", [Input((2, 3)), Input((2, 3))], full, lambda a, b: tf.stack([a, b], 1))
    case("unpack", "UNPACK", [Input((2, 3, 4))], full, lambda x: tf.unstack(x, axis=1))
    case("tile", "TILE", [Input((2, 3))], (FLOAT, INT8), lambda x: tf.tile(x, [2, 3]))
    case("broadcast_to", "BROADCAST_TO", [Input((2, 1, 3))], (FLOAT, INT8), lambda x: tf.broadcast_to(x, [4, 2, 5, 3]))
    case("reverse_v2", "REVERSE_V2", [Input((2, 3, 4))], (FLOAT,), lambda x: tf.reverse(x, [1]))
    case("gather", "GATHER", [Input((5, 4)), Input((3,), 0, 5, tf.int32)], (FLOAT, INT8), lambda x, i: tf.gather(x, i))
    case("gather_nd", "GATHER_ND", [Input((3, 4))], (FLOAT, INT8), lambda x: tf.gather_nd(x, [[0, 3], [2, 1]]))
    case("space_to_depth", "SPACE_TO_DEPTH", [Input((1, 4, 6, 3))], (FLOAT, INT8), lambda x: tf.nn.space_to_depth(x, 2))
    case("depth_to_space", "DEPTH_TO_SPACE", [Input((1, 2, 3, 8))], (FLOAT, INT8), lambda x: tf.nn.depth_to_space(x, 2))
    case("space_to_batch_nd", "SPACE_TO_BATCH_ND", [Input((1, 4, 5, 2))], (FLOAT, INT8),
         lambda x: tf.space_to_batch_nd(x, [2, 2], [[0, 0], [1, 0]]))
    case("batch_to_space_nd", "BATCH_TO_SPACE_ND", [Input((4, 2, 3, 2))], (FLOAT, INT8),
         lambda x: tf.batch_to_space(x, [2, 2], [[0, 0], [1, 0]]))
    resize = tf.compat.v1.image
    case("resize_bilinear_half_pixel", "RESIZE_BILINEAR", [Input(PICTURE)], full, lambda x: tf.image.resize(x, [10, 4]))
    case("resize_bilinear_corners", "RESIZE_BILINEAR", [Input(PICTURE)], (FLOAT, INT8),
         lambda x: resize.resize_bilinear(x, [11, 9], align_corners=True))
    case("resize_nearest", "RESIZE_NEAREST_NEIGHBOR", [Input(PICTURE)], full,
         lambda x: tf.image.resize(x, [10, 4], "nearest"))


def _selection():
    condition = Input((2, 4), 0, 2, tf.bool)
    case("select", "SELECT", [condition, Input((2, 4)), Input((2, 4), -1, 1)], (FLOAT,),
         lambda c, a, b: tf.raw_ops.Select(condition=c, x=a, y=b))
    case("select_v2", "SELECT_V2", [condition, Input((3, 2, 4)), Input((4,), -1, 1)], (FLOAT, INT8), tf.where)
    case("where", "WHERE", [Input((3, 4), 0, 2, tf.bool)], (FLOAT,), tf.where)
    case("topk_v2", "TOPK_V2", [Input((2, 9))], (FLOAT, INT8), lambda x: tf.math.top_k(x, 3))
    case("one_hot", "ONE_HOT", [Input((5,), 0, 4, tf.int32)], (FLOAT,), lambda i: tf.one_hot(i, 4, 2.0, -1.0))
    case("scatter_nd", "SCATTER_ND", [Input((2, 3))], (FLOAT,), lambda u: tf.scatter_nd([[3], [1]], u, [4, 3]))
    case("fill", "FILL", [Input((), 0.5, 1.5)], (FLOAT,), lambda v: tf.fill([2, 3], v))
    case("range", "RANGE", [Input((), 3, 9, tf.int32)], (FLOAT,), lambda n: tf.range(0, n, 2))
