#!/usr/bin/env python3
"""Random one-operator models and what the real runtime's reference kernels answer.

    python3 tests/conformance/random_operators.py <folder> [--seed N] [--count N] [--only NAME]

The conformance test takes them when QUANTSCOPE_GOLDENS names the folder. Cases that the runtime itself refuses
are left out and counted. Needs ai-edge-litert.
"""

import argparse
import collections
import contextlib
import os
import pathlib
import sys

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import all_cases
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def open_interpreter(flat):
    try:
        return Interpreter(model_content=flat, num_threads=1, experimental_preserve_all_tensors=True,
                           experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    except (ValueError, RuntimeError) as error:
        if "Didn't find op" not in str(error) and "nresolved" not in str(error):
            raise
        return Interpreter(model_content=flat, num_threads=1, experimental_preserve_all_tensors=True,
                           experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)


def answer(writer, flat, rng):
    """The arrays of one invocation. Raises where the runtime refuses the model."""
    interpreter = open_interpreter(flat)
    interpreter.allocate_tensors()
    graph = writer.main
    arrays = {}
    for position, index in enumerate(graph.flat.inputs):
        value = np.array(graph.ranges[index](rng), order="C")
        interpreter.set_tensor(index, value)
        arrays[f"input_{position}"] = value
    interpreter.invoke()
    for position, index in enumerate(graph.flat.outputs):
        arrays[f"output_{position}"] = interpreter.get_tensor(index)
    for index in range(len(graph.flat.tensors)):
        with contextlib.suppress(ValueError):
            arrays[f"tensor_{index}"] = interpreter.get_tensor(index)
    return {key: value for key, value in arrays.items() if value.dtype != object}


def make(case, name, number, folder, seed, largest=None):
    """Writes one model and its answer. The reason where the runtime refuses it or it is too large."""
    rng = np.random.Generator(np.random.PCG64([seed, number, *name.encode()]))
    writer = all_cases.build(case, rng)
    flat = writer.bytes()
    if largest and len(flat) > largest:
        return f"{len(flat)} bytes are more than {largest}"
    try:
        arrays = answer(writer, flat, rng)
    except (ValueError, RuntimeError) as error:
        return str(error).splitlines()[0][:150]
    (folder / f"{name}_{number}.tflite").write_bytes(flat)
    np.savez_compressed(folder / f"{name}_{number}.npz", **arrays)
    return ""


def in_child(function):
    """The string that function returns, or what killed it: the runtime aborts on some models."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(send, function().encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive) as pipe:
        reason = pipe.read()
    status = os.waitpid(child, 0)[1]
    return reason if status == 0 else f"the runtime died with status {status}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    made, refused = collections.Counter(), collections.defaultdict(list)
    for name, case in all_cases.CASES.items():
        if arguments.only and arguments.only not in name:
            continue
        for number in range(arguments.count):
            reason = in_child(lambda: make(case, name, number, arguments.folder, arguments.seed))
            if reason:
                refused[name].append(reason)
            else:
                made[name] += 1
    for name, reasons in refused.items():
        print(f"{name}: {made[name]} made, {len(reasons)} refused, for example: {reasons[0]}")
    print(f"{sum(made.values())} models in {arguments.folder}")


if __name__ == "__main__":
    main()
