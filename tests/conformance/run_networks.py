#!/usr/bin/env python3
"""Runs models on our interpreter and on the real one's reference kernels and compares every tensor that both keep.

    python3 tests/conformance/run_networks.py <folder> --cli build/release/bin/quantscope-cli [--only NAME]

Every <name>.tflite and <name>.<variant>.tflite of the folder, with the first samples of <name>.npz. Integers must be equal, floats
within 1e-5 of the largest of their tensor. Rounding to integers turns a last bit of a float into a step, so where tensors before one
differ in floats a step is told as "follows". What the runtime itself refuses is counted. With --goldens FOLDER the runtime's tensors
are kept, for test_conformance to compare each operator alone (QUANTSCOPE_GOLDENS). Needs ai-edge-litert.
"""

import argparse
import contextlib
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from quantize_networks import in_child, resize, to_type


def open_interpreter(path):
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            return Interpreter(str(path), num_threads=1, experimental_preserve_all_tensors=True,
                               experimental_op_resolver_type=resolver), resolver.name
        except (ValueError, RuntimeError) as error:
            if "Didn't find op" not in str(error) and "nresolved" not in str(error):
                raise
    raise RuntimeError("no resolver knows its operators")


def answer(path, sample):
    """Inputs, outputs and tensors of one invocation of the real runtime."""
    interpreter, kernels = open_interpreter(path)
    resize(interpreter, sample)
    arrays = {}
    for k, (detail, value) in enumerate(zip(interpreter.get_input_details(), sample)):
        arrays[f"input_{k}"] = np.array(to_type(value, detail), order="C")
        interpreter.set_tensor(detail["index"], arrays[f"input_{k}"])
    interpreter.invoke()
    for k, detail in enumerate(interpreter.get_output_details()):
        arrays[f"output_{k}"] = np.array(interpreter.get_tensor(detail["index"]))
    for detail in interpreter.get_tensor_details():
        with contextlib.suppress(ValueError):
            arrays[f"tensor_{detail['index']}"] = np.array(interpreter.get_tensor(detail["index"]))
    return {k: v for k, v in arrays.items() if v.dtype != object}, kernels


def unread(path):
    """Results that nothing reads: the runtime leaves those of WHILE as they happen to be."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(path.read_bytes()))
    graph = model.subgraphs[0]
    read = {int(t) for op in graph.operators for t in op.inputs if t >= 0} | {int(t) for t in graph.outputs}
    return {f"tensor_{t}" for op in graph.operators for t in op.outputs if int(t) not in read}


def compare(ours, real):
    """Complaints, how many tensors were compared, and how many were equal in every bit."""
    bad, compared, equal, floats_differ = [], 0, 0, False
    keys = sorted((k for k in real if not k.startswith("input_")), key=lambda k: (k[0] != "o", int(k.split("_")[1])))
    for key in keys:
        if key not in ours:
            if key.startswith("output_"):
                bad.append(f"{key} is missing")
            continue
        m, t = ours[key], real[key]
        compared += 1
        if m.dtype != t.dtype or m.shape != t.shape:
            bad.append(f"{key} is {m.dtype} {m.shape}, the runtime's {t.dtype} {t.shape}")
        elif np.array_equal(m, t, equal_nan=m.dtype.kind in "fc"):
            equal += 1
        elif m.dtype.kind in "fc":
            floats_differ = True
            scale = np.nanmax(np.abs(np.where(np.isfinite(t), t, 0))) if t.size else 0
            same = (m == t) | (np.isnan(m) & np.isnan(t))
            off = np.max(np.where(same, 0, np.abs(m.astype(np.complex128) - t)))
            if not off <= 1e-5 * scale:
                bad.append(f"{key} differs by {off:.3g} of {scale:.3g}")
        else:
            steps = np.max(np.abs(m.astype(np.int64) - t.astype(np.int64)))
            bad.append(f"{key}: {np.count_nonzero(m != t)} of {m.size} codes differ, by up to {steps}")
    return bad, compared, equal, floats_differ


def check(cli, path, samples, count, goldens):
    lines, compared, equal, skipped = [], 0, 0, unread(path)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for n in range(count):
            sample = [s[n] for s in samples]
            try:
                real, kernels = answer(path, sample)
            except (ValueError, RuntimeError) as error:
                refusal = subprocess.run([cli, "run", path, "--quiet"], capture_output=True, text=True)
                return ["the runtime refuses: " + str(error).strip().splitlines()[0][:140], "ours: " + (
                    refusal.stderr.strip()[:200] or "runs")], [], 0, 0
            if goldens and kernels == "BUILTIN_REF" and n == 0:
                (goldens / path.name).write_bytes(path.read_bytes())
                np.savez_compressed(goldens / f"{path.stem}.npz", **real)
            np.savez(folder / "in.npz", **{k: v for k, v in real.items() if k.startswith("input_")})
            made = subprocess.run([cli, "run", path, "--inputs", folder / "in.npz", "--outputs", folder / "out.npz", "--force",
                                   "--all-tensors", "--kernels", "reference", "--quiet"], capture_output=True, text=True)
            if made.returncode != 0:
                return [], ["our interpreter: " + made.stderr.strip()[:250]], compared, equal
            with np.load(folder / "out.npz") as out:
                bad, c, e, floats_differ = compare({k: out[k] for k in out.files}, {k: v for k, v in real.items() if k not in skipped})
            compared, equal = compared + c, equal + e
            note = "" if kernels == "BUILTIN_REF" else " (optimized kernels)"
            if bad and (kernels == "BUILTIN_REF"):
                follows = floats_differ and not any("is" in b.split()[1:2] for b in bad)
                return [], [("may follow from floats: " if follows else "") + f"{len(bad)} of {c}: {bad[0]}; {bad[-1]}"], compared, equal
            lines += [b + note for b in bad[:1]]
    return lines, [], compared, equal


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--count", type=int, default=1, help="samples of each")
    parser.add_argument("--goldens", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.goldens:
        arguments.goldens.mkdir(parents=True, exist_ok=True)
    totals = dict(models=0, failed=0, refused=0, compared=0, equal=0)
    for path in sorted(arguments.folder.glob("*.tflite")):
        data = path.with_name(path.name.split(".")[0] + ".npz")
        if arguments.only not in path.name or not data.exists():
            continue
        with np.load(data) as arrays:
            samples = [arrays[f"input_{k}"] for k in range(len(arrays.files))]
        found = in_child(lambda: check(arguments.cli, path, samples, arguments.count, arguments.goldens))
        lines, bad, compared, equal = found if len(found) == 4 else ([], found[1], 0, 0)
        totals["models"] += 1
        totals["failed"] += bool(bad)
        totals["refused"] += bool(lines) and lines[0].startswith("the runtime refuses")
        totals["compared"] += compared
        totals["equal"] += equal
        for line in lines:
            print(f"{path.stem}: {line}", flush=True)
        for complaint in bad:
            print(f"{path.stem}: FAILED: {complaint}", flush=True)
    print(", ".join(f"{value} {key}" for key, value in totals.items()))
    return 1 if totals["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
