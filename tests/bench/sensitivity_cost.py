#!/usr/bin/env python3
"""What measuring sensitivity costs, in evaluations of the float model on the same samples.

    sensitivity_cost.py QUANTSCOPE_CLI MODEL DATA [--rounds 3]

By processor time of whole programs on one thread, run in turns: other work on the machine then counts little. The best
of each is taken. The ranges are calibrated beforehand and do not count.
"""
import argparse, os, resource, subprocess, tempfile


def seconds(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ranges = os.path.join(folder, "ranges.json")
        common = [arguments.model, "--data", arguments.data, "--threads", "1", "--quiet"]
        subprocess.run([arguments.cli, "calibrate", *common, "-o", ranges], check=True, stdout=subprocess.DEVNULL)
        sensitivity = [arguments.cli, "sensitivity", *common, "--ranges", ranges]
        commands = {"evaluation": [arguments.cli, "evaluate", *common],
                    "quantize one": [*sensitivity, "--only", "quantize-one"],
                    "keep one": [*sensitivity, "--only", "keep-one"], "both": sensitivity}
        best = {}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                best[name] = min(seconds(command), best.get(name, 1e9))
    for name, value in best.items():
        print(f"{name}: {value:.3f} s, {value / best['evaluation']:.1f} evaluations")


if __name__ == "__main__":
    main()
