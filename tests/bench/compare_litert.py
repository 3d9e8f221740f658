#!/usr/bin/env python3
"""Latency and throughput beside LiteRT, measured in turns in one run, as a table in Markdown.

    compare_litert.py [--bench build/release/bin/bench_interpreter] [--threads 1,2] [--cpu LEVEL] [--rounds N]
                      [--seconds S] [--against xnnpack,builtin,reference] MODEL.tflite...
    compare_litert.py --pictures FOLDER [--cli build/release/bin/quantscope-cli] [--threads 1,2] MODEL.tflite...

Needs the Python packages ai-edge-litert and numpy, and pillow for --pictures. Each round measures every runtime for a
short time, one after the other, so that a machine that slows down slows all of them. The shortest run of each counts: on a
machine that does other work too, that is what repeats.
A ratio is our time by theirs: below 1 we are faster.
"""
import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

RESOLVERS = {
    "xnnpack": OpResolverType.AUTO,
    "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "reference": OpResolverType.BUILTIN_REF,
}


def processor():
    for line in open("/proc/cpuinfo", encoding="utf-8"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def interpreter(path, runtime, threads):
    made = Interpreter(model_path=path, num_threads=threads, experimental_op_resolver_type=RESOLVERS[runtime])
    made.allocate_tensors()
    rng = np.random.default_rng(1)
    for detail in made.get_input_details():
        shape, dtype = detail["shape"], detail["dtype"]
        if np.issubdtype(dtype, np.floating):
            values = rng.uniform(0, 1, shape)
        else:
            limits = np.iinfo(dtype)
            values = rng.integers(max(limits.min, -128), min(limits.max, 127), shape)
        made.set_tensor(detail["index"], values.astype(dtype))
    return made


def best_latency(made, seconds):
    invoke = made._interpreter.Invoke  # the wrapper of invoke() costs more than a small model
    times = []
    start = time.perf_counter()
    while len(times) < 5 or (time.perf_counter() - start < seconds and len(times) < 20000):
        before = time.perf_counter()
        invoke()
        times.append(time.perf_counter() - before)
    return min(times) * 1e6


def our_latency(arguments, path, threads):
    command = [arguments.bench, "--bare", "--seconds", str(arguments.seconds), "--threads", str(threads)]
    if arguments.cpu:
        command += ["--cpu", arguments.cpu]
    done = subprocess.run(command + [path], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stdout.strip(), file=sys.stderr)
        return math.nan
    return float(done.stdout.split()[1])


def compare_latency(arguments):
    columns = "".join(f" {a} µs | ratio |" for a in arguments.against)
    print(f"| model | threads | ours µs |{columns}")
    print("|---|--:|--:|" + "--:|--:|" * len(arguments.against))
    ratios = {}
    for path in arguments.models:
        for threads in arguments.threads:
            ours, theirs = [], {a: [] for a in arguments.against}
            made = {}
            for against in arguments.against:
                try:
                    made[against] = interpreter(path, against, threads)
                except Exception as error:  # the runtime refuses some models
                    print(f"{path}, {against}: {str(error).splitlines()[0]}", file=sys.stderr)
            for against in made:
                made[against].invoke()
            for _ in range(arguments.rounds):
                ours.append(our_latency(arguments, path, threads))
                for against in made:
                    theirs[against].append(best_latency(made[against], arguments.seconds))
                    time.sleep(0.02)  # its threads spin for a while after the last run
            best = min(ours)
            cells = ""
            for against in arguments.against:
                if not theirs[against] or math.isnan(best):
                    cells += " – | – |"
                    continue
                ratio = best / min(theirs[against])
                cells += f" {min(theirs[against]):,.1f} | {ratio:.2f} |"
                ratios.setdefault((against, threads), []).append(ratio)
            name = os.path.join(os.path.basename(os.path.dirname(path)), os.path.basename(path))
            print(f"| {name} | {threads} | {best:,.1f} |{cells}", flush=True)
    print()
    for (against, threads), values in sorted(ratios.items()):
        mean = math.exp(sum(map(math.log, values)) / len(values))
        print(f"Geometric mean against {against}, {threads} thread(s): {mean:.2f}; worst {max(values):.2f}; "
              f"{len(values)} models.")


def pictures_of(folder):
    found = []
    for root, _, names in sorted(os.walk(folder)):
        found += [os.path.join(root, n) for n in sorted(names) if n.lower().endswith((".png", ".jpg", ".jpeg"))]
    return found


def python_loop(path, pictures, threads):
    """Decode, run, take the best class: what a user of LiteRT writes."""
    from PIL import Image

    made = Interpreter(model_path=path, num_threads=threads)
    made.allocate_tensors()
    source, result = made.get_input_details()[0], made.get_output_details()[0]
    start = time.perf_counter()
    for name in pictures:
        pixels = np.asarray(Image.open(name).convert("RGB"), np.float32)[None]
        if source["dtype"] != np.float32:
            scale, zero = source["quantization"]
            limits = np.iinfo(source["dtype"])
            pixels = np.clip(np.round(pixels / scale) + zero, limits.min, limits.max)
        made.set_tensor(source["index"], pixels.astype(source["dtype"]))
        made.invoke()
        int(np.argmax(made.get_tensor(result["index"])))
    return len(pictures) / (time.perf_counter() - start)


def our_pictures(arguments, path, threads):
    command = [arguments.cli, "evaluate", path, "--data", arguments.pictures, "--threads", str(threads), "--json",
               "--progress", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["models"][0]["images_per_second"]


def compare_pictures(arguments):
    pictures = pictures_of(arguments.pictures)
    print("| model | threads | ours pictures/s | Python loop over LiteRT pictures/s | ratio |")
    print("|---|--:|--:|--:|--:|")
    for path in arguments.models:
        for threads in arguments.threads:
            ours, theirs = [], []
            for _ in range(arguments.rounds):
                ours.append(our_pictures(arguments, path, threads))
                theirs.append(python_loop(path, pictures, threads))
            print(f"| {os.path.basename(path)} | {threads} | {max(ours):,.0f} | {max(theirs):,.0f} | "
                  f"{max(ours) / max(theirs):.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--bench", default="build/release/bin/bench_interpreter")
    parser.add_argument("--cli", default="build/release/bin/quantscope-cli")
    parser.add_argument("--threads", type=lambda text: [int(n) for n in text.split(",")], default=[1, 2])
    parser.add_argument("--cpu", help="level to force on our side: baseline, avx2, avx512, vnni")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--against", type=lambda text: text.split(","), default=["xnnpack"],
                        help="of xnnpack, builtin, reference; with commas between")
    parser.add_argument("--pictures", help="folder of pictures: compare decode + run + argmax")
    arguments = parser.parse_args()
    if unknown := set(arguments.against) - set(RESOLVERS):
        parser.error(f"unknown runtime {', '.join(sorted(unknown))}")
    print(f"On {processor()}, {os.cpu_count()} logical processors.\n")
    if arguments.pictures:
        compare_pictures(arguments)
    else:
        compare_latency(arguments)


if __name__ == "__main__":
    main()
