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
    calibrated = q.calibrate({key: ({name: s[None]} for s in samples)}, num_threads=2)
    q.quantize(calibrated).export_model(target, overwrite=True)
print(json.dumps({'seconds': time.perf_counter() - begin,
                  'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def run_peer(which, model, data, target):
    out = subprocess.run([sys.executable, "-c", PEER, which, model, data, target], capture_output=True, text=True,
                         env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    try:
        return json.loads(out.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        return {"error": "failed: " + (out.stderr.strip().splitlines() or ["?"])[-1][:120]}


def run_ours(cli, model, data, target):
    begin = time.perf_counter()
    process = subprocess.Popen([cli, "quantize", model, "-o", target, "--force", "--quiet", "--mode", "int8", "--data", data],
                               stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        return {"error": "failed"}
    return {"seconds": time.perf_counter() - begin, "peak": usage.ru_maxrss / 1024}


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
            best = {}
            for _ in range(arguments.rounds):
                for name, run in (("ours", lambda t: run_ours(arguments.cli, model, data, t)),
                                  ("converter", lambda t: run_peer("converter", model, data, t)),
                                  ("AI Edge Quantizer", lambda t: run_peer("aeq", model, data, t))):
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
