"""Random operators of StableHLO, and their relatives."""

import numpy as np
from model_writer import draw_any
from random_cases import F32, I8, I16, I32, I64, U8, case, finish, options, pick, shape_of


@case
def stablehlo_elementwise(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("STABLEHLO_" + pick(rng, "ADD", "MULTIPLY", "MAXIMUM", "MINIMUM"), [g.input(shape, dtype), g.input(shape, dtype)], [y])
    finish(g, y)


@case
def stablehlo_pad(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4, 5)
    y = g.tensor([1], dtype)
    numbers = lambda low, high: [int(n) for n in rng.integers(low, high, len(shape))]
    g.op("STABLEHLO_PAD", [g.input(shape, dtype), g.constant(draw_any(rng, [], dtype))], [y],
         options2=options("StablehloPadOptions", edgePaddingLow=numbers(0, 3), edgePaddingHigh=numbers(0, 3), interiorPadding=numbers(0, 3)))
    finish(g, y)


@case
def dilate(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4, 4)
    y = g.tensor([1], dtype)
    g.op("DILATE", [g.input(shape, dtype), g.constant(rng.integers(1, 4, len(shape)).astype(I32)), g.constant(draw_any(rng, [], dtype))], [y],
         options2=options("DilateOptions"))
    finish(g, y)


@case
def reduce_window(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = [n + 2 for n in shape_of(rng, 1, 3, 4)]
    numbers = lambda high: g.constant(rng.integers(1, high, len(shape)).astype(I64))
    y = g.tensor([1], dtype)
    g.op("REDUCE_WINDOW", [g.input(shape, dtype), g.constant(draw_any(rng, [], dtype)), numbers(4), numbers(3), numbers(2)], [y],
         options2=options("ReduceWindowOptions", reduceFunction=int(rng.integers(1, 5))))
    finish(g, y)


@case
def stablehlo_gather(g, rng):
    dtype, itype = pick(rng, F32, I8, I16, I32, I64), pick(rng, I32, I64)
    shape = shape_of(rng, 1, 4, 6)
    rank = len(shape)
    slices = [int(rng.integers(1, n + 1)) for n in shape]
    collapsed = [d for d in range(rank) if slices[d] == 1 and rng.random() < 0.6]
    starts = [int(d) for d in rng.permutation(rank)[:rng.integers(1, rank + 1)]]
    lead = shape_of(rng, 0, 2, 4)
    result_rank = len(lead) + rank - len(collapsed)
    offsets = sorted(int(d) for d in rng.permutation(result_rank)[:rank - len(collapsed)])
    vector = int(rng.integers(len(lead) + 1))
    index_shape = lead[:vector] + [len(starts)] + lead[vector:]
    y = g.tensor([1] * result_rank, dtype)
    g.op("STABLEHLO_GATHER", [g.input(shape, dtype), g.input(index_shape, itype, lambda r: r.integers(-2, 7, index_shape).astype(itype))], [y],
         options2=options("StablehloGatherOptions", offsetDims=offsets, collapsedSliceDims=collapsed, startIndexMap=starts,
                          indexVectorDim=vector, sliceSizes=slices))
    finish(g, y)
