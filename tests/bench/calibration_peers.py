#!/usr/bin/env python3
"""Calibrates and quantizes models to int8 on the same samples with quantscope-cli, with the TensorFlow Lite converter's
calibrator and with AI Edge Quantizer, in turn, and prints seconds and ratios.

    calibration_peers.py QUANTSCOPE_CLI MODEL... [--samples 1000] [--rounds 2]

Samples are random numbers in an .npz, so that decoding pictures does not count. Needs tensorflow and
ai-edge-quantizer; only for comparison. Times are of the work alone, without starting Python and importing.
"""
import argparse, json, os, subprocess, sys, tempfile, time

PEER = r"""
import sys, time, json, resource
import numpy as np
which, model, data, target = sys.argv[1:]
samples = np.load(data)['input_0']
if which == 'converter':
    from tensorflow.lite.python.optimize import calibrator
    from tensorflow.lite.python import lite_constants
    import tensorflow as tf
    content = open(model, 'rb').read()
    begin = time.perf_counter()
    c = calibrator.Calibrator(content)
    result = c.calibrate_and_quantize(lambda: ([s[None]] for s in samples), tf.float32, tf.float32, True)
    open(target, 'wb').write(result)
else:
    from ai_edge_quantizer import quantizer, recipe
    begin = time.perf_counter()
    q = quantizer.Quantizer(model, recipe.static_wi8_ai8())
    from ai_edge_litert.interpreter import Interpreter
    i = Interpreter(model)
    signatures = i.get_signature_list()
    if not signatures:
        print(json.dumps({'error': 'refused: the model has no signature'}))
        sys.exit()
    key, value = next(iter(signatures.items()))
    name = value['inputs'][0]
    calibrated = q.calibrate({key: [{name: s[None]} for s in samples]}, num_threads=2)
    q.quantize(calibrated).export_model(target, overwrite=True)
print(json.dumps({'seconds': time.perf_counter() - begin,
                  'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def with_signature(model, target):
    """A copy that AI Edge Quantizer takes: it calibrates nothing without a signature, and quantizes nothing that is
    named in the older field of operator codes only."""
    from tensorflow.lite.python import schema_py_generated as s
    import flatbuffers
    with open(model, "rb") as file:
        tables = s.ModelT.InitFromObj(s.Model.GetRootAsModel(bytearray(file.read()), 0))
    for code in tables.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)
    if not tables.signatureDefs:
        graph, signature = tables.subgraphs[0], s.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        for name, tensors in (("inputs", graph.inputs), ("outputs", graph.outputs)):
            maps = []
            for i, tensor in enumerate(tensors):
                entry = s.TensorMapT()
                entry.name, entry.tensorIndex = f"{name}_{i}", int(tensor)
                maps.append(entry)
            setattr(signature, name, maps)
        tables.signatureDefs = [signature]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(tables.Pack(builder), b"TFL3")
    with open(target, "wb") as file:
        file.write(builder.Output())


def run_peer(which, model, data, target):
    out = subprocess.run([sys.executable, "-c", PEER, which, model, data, target], capture_output=True, text=True,
                         env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    try:
        return json.loads(out.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {"error": "failed: " + (out.stderr.strip().splitlines() or ["?"])[-1][:120]}


# Started in a small process of its own: a child's peak counts what its parent had in memory.
LAUNCHER = r"""
import json, os, sys, time
begin = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps({'status': status, 'seconds': time.perf_counter() - begin, 'peak': usage.ru_maxrss * 1024}))
"""


def run_ours(cli, model, data, target):
    out = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, os.path.abspath(cli), "quantize", model, "-o", target,
                          "--force", "--quiet", "--mode", "int8", "--data", data], capture_output=True, text=True)
    result = json.loads(out.stdout)
    return {"error": "failed: " + out.stderr} if result["status"] else \
        {"seconds": result["seconds"], "peak": result["peak"] / 2**20}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    import numpy as np
    with tempfile.TemporaryDirectory() as folder:
        for model in arguments.models:
            from ai_edge_litert.interpreter import Interpreter
            shape = Interpreter(model).get_input_details()[0]["shape"]
            data = os.path.join(folder, "data.npz")
            np.savez(data, input_0=np.random.default_rng(1).random((arguments.samples, *shape[1:]), np.float32))
            signed = os.path.join(folder, "signed.tflite")
            with_signature(model, signed)
            best = {}
            for _ in range(arguments.rounds):
                for name, run in (("ours", lambda t: run_ours(arguments.cli, model, data, t)),
                                  ("converter", lambda t: run_peer("converter", model, data, t)),
                                  ("AI Edge Quantizer", lambda t: run_peer("aeq", signed, data, t))):
                    result = run(os.path.join(folder, "out.tflite"))
                    if "seconds" not in best.get(name, {}) or result.get("seconds", 1e9) < best[name]["seconds"]:
                        best[name] = result
            ours = best["ours"]
            line = [f"{os.path.basename(model)}, {arguments.samples} samples: ours {ours['seconds']:.2f} s, {ours['peak']:.0f} MiB"]
            for name in ("converter", "AI Edge Quantizer"):
                peer = best[name]
                line.append(f"{name} {peer['error']}" if "error" in peer else
                            f"{name} {peer['seconds']:.2f} s, {peer['seconds'] / ours['seconds']:.1f} times as long")
            print("; ".join(line), flush=True)


if __name__ == "__main__":
    main()
