"""What the modules of random operators share. Each *_cases.py has one function per operator that adds it, with random
shapes, types and options; all_cases.py imports them all."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model_writer import Writer, draw_any

CASES = {}
F32, I8, U8, I16, I32, I64, BOOL = np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64, np.bool_


def case(function):
    CASES[function.__name__.rstrip("_")] = function
    return function


def build(function, rng):
    writer = Writer()
    function(writer.main, rng)
    return writer


def options(table, **values):
    result = getattr(schema, table + "T")()
    for key, value in values.items():
        assert hasattr(result, key), (table, key)
        setattr(result, key, value)
    return result


def shape_of(rng, least=1, most=4, largest=6):
    return [int(n) for n in rng.integers(1, largest + 1, rng.integers(least, most + 1))]


def pick(rng, *choices):
    return choices[rng.integers(len(choices))]


def quantized(rng, dtype):
    """Scale and zero point for a type, or none for plain numbers."""
    if dtype in (I8, U8):
        limits = np.iinfo(dtype)
        return {"scale": float(rng.uniform(0.003, 0.3)), "zero": int(rng.integers(limits.min, limits.max + 1))}
    if dtype == I16:
        return {"scale": float(rng.uniform(1e-4, 1e-2)), "zero": 0}
    return {}


def finish(graph, *outputs):
    graph.flat.outputs = list(outputs)
