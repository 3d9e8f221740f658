"""Random operators in forms that the reference kernels compute wrongly."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from code_cases import CLAMPS, F16
from random_cases import BOOL, F32, I8, I16, I32, U8, case, finish, options, pick, quantized, shape_of


@case
def defect_local_response_normalization(g, rng):
    shape = shape_of(rng, 4, 4, 8)
    y = g.tensor(shape)
    g.op("LOCAL_RESPONSE_NORMALIZATION", [g.input(shape)], [y],
         options("LocalResponseNormalizationOptions", radius=int(rng.integers(0, 4)), bias=float(rng.uniform(0.5, 2)),
                 alpha=float(rng.uniform(0, 1)), beta=float(rng.uniform(0.2, 1))))
    finish(g, y)


@case
def defect_sum(g, rng):
    """SUM of int8, which the reference kernels take for uint8."""
    dtype = I8  # of int16 only half of each result is written
    shape = shape_of(rng, 2, 3)
    y = g.tensor(shape[:-1], dtype, **quantized(rng, dtype))
    g.op("SUM", [g.input(shape, dtype, **quantized(rng, dtype)), g.constant(np.array([len(shape) - 1], I32))], [y],
         options("ReducerOptions"), version=2)
    finish(g, y)


@case
def defect_fully_connected_lowest(g, rng):
    """Dynamic-range weights of -128."""
    depth, units, rows = int(rng.integers(16, 80)), int(rng.integers(1, 9)), int(rng.integers(1, 4))
    y = g.tensor([rows, units])
    g.op("FULLY_CONNECTED", [g.input([rows, depth]), g.constant(rng.integers(-128, -120, (units, depth)).astype(I8), scale=0.01), -1], [y],
         options("FullyConnectedOptions", asymmetricQuantizeInputs=bool(rng.integers(2))), version=9)
    finish(g, y)


@case
def defect_conv_2d_lowest(g, rng):
    """Dynamic-range weights of -128 with one scale."""
    cin, cout = int(rng.integers(4, 24)), int(rng.integers(1, 9))
    y = g.tensor([1, 4, 4, cout])
    g.op("CONV_2D", [g.input([1, 4, 4, cin]), g.constant(rng.integers(-128, -120, (cout, 2, 2, cin)).astype(I8), scale=0.01),
                     g.constant(np.zeros(cout, F32))], [y], options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1), version=5)
    finish(g, y)


@case
def defect_fully_connected_blockwise(g, rng):
    """int4 weights with scales per block, which the reference kernels ignore."""
    block = 32
    blocks, units, rows = int(rng.integers(1, 4)), int(rng.integers(4, 12)), int(rng.integers(1, 4))
    depth = block * blocks
    scales = g.constant(rng.uniform(0.01, 0.1, (units, blocks)).astype(F16))
    w = g.int4(rng.integers(-7, 8, (units, depth)))
    quantization = schema.QuantizationParametersT()
    quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    quantization.details = schema.BlockwiseQuantizationT()
    quantization.details.scales, quantization.details.zeroPoints, quantization.details.blockSize = scales, -1, block
    g.flat.tensors[w].quantization = quantization
    y = g.tensor([rows, units])
    bias = g.constant(rng.normal(0, 1, units).astype(F32))
    g.op("FULLY_CONNECTED", [g.input([rows, depth]), w, bias], [y], options("FullyConnectedOptions"), version=13)
    finish(g, y)


@case
def defect_less(g, rng):
    """int16 of different scales, of which the codes are compared."""
    shape = shape_of(rng)
    y = g.tensor(shape, BOOL)
    g.op(pick(rng, "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"),
         [g.input(shape, I16, **quantized(rng, I16)), g.input(shape, I16, **quantized(rng, I16))], [y], version=2)
    finish(g, y)


@case
def defect_div(g, rng):
    """Tiny quotients of uint8."""
    shape = shape_of(rng, 1, 3, 8)
    y = g.tensor(shape, U8, scale=float(rng.uniform(0.005, 0.5)), zero=int(rng.integers(0, 256)))
    divisor_zero = int(rng.integers(0, 100))
    g.op("DIV", [g.input(shape, U8, scale=float(rng.uniform(0.01, 0.1)), zero=int(rng.integers(0, 256))),
                 g.input(shape, U8, lambda r: r.integers(divisor_zero + 1, 256, shape).astype(U8), scale=float(rng.uniform(0.01, 0.1)), zero=divisor_zero)],
         [y], options("DivOptions", fusedActivationFunction=pick(rng, *CLAMPS)), version=2)
    finish(g, y)


@case
def defect_batch_matmul_columns(g, rng):
    """A second matrix with one scale per column."""
    m, k, n = (int(v) for v in rng.integers(1, 12, 3))
    x = g.input([m, k], I16, scale=1e-3)
    w = g.constant(rng.integers(-127, 128, (n, k)).astype(I8), scale=rng.uniform(0.01, 0.05, n), axis=0)
    y = g.tensor([m, n], I16, scale=2e-2)
    g.op("BATCH_MATMUL", [x, w], [y], options("BatchMatMulOptions", adjY=True), version=4)
    finish(g, y)


@case
def defect_batch_matmul_leading(g, rng):
    """Float matrices of several leading dimensions, of which most are scaled by another row's scale."""
    lead = [int(n) for n in rng.integers(2, 4, int(rng.integers(2, 4)))]
    m, k, n = (int(v) for v in rng.integers(1, 12, 3))
    a_lead = [d if i == 0 or rng.random() < 0.7 else 1 for i, d in enumerate(lead)]
    b_lead = lead[int(rng.integers(len(lead))):]
    out = list(np.broadcast_shapes(tuple(a_lead), tuple(b_lead)))
    adj = bool(rng.integers(2))
    w = g.constant(rng.integers(-127, 128, [*b_lead, *([n, k] if adj else [k, n])]).astype(I8), scale=0.02)
    y = g.tensor([*out, m, n])
    g.op("BATCH_MATMUL", [g.input([*a_lead, m, k]), w], [y],
         options("BatchMatMulOptions", adjY=adj, asymmetricQuantizeInputs=bool(rng.integers(2))), version=4)
    finish(g, y)


@case
def defect_div_int16(g, rng):
    """Tiny quotients, which the reference kernels shift by more than a number is wide."""
    shape = shape_of(rng, 1, 3)
    def divisors(r):
        return r.integers(1, 32768, shape).astype(I16) * np.where(r.random(shape) < 0.5, -1, 1).astype(I16)
    a, b = g.input(shape, I16, **quantized(rng, I16)), g.input(shape, I16, divisors, **quantized(rng, I16))
    y = g.tensor(shape, I16, scale=float(rng.uniform(1e-4, 1e-2)), zero=0)
    g.op("DIV", [a, b], [y], options("DivOptions", fusedActivationFunction=0), version=2)
    finish(g, y)
