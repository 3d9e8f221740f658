#!/usr/bin/env python3
"""Copies every model of some folders and holds the copy to the original: nothing may differ field by field, and the real
runtime must give the same bytes for the same random inputs.

    python3 tests/conformance/copies.py <quantscope-cli> <folder or model>...

Needs ai-edge-litert. Models that the runtime itself refuses are compared field by field only, and counted.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from ai_edge_litert.interpreter import Interpreter, OpResolverType


def outputs(path):
    """Raw outputs for seeded random inputs, or why there are none."""
    try:
        interpreter = Interpreter(str(path), num_threads=1,
                                  experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
        for detail in interpreter.get_input_details():
            if -1 in detail["shape_signature"]:
                interpreter.resize_tensor_input(detail["index"], [2 if d == -1 else d for d in detail["shape_signature"]])
        interpreter.allocate_tensors()
        rng = np.random.default_rng(1)
        for detail in interpreter.get_input_details():
            shape, dtype = interpreter.get_tensor(detail["index"]).shape, detail["dtype"]
            if np.issubdtype(dtype, np.floating):
                value = rng.standard_normal(shape).astype(dtype)
            elif dtype == np.bool_:
                value = rng.integers(0, 2, shape).astype(dtype)
            else:
                low, high = (0, 2) if np.dtype(dtype).itemsize > 2 else (np.iinfo(dtype).min, np.iinfo(dtype).max)
                value = rng.integers(low, high, shape).astype(dtype)
            interpreter.set_tensor(detail["index"], value)
        interpreter.invoke()
        return [interpreter.get_tensor(d["index"]).tobytes() for d in interpreter.get_output_details()], None
    except (RuntimeError, ValueError, TypeError) as error:
        return None, str(error).strip().splitlines()[0]


def main():
    cli, places = sys.argv[1], [pathlib.Path(p) for p in sys.argv[2:]]
    models = sorted(m for p in places for m in ([p] if p.is_file() else p.rglob("*.tflite")))
    bad, executed, refused = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "copy.tflite"
        for model in models:
            subprocess.run([cli, "--quiet", "copy", model, "-o", copy, "--force"], check=True, stdout=subprocess.DEVNULL)
            diff = json.loads(subprocess.run([cli, "--json", "diff", "--exact", model, copy], check=True,
                                             capture_output=True).stdout)
            if not diff["equal"]:
                bad.append(f"{model}: {diff['differences'][:3]}")
            before, why = outputs(model)
            after, why_after = outputs(copy)
            if before is None:
                refused += 1
                if why != why_after:
                    bad.append(f"{model}: the runtime says '{why}' before and '{why_after}' after")
            elif before != after:
                bad.append(f"{model}: other outputs")
            else:
                executed += 1
    print(f"{len(models)} models copied, {executed} with the same outputs, {refused} that the runtime refuses, {len(bad)} bad")
    for line in bad:
        print(line)
    return 1 if bad or not models else 0


sys.exit(main())
