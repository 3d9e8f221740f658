#!/usr/bin/env python3
"""Makes the files of tests/golden with the real converter and the real interpreter.

    python3 tests/golden/make_goldens.py [sample] [operators] [random]

Needs ai-edge-litert and TensorFlow (see README.md here for the versions used). The tests
read only the results, which are committed.
"""

import contextlib
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from PIL import Image
from tensorflow.lite.python import schema_py_generated as schema

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parents[1] / "resources" / "samples"
sys.dont_write_bytecode = True
sys.path[:0] = [str(SAMPLES), str(HERE), str(HERE.parent / "conformance")]

import all_cases
import make_sample
import operator_cases
import random_operators
from operator_cases import FLOAT, HALF, HYBRID, INT8, INT16

LARGEST_MODEL = 150_000
LARGEST_OPERATOR_MODEL = 4096
LARGEST_RANDOM_MODEL = 6144
RANDOM_SEED, RANDOM_MODELS, RANDOM_TRIES = 3, 2, 40
OPERATOR_NAMES = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
INTEGER = {INT8: (tf.int8, schema.TensorType.INT8), INT16: (tf.int16, schema.TensorType.INT16)}


# --- runs -----------------------------------------------------------------------------------

def open_model(flat):
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(flat, 0))


def open_interpreter(flat):
    kernels = [OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES]
    for resolver in kernels:
        try:
            return Interpreter(model_content=flat, num_threads=1, experimental_preserve_all_tensors=True,
                               experimental_op_resolver_type=resolver)
        except ValueError as error:
            # The reference set lacks some versions of CEIL, ROUND, TILE and DEPTH_TO_SPACE. They are exact in any kernel.
            if "Didn't find op" not in str(error) or resolver == kernels[-1]:
                raise


def run(flat, make_inputs, batch=None):
    """One invocation by the reference kernels on one thread, as the arrays of an .npz.

    make_inputs(details) gives one array per input of the model, in its own type.
    """
    interpreter = open_interpreter(flat)
    if batch:
        for detail in interpreter.get_input_details():
            interpreter.resize_tensor_input(detail["index"], [batch, *detail["shape"][1:]])
    interpreter.allocate_tensors()
    details = interpreter.get_input_details()
    arrays = {}
    for position, (detail, value) in enumerate(zip(details, make_inputs(details))):
        interpreter.set_tensor(detail["index"], value)
        arrays[f"input_{position}"] = value
    interpreter.invoke()
    for position, detail in enumerate(interpreter.get_output_details()):
        arrays[f"output_{position}"] = interpreter.get_tensor(detail["index"])
    for index in range(len(open_model(flat).subgraphs[0].tensors)):
        with contextlib.suppress(ValueError):  # a tensor that holds nothing
            arrays[f"tensor_{index}"] = interpreter.get_tensor(index)
    return arrays


def quantized(real, detail):
    """Real numbers in the raw type of an input."""
    scale, zero_point = detail["quantization"]
    if detail["dtype"] == np.float32 or scale == 0:
        return real.astype(detail["dtype"])
    limits = np.iinfo(detail["dtype"])
    return np.clip(np.round(real / scale) + zero_point, limits.min, limits.max).astype(detail["dtype"])


# --- the sample's network --------------------------------------------------------------------

def sample_pictures(kind):
    paths = sorted((SAMPLES / "shapes" / kind).glob("*/*.png"))
    return np.stack([np.asarray(Image.open(path)) for path in paths]).astype(np.float32) / np.float32(255)


def sample_network(flat):
    """The Keras network with the weights of the committed model."""
    network = make_sample.network()
    subgraph = open_model(flat).subgraphs[0]
    constants = [t for op in subgraph.operators for t in op.inputs[1:3] if len(op.inputs) == 3]
    model = open_model(flat)
    values = []
    for index in constants:
        tensor = subgraph.tensors[index]
        data = model.buffers[tensor.buffer].data
        if tensor.type != schema.TensorType.FLOAT32 or data is None:
            continue
        value = np.frombuffer(bytes(data), np.float32).reshape(tensor.shape)
        # OHWI to HWIO, and units × depth to depth × units
        values.append({4: lambda v: v.transpose(1, 2, 3, 0), 2: np.transpose, 1: lambda v: v}[value.ndim](value))
    network.set_weights(values)
    return network


def sample_converter(network, mode):
    converter = tf.lite.TFLiteConverter.from_keras_model(network)
    if mode == "float32":
        return converter
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    elif mode != "dynamic":
        calibration = sample_pictures("calibration")
        converter.representative_dataset = lambda: ([picture[None]] for picture in calibration)
    if mode == "int8_full":
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    if mode == "int16x8":
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
    return converter


def make_sample_goldens():
    folder = HERE / "sample"
    folder.mkdir(exist_ok=True)
    committed = (SAMPLES / make_sample.MODEL_NAME).read_bytes()
    network = sample_network(committed)
    pictures = sample_pictures("evaluation")[[3, 402]]

    def inputs(details):
        return [quantized(pictures, details[0])]

    np.savez_compressed(folder / "float32.npz", **run(committed, inputs, batch=2))
    for mode in ["float16", "dynamic", "int8", "int8_full", "int16x8"]:
        flat = sample_converter(network, mode).convert()
        arrays = run(flat, inputs, batch=2)
        if len(flat) <= LARGEST_MODEL:
            (folder / f"{mode}.tflite").write_bytes(flat)
        else:
            # Without its model only what another model of the same kind can be held to.
            arrays = {key: value for key, value in arrays.items() if not key.startswith("tensor_")}
        np.savez_compressed(folder / f"{mode}.npz", **arrays)
        print(f"sample {mode}: {len(flat)} bytes")


# --- one operator each -----------------------------------------------------------------------

def draw(rng, entry, widen=1.0):
    if entry.dtype != tf.float32:
        return rng.integers(int(entry.low), int(entry.high), entry.shape).astype(entry.dtype.as_numpy_dtype)
    middle, half = (entry.low + entry.high) / 2, (entry.high - entry.low) / 2
    half *= 1.0 if entry.strict else widen
    return np.asarray(rng.uniform(middle - half, middle + half, entry.shape), np.float32)


def convert_case(case, mode, seed):
    specs = [tf.TensorSpec(entry.shape, entry.dtype, name=f"x{k}") for k, entry in enumerate(case.inputs)]
    function = tf.function(case.function, input_signature=specs).get_concrete_function()
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function], tf.Module())
    if mode != FLOAT:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode == HALF:
        converter.target_spec.supported_types = [tf.float16]
    if mode in INTEGER:
        rng = np.random.Generator(np.random.PCG64(seed))
        samples = [{f"x{k}": draw(rng, entry) for k, entry in enumerate(case.inputs)} for _ in range(20)]
        converter.representative_dataset = lambda: iter(samples)
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.TFLITE_BUILTINS_INT8 if mode == INT8
            else tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8]
        converter.inference_input_type = INTEGER[mode][0]
        converter.inference_output_type = INTEGER[mode][0]
    return converter.convert()


def offence(flat, case, mode):
    """Why the model is not what the case's name says; None if it is."""
    model = open_model(flat)
    subgraph = model.subgraphs[0]

    def name(op):
        code = model.operatorCodes[op.opcodeIndex]
        return OPERATOR_NAMES[max(code.builtinCode, code.deprecatedBuiltinCode)]

    def types(op):
        return {subgraph.tensors[t].type for t in [*op.inputs, *op.outputs] if t >= 0}

    wanted = [op for op in subgraph.operators if name(op) == case.operator]
    if not wanted:
        return f"has no {case.operator}, only {[name(op) for op in subgraph.operators]}"
    if mode in INTEGER and not all(INTEGER[mode][1] in types(op) for op in wanted):
        return f"{case.operator} is not {mode}"
    if mode == HYBRID and not any({schema.TensorType.FLOAT32, schema.TensorType.INT8} <= types(op) for op in wanted):
        return f"{case.operator} is not hybrid"
    if mode == HALF and all(tensor.type != schema.TensorType.FLOAT16 for tensor in subgraph.tensors):
        return "nothing is float16"
    if len(flat) > LARGEST_OPERATOR_MODEL:
        return f"{len(flat)} bytes are more than {LARGEST_OPERATOR_MODEL}"
    return None


def make_operator_goldens():
    folder = HERE / "operators"
    folder.mkdir(exist_ok=True)
    for old in [*folder.glob("*.tflite"), *folder.glob("*.npz")]:
        old.unlink()
    count, failed = 0, []
    for number, case in enumerate(operator_cases.cases()):
        for mode in case.modes:
            name = f"{case.name}_{mode}"
            try:
                flat = convert_case(case, mode, seed=number)
                problem = offence(flat, case, mode)
                if problem is None:
                    rng = np.random.Generator(np.random.PCG64([number, 1]))
                    reals = {f"x{k}": draw(rng, entry, widen=1.1) for k, entry in enumerate(case.inputs)}

                    def inputs(details):
                        return [quantized(reals[detail["name"].split(":")[0].split("_")[-1]], detail)
                                for detail in details]

                    arrays = run(flat, inputs)
            except Exception as error:  # the converter raises its own kinds; each is reported and fails the script
                problem = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            if problem:
                failed.append(f"{name}: {problem}")
                continue
            (folder / f"{name}.tflite").write_bytes(flat)
            np.savez_compressed(folder / f"{name}.npz", **arrays)
            count += 1
    print(f"operators: {count} models")
    for line in failed:
        print("FAILED", line)
    return not failed


# --- random operators -------------------------------------------------------------------------

def make_random_goldens():
    """The first small ones of each kind of tests/conformance."""
    folder = HERE / "random"
    folder.mkdir(exist_ok=True)
    for old in [*folder.glob("*.tflite"), *folder.glob("*.npz")]:
        old.unlink()
    missing = []
    for name, case in all_cases.CASES.items():
        made = 0
        for number in range(RANDOM_TRIES):
            made += not random_operators.in_child(
                lambda: random_operators.make(case, name, number, folder, RANDOM_SEED, LARGEST_RANDOM_MODEL))
            if made == RANDOM_MODELS:
                break
        if not made:
            missing.append(name)
    print(f"random: {len(list(folder.glob('*.npz')))} models; nothing of {', '.join(missing) or 'none'}")


def main():
    chosen = sys.argv[1:] or ["sample", "operators", "random"]
    fine = True
    if "sample" in chosen:
        make_sample_goldens()
    if "operators" in chosen:
        fine = make_operator_goldens()
    if "random" in chosen:
        make_random_goldens()
    size = sum(path.stat().st_size for path in HERE.rglob("*") if path.suffix in (".tflite", ".npz"))
    print(f"{size:,} bytes of goldens")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
