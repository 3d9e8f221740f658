"""Imports every module of random operators; CASES then has them all."""

import affine_cases
import defect_cases
import elementwise_cases
import flow_cases
import movement_cases
import recurrent_cases
import selection_cases
import signal_cases
import stablehlo_cases
from random_cases import CASES, build

__all__ = ["CASES", "build"]
