#!/usr/bin/env python3
"""Statistics of a float32 tensor by numpy and by bench_statistics, taking turns on the same machine.

    python3 tests/bench/statistics_beside_numpy.py <bench_statistics> [megabytes] [rounds]

numpy's figures are bytes per second of one thread, which is what it uses.
"""

import subprocess
import sys
import time

import numpy as np


def best_rate(work, size, rounds=3):
    best = 1e9
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return size / best / 1e9


def main():
    program = sys.argv[1]
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    values = np.random.default_rng(1).standard_normal(megabytes << 18, dtype=np.float32)
    low, high = values.min(), values.max()
    jobs = {
        "numpy sum": lambda: values.sum(),
        "numpy min and max": lambda: (values.min(), values.max()),
        "numpy mean and std": lambda: (values.mean(), values.std()),
        "numpy histogram of 2,048 bins": lambda: np.histogram(values, 2048, (low, high)),
    }
    for number in range(rounds):
        print(f"round {number + 1}")
        for name, work in jobs.items():
            print(f"{name:44} {best_rate(work, values.nbytes, 1 if 'histogram' in name else 3):6.2f} GB/s")
        print(subprocess.run([program, str(megabytes)], check=True, capture_output=True, text=True).stdout, end="", flush=True)


main()
