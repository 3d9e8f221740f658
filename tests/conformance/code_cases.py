"""What random operators on codes draw."""

import numpy as np
from random_cases import I16, pick

F64, F16 = np.float64, np.float16
CLAMPS = [0, 0, 1, 2, 3]  # NONE, RELU, RELU_N1_TO_1, RELU6


def scaled(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def zero_point(rng, dtype):
    if dtype == I16:
        return 0
    limits = np.iinfo(dtype)
    return int(pick(rng, limits.min, limits.max, rng.integers(limits.min, limits.max + 1)))
