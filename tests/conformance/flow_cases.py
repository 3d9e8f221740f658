"""Random control flow, variables and composites."""

import numpy as np
from model_writer import draw_any
from random_cases import BOOL, F32, I32, case, finish, options, shape_of


def subgraph(g, rng, shape, dtype, name, constant):
    """y = name(x, constant) as a subgraph; returns its number."""
    inner = g.writer.graph()
    x, y = inner.input(shape, dtype), inner.tensor(shape, dtype)
    inner.op(name, [x, inner.constant(np.array(constant, dtype))], [y])
    inner.flat.outputs = [y]
    return len(g.writer.graphs) - 1


@case
def if_(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    branches = [subgraph(g, rng, shape, F32, name, float(rng.normal())) for name in ("MAXIMUM", "MINIMUM")]
    g.op("IF", [g.input([1], BOOL), g.input(shape)], [y],
         options("IfOptions", thenSubgraphIndex=branches[0], elseSubgraphIndex=branches[1]))
    finish(g, y)


@case
def if_shapes_differ(g, rng):
    shape = shape_of(rng, 1, 3)
    y, z = g.tensor(shape), g.tensor([1])
    branches = []
    for axis in (0, 1):
        inner = g.writer.graph()
        x, w = inner.input(shape), inner.tensor([1])
        inner.op("EXPAND_DIMS", [x, inner.constant(I32(axis))], [w])
        inner.flat.outputs = [w]
        branches.append(len(g.writer.graphs) - 1)
    g.op("IF", [g.input([], BOOL), g.input(shape)], [y],
         options("IfOptions", thenSubgraphIndex=branches[0], elseSubgraphIndex=branches[1]))
    g.op("FLOOR", [y], [z])
    finish(g, y, z)


def loop(g, rng, body):
    """while (i < n) (i, x) = (i + 1, body(x)); the counter counts by FLOOR_DIV free arithmetic: MAXIMUM of shifts."""
    limit = int(rng.integers(0, 5))
    condition = g.writer.graph()
    c = condition.input([], I32)
    x_shape, y_shape = body["in"], body["out"]
    condition.input(x_shape)
    result = condition.tensor([], BOOL)
    condition.op("LESS", [c, condition.constant(I32(limit))], [result])
    condition.flat.outputs = [result]
    inner = g.writer.graph()
    i, x = inner.input([], I32), inner.input(x_shape)
    counter, y = inner.tensor([], I32), inner.tensor(y_shape)
    inner.op("ADD", [i, inner.constant(I32(1))], [counter], options("AddOptions"))
    body["add"](inner, x, y)
    inner.flat.outputs = [counter, y]
    out = [g.tensor([], I32), g.tensor(x_shape)]
    g.op("WHILE", [g.constant(I32(0)), g.input(x_shape)], out,
         options("WhileOptions", condSubgraphIndex=len(g.writer.graphs) - 2, bodySubgraphIndex=len(g.writer.graphs) - 1))
    return out


@case
def while_(g, rng):
    shape = shape_of(rng)

    def add(inner, x, y):
        inner.op("CUMSUM", [x, inner.constant(I32(0))], [y], options("CumsumOptions"))
    finish(g, *loop(g, rng, {"in": shape, "out": shape, "add": add}))


@case
def while_growing(g, rng):
    shape = shape_of(rng, 1, 2)

    def add(inner, x, y):
        inner.op("CONCATENATION", [x, x], [y], options("ConcatenationOptions", axis=0))
    out = loop(g, rng, {"in": shape, "out": shape, "add": add})
    z = g.tensor([1])
    g.op("FLOOR", [out[1]], [z])
    finish(g, *out, z)


@case
def variables(g, rng):
    shape = shape_of(rng, 1, 3)

    def handle(graph):
        variable = graph.tensor([], "resource")
        graph.op("VAR_HANDLE", [], [variable], options("VarHandleOptions", container="c", sharedName="v"))
        return variable
    start = g.writer.graph()
    start.op("ASSIGN_VARIABLE", [handle(start), start.constant(draw_any(rng, shape, F32))], [])
    g.op("CALL_ONCE", [], [], options("CallOnceOptions", initSubgraphIndex=1))
    variable, before, sum_, after = handle(g), g.tensor(shape), g.tensor(shape), g.tensor(shape)
    g.op("READ_VARIABLE", [variable], [before])
    g.op("MAXIMUM", [before, g.input(shape)], [sum_])
    g.op("ASSIGN_VARIABLE", [variable, sum_], [])
    g.op("READ_VARIABLE", [variable], [after])
    finish(g, before, after)


@case
def composite(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    inner = subgraph(g, rng, shape, F32, "MAXIMUM", 0.0)
    g.op("STABLEHLO_COMPOSITE", [g.input(shape)], [y],
         options2=options("StableHLOCompositeOptions", name="test.relu", compositeAttributes=[], decompositionSubgraphIndex=inner))
    finish(g, y)


@case
def case_(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    branches = [subgraph(g, rng, shape, F32, name, float(rng.normal())) for name in ("MAXIMUM", "MINIMUM", "MAXIMUM")]
    g.op("STABLEHLO_CASE", [g.input([], I32, lambda r: np.array(r.integers(0, 3), I32)), g.input(shape)], [y],
         options2=options("StablehloCaseOptions", branchSubgraphIndices=branches))
    finish(g, y)
