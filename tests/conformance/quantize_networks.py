#!/usr/bin/env python3
"""Quantizes float models in every mode and asks the real runtime what came out.

    python3 tests/conformance/quantize_networks.py <folder> --cli build/release/bin/quantscope-cli [--only NAME] [--modes M,N]

The folder holds <name>.tflite and <name>.npz (input_0, ...; the first axis counts samples), as network_zoo.py and
float_operators.py write them. For each model and mode: the file loads and runs in the real interpreter, every operator has the
precision that the plan promised, the outputs equal those of our interpreter (codes exactly, where the reference kernels know all
operators), the plan's bytes are within 1 %, the error against
float is printed, and the file is no larger than <name>.official_<mode>.tflite and <name>.aeq_<mode>.tflite where these are there.
Exits with 1 where something is not so. Needs ai-edge-litert.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

MODES = ["float16", "dynamic-range", "weight-only-int8", "weight-only-int4", "dynamic-range-int4", "int8", "int8-full",
         "int16x8", "int4x8", "int4x16"]
RUNS = 2
NAMES = {value: name for name, value in vars(schema.BuiltinOperator).items() if not name.startswith("_")}
TYPES = {value: name.lower() for name, value in vars(schema.TensorType).items() if not name.startswith("_")}


def open_interpreter(path):
    """With the reference kernels, or where they lack an operator with the optimized ones; and which."""
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            interpreter = Interpreter(str(path), num_threads=1, experimental_op_resolver_type=resolver)
            interpreter.allocate_tensors()
            return interpreter, resolver.name
        except (ValueError, RuntimeError) as error:
            if "Didn't find op" not in str(error) and "nresolved" not in str(error):
                raise
    raise RuntimeError("no resolver knows its operators")


def order_of_inputs(path):
    """Which of the network's inputs each of the file's is: signatures are sorted by name, subgraphs are not."""
    interpreter = Interpreter(str(path))
    details = interpreter.get_input_details()
    keys = sorted(interpreter.get_signature_runner().get_input_details().items()) if interpreter.get_signature_list() else []
    found = {detail["index"]: k for k, (_, detail) in enumerate(keys)}
    return [found.get(detail["index"], k) for k, detail in enumerate(details)]


def resize(interpreter, sample):
    """To the samples' shapes, where a dimension may change."""
    for detail, value in zip(interpreter.get_input_details(), sample):
        if (detail["shape_signature"] < 0).any():
            rank = len(detail["shape"])
            shape = [*[1] * rank, *value.shape][-rank:] if rank else []
            if list(shape) != list(detail["shape"]):
                interpreter.resize_tensor_input(detail["index"], shape)
    interpreter.allocate_tensors()


def run_real(path, samples):
    interpreter, kernels = open_interpreter(path)
    resize(interpreter, samples[0])
    results = []
    for sample in samples:
        interpreter.reset_all_variables()
        for detail, value in zip(interpreter.get_input_details(), sample):
            interpreter.set_tensor(detail["index"], to_type(value, detail))
        interpreter.invoke()
        results.append([np.array(interpreter.get_tensor(d["index"])) for d in interpreter.get_output_details()])
    return results, interpreter.get_output_details(), interpreter.get_input_details(), kernels


def to_type(value, detail):
    value = value.reshape(detail["shape"]) if value.size == np.prod(detail["shape"]) else value
    if value.dtype == detail["dtype"] or detail["quantization_parameters"]["scales"].size == 0:
        return value.astype(detail["dtype"])
    scale, zero = detail["quantization"]
    info = np.iinfo(detail["dtype"])
    return np.clip(np.round(value / scale + zero), info.min, info.max).astype(detail["dtype"])


def real_values(value, detail):
    if value.dtype.kind == "f" or detail["quantization_parameters"]["scales"].size == 0:
        return value.astype(np.float64)
    scale, zero = detail["quantization"]
    return (value.astype(np.float64) - zero) * scale


def run_ours(cli, path, details, samples, folder):
    results = []
    for sample in samples:
        np.savez(folder / "in.npz", **{f"input_{i}": to_type(v, d) for i, (v, d) in enumerate(zip(sample, details))})
        subprocess.run([cli, "run", path, "--inputs", folder / "in.npz", "--outputs", folder / "out.npz", "--force", "--kernels",
                        "reference", "--quiet"], check=True, capture_output=True, text=True)
        with np.load(folder / "out.npz") as out:
            results.append([out[f"output_{i}"] for i in range(len(out.files))])
    return results


def precisions(path):
    """What each operator of subgraph 0 that is no conversion computes in, by the types of its tensors alone."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(pathlib.Path(path).read_bytes()))
    graph = model.subgraphs[0]
    made = {}
    for op in graph.operators:
        for output in op.outputs:
            made[output] = op
    def code(op):
        entry = model.operatorCodes[op.opcodeIndex]
        return max(entry.builtinCode, entry.deprecatedBuiltinCode)
    def constant(t):
        return model.buffers[graph.tensors[t].buffer].data is not None and len(model.buffers[graph.tensors[t].buffer].data) > 0
    rows = []
    for op in graph.operators:
        name = NAMES[code(op)]
        if name == "CUSTOM":
            name = model.operatorCodes[op.opcodeIndex].customCode.decode()
        if name in ("QUANTIZE", "DEQUANTIZE"):
            continue
        kinds = set()
        for t in [t for t in [*op.inputs, *op.outputs] if t >= 0]:
            tensor, where = graph.tensors[t], "activation"
            if constant(t):
                where = "constant"
            elif t in made and NAMES[code(made[t])] == "DEQUANTIZE" and constant(made[t].inputs[0]):
                tensor, where = graph.tensors[made[t].inputs[0]], "dequantized"
            kinds.add((where, TYPES[tensor.type], tensor.quantization is not None and (
                tensor.quantization.scale is not None or tensor.quantization.details is not None)))
        rows.append((name, kinds))
    return rows


def fits(kinds, precision):
    """Whether tensors of these kinds are what an operator of this precision has."""
    activations = {t for where, t, quantized in kinds if where == "activation" and (t.startswith("float") or quantized)}
    constants = {(where, t) for where, t, q in kinds if where != "activation" and (t.startswith("float") or q)}
    stored = {t for _, t in constants}
    integer = {"int8": "int8", "int4x8": "int8", "int16x8": "int16", "int4x16": "int16"}.get(precision)
    if integer:
        weights = "int4" if precision.startswith("int4") else None
        return "float32" not in activations | stored and (not activations or integer in activations) and (
            not weights or weights in stored)
    if activations - {"float32"}:
        return False
    if precision == "float32":
        return stored <= {"float32"}
    if precision == "float16":
        return ("dequantized", "float16") in constants
    where = "dequantized" if precision.startswith("weight-only") else "constant"
    return (where, "int4" if precision.endswith("int4") else "int8") in constants


def decibels(reference, values):
    signal = sum(float(np.sum(np.square(np.nan_to_num(r)))) for r in reference)
    noise = sum(float(np.sum(np.square(np.nan_to_num(r) - np.nan_to_num(v)))) for r, v in zip(reference, values))
    return 200.0 if noise == 0 else max(-99.0, 10 * np.log10(signal / noise)) if signal > 0 else 0.0


def worst_decibels(reference, results, outputs):
    """Of the output that is worst over all samples."""
    return min(decibels([real_values(r[k], reference[1][k]) for r in reference[0]], [real_values(q[k], d) for q in results])
               for k, d in enumerate(outputs))


def peer_sizes(folder, name, mode, bytes_, quality, reference, samples):
    """Sizes and errors of the peers' files of that mode; complaints where ours is larger or clearly less accurate."""
    told, bad = "", []
    source = order_of_inputs(folder / f"{name}.tflite")
    for peer in ("official", "aeq"):
        other = folder / f"{name}.{peer}_{mode}.tflite"
        if not other.exists():
            continue
        told += f" {peer} {other.stat().st_size}"
        if bytes_ > other.stat().st_size:
            bad.append(f"{bytes_} bytes, {peer} {other.stat().st_size}")
        with tempfile.TemporaryDirectory() as temporary:  # the runtime may abort on it
            out = pathlib.Path(temporary) / "quality"
            def measure():
                order = order_of_inputs(other)
                try:
                    results, outputs, _, _ = run_real(other, [[sample[source.index(k)] for k in order] for sample in samples])
                except (ValueError, RuntimeError):
                    return []  # the peer's file does not run
                if [o.shape for o in results[0]] == [o.shape for o in reference[0][0]]:
                    out.write_text(str(worst_decibels(reference, results, outputs)))
                return []
            in_child(measure)
            if out.exists():
                theirs = float(out.read_text())
                told += f" ({theirs:.1f} dB)"
                # A larger file has more in float; a decibel is within what rounding does to random weights.
                if quality < min(theirs, 60.0) - 1.0 and other.stat().st_size < 1.05 * bytes_:
                    bad.append(f"{quality:.1f} dB, {peer} {theirs:.1f} dB")
    return told, bad


def check(arguments, name, mode, folder, reference, samples):
    """A line of findings, the complaints among them, and a short form for the table."""
    source, out = arguments.folder / f"{name}.tflite", folder / f"{name}.{mode}.tflite"
    made = subprocess.run([arguments.cli, "quantize", source, "-o", out, "--mode", mode, "--force", "--json", "--quiet", "--data",
                           arguments.folder / f"{name}.npz", *arguments.options], capture_output=True, text=True)
    if made.returncode != 0:
        why = made.stderr.strip().splitlines()[-1] if made.stderr.strip() else f"exit {made.returncode}"
        refused = mode == "int8-full" and "would stay in float" in why or "integers" in why and "range" in why
        return f"refused: {why[:180]}", [] if refused else ["quantize failed: " + why[:300]], "refused"
    plan = json.loads(made.stdout)
    bad = []
    bytes_ = out.stat().st_size
    try:
        results, outputs, inputs, kernels = run_real(out, samples)
    except (ValueError, RuntimeError) as error:
        return "", ["the runtime refuses it: " + str(error).strip().splitlines()[0][:200]], "not loaded"
    rows = precisions(out)
    promised = [(o["op"], o["effective"]) for o in plan["operators"] if o["op"] not in ("QUANTIZE", "DEQUANTIZE")]
    if [r[0] for r in rows] != [p[0] for p in promised]:
        bad.append("operators differ from the plan")
    else:
        for (op, kinds), (_, precision) in zip(rows, promised):
            if op not in ("SHAPE", "RANK") and not fits(kinds, precision):
                bad.append(f"{op} promised {precision}, has {sorted(kinds)}")
    if abs(plan.get("predicted_bytes", bytes_) - bytes_) > 0.01 * bytes_ + 64:
        bad.append(f"predicted {plan['predicted_bytes']} bytes, has {bytes_}")
    try:
        ours = run_ours(arguments.cli, out, inputs, samples[:RUNS], folder)
        for mine, theirs in zip(ours, results):
            for k, (m, t) in enumerate(zip(mine, theirs)):
                if m.shape != t.shape or m.dtype != t.dtype:
                    bad.append(f"output {k} is {m.dtype} {m.shape}, the runtime's {t.dtype} {t.shape}")
                elif kernels == "BUILTIN_REF" and m.dtype.kind != "f" and not np.array_equal(m, t):
                    wrong = np.count_nonzero(m != t)
                    bad.append(f"output {k}: {wrong} of {m.size} codes differ from the runtime's ({kernels}), by up to "
                               f"{np.max(np.abs(m.astype(np.int64) - t.astype(np.int64)))}")
                elif kernels == "BUILTIN_REF" and m.dtype.kind == "f" and not np.array_equal(m, t, equal_nan=True):
                    step = outputs[k]["quantization"][0] or 0
                    off = np.nanmax(np.abs(m.astype(np.float64) - t))
                    if off > 2e-5 * max(1.0, float(np.nanmax(np.abs(t)))):
                        bad.append(f"output {k} differs from the runtime's ({kernels}) by {off:.3g}")
    except subprocess.CalledProcessError as error:
        bad.append("our interpreter: " + error.stderr.strip()[:200])
    quality = worst_decibels(reference, results, outputs)
    peers, worse = peer_sizes(arguments.folder, name, mode, bytes_, quality, reference, samples)
    bad += worse
    counts = collections.Counter(o["effective"] for o in plan["operators"])
    left = sorted({o["op"] + " (" + o["reason"] + ")" for o in plan["operators"]
                   if o["requested"] != o["effective"] and o["effective"] == "float32"
                   and o["reason"] not in ("it has no weights", "it handles no float values", "it has no constants")})
    line = f"{bytes_} bytes{peers}, {quality:.1f} dB, " + ", ".join(f"{n} {p}" for p, n in sorted(counts.items()))
    line += f"; float: {'; '.join(left)}" if left and mode != "float16" else ""
    main = [o for o in plan["operators"] if o["op"] not in ("QUANTIZE", "DEQUANTIZE") and o["reason"] != "it handles no float values"]
    forms = sorted({o["effective"] for o in main})
    cell = f"{' and '.join(forms)}, {quality:.0f} dB" if any(o["effective"] != "float32" for o in main) else "float32: " + "; ".join(
        sorted({o["reason"] for o in main if o["reason"]})) if any(o["reason"] for o in main) else "-"
    return line, bad, cell + (" (FAILED)" if bad else "")


def in_child(function):
    """The runtime aborts on some models. What function returns, as JSON, or what killed it."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(send, json.dumps(function()).encode())
            os._exit(0)
        except Exception:  # must not unwind into the parent's code
            traceback.print_exc()
            os._exit(1)
    os.close(send)
    with os.fdopen(receive) as pipe:
        text = pipe.read()
    status = os.waitpid(child, 0)[1]
    return json.loads(text) if status == 0 and text else ["", [f"the runtime died with status {status}"], "died"]


def write_table(path, modes, rows, good, total):
    text = ("# Quantized operators on the real runtime\n\nEach float model of `tests/conformance/float_operators.py`, quantized in each mode, loaded and "
            "run by the real interpreter's reference\nkernels: the precision that its operators got, and how far the results are from float (signal to "
            "noise; infinite counts as 200 dB).\nA row FAILED where the file did not load, the precision was not as planned, or our interpreter's codes "
            f"were not the same. {good} of {total} in order.\nMade by `quantize_networks.py --table`; not written by hand.\n\n")
    text += "| model | " + " | ".join(modes) + " |\n" + "|---" * (len(modes) + 1) + "|\n"
    path.write_text(text + "".join("| " + " | ".join(row) + " |\n" for row in rows))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--options", default="", help="more options for quantize")
    parser.add_argument("--table", type=pathlib.Path, help="write what came out as a Markdown table")
    parser.add_argument("--brief", action="store_true", help="print complaints only")
    arguments = parser.parse_args()
    arguments.options = arguments.options.split()
    failures = total = 0
    table = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for source in sorted(arguments.folder.glob("*.tflite")):
            name = source.stem
            if "." in name or arguments.only not in name or not source.with_suffix(".npz").exists():
                continue
            with np.load(source.with_suffix(".npz")) as data:
                arrays = [data[f"input_{i}"] for i in range(len(data.files))]
            samples = [[a[i:i + 1] for a in arrays] for i in range(len(arrays[0]))]
            reference = run_real(source, samples)
            table.append([name])
            for mode in arguments.modes.split(","):
                line, bad, cell = in_child(lambda: check(arguments, name, mode, folder, reference, samples))
                table[-1].append(cell)
                total += 1
                failures += bool(bad)
                if line and not arguments.brief:
                    print(f"{name} {mode}: {line}", flush=True)
                for complaint in bad:
                    print(f"{name} {mode}: FAILED: {complaint}", flush=True)
    print(f"{total - failures} of {total} in order")
    if arguments.table:
        write_table(arguments.table, arguments.modes.split(","), table, total - failures, total)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
