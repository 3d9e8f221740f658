#!/usr/bin/env python3
"""Small float networks of many kinds, made by the real converter, to be quantized by us and by others.

    python3 tests/conformance/network_zoo.py <folder> [--only NAME] [--peers] [--variants] [--seed N]

Writes for each network <name>.tflite and <name>.npz (samples: the inputs by name, first axis counts them). With --peers
also what the official converter and AI Edge Quantizer make of it: <name>.official_<mode>.tflite, <name>.aeq_<mode>.tflite.
With --variants also <name>.variant_<setting>.tflite, what other settings of the converter give, for run_networks.py.
Weights are random but scaled so that values neither vanish nor explode. Needs tensorflow, for --peers ai-edge-quantizer.
"""

import argparse
import os
import pathlib
import signal
import sys
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import numpy as np
import tensorflow as tf

import sequence_networks  # registers its networks
import vision_networks  # registers its networks
from networks import K, L, NETWORKS
from quantize_networks import order_of_inputs

SAMPLES = 12
MOST_SECONDS = 300
SEED = 0
VARIANTS = ["int8-full", "uint8", "int8-old", "int8-per-tensor", "uint8-per-tensor-old", "dynamic-old", "dynamic-per-tensor",
            "int16x8-full"]
# Also converted the way most people do, where shapes are computed while running.
ANY_BATCH = ["ssd", "vit", "bert", "deeplab", "yolo", "resnet_bottleneck", "lstm", "gru", "lstm_bidirectional", "rnn_simple", "language_model",
             "speech", "lstm_convolutional", "autoencoder", "integers", "norms", "transformer", "mobilenet_v2", "unet", "tcn", "audio", "super_resolution", "detection_head"]


def build(name):
    function, shapes, dtypes, high, batch = NETWORKS[name]
    K.utils.set_random_seed(7 + SEED)
    inputs = [L.Input(shape, dtype=dtype) for shape, dtype in zip(shapes, dtypes)]
    model = K.Model(inputs, function(*inputs))
    rng = np.random.Generator(np.random.PCG64(7 + SEED))
    def visit(layer):
        for inner in getattr(layer, "layers", []):
            visit(inner)
        if isinstance(layer, L.BatchNormalization):
            shape = layer.gamma.shape
            layer.set_weights([rng.uniform(0.6, 1.6, shape), rng.normal(0, 0.3, shape), rng.normal(0, 0.3, shape),
                               rng.uniform(0.4, 1.5, shape)])
        for bias in (v for v in getattr(layer, "trainable_variables", []) if v.path.endswith("bias")):
            bias.assign(rng.normal(0, 0.1, bias.shape))
    visit(model)
    return model, high, batch


def samples_of(model, high, batch):
    """One invocation is one sample: with a batch of more than one it is an axis of its own."""
    rng = np.random.Generator(np.random.PCG64(11 + SEED))
    def draw(tensor):
        shape = (SAMPLES, *([batch] if batch > 1 else []), *tensor.shape[1:])
        if high:
            return rng.integers(0, high, shape).astype(np.int32)
        return (rng.normal(0.1, 0.8, shape)).clip(-3, 3).astype(np.float32)
    return [draw(tensor) for tensor in model.inputs]


def concrete(model, batch):
    specs = [tf.TensorSpec((batch, *t.shape[1:]), t.dtype, f"x{i}") for i, t in enumerate(model.inputs)]
    return tf.function(lambda *x: model(list(x) if len(x) > 1 else x[0])).get_concrete_function(*specs)


def convert(function, model, mode, samples):
    """With a batch of one; without a function from Keras, with a batch of any size."""
    lite = tf.lite.TFLiteConverter
    converter = lite.from_concrete_functions([function]) if function else lite.from_keras_model(model)
    def representative():
        for i in range(SAMPLES):
            yield [s[i].reshape((-1, *t.shape[1:])) for s, t in zip(samples, model.inputs)]
    converter.allow_custom_ops = True
    if mode not in ("float", "resource"):
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if mode not in ("float", "float16", "dynamic-range", "dynamic-old", "dynamic-per-tensor"):
        converter.representative_dataset = representative
    if mode in ("int8-full", "uint8", "int8-old", "int8-per-tensor", "uint8-per-tensor-old"):
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    if mode in ("int8-full", "int8-old"):
        converter.inference_input_type = converter.inference_output_type = tf.int8
    if mode in ("uint8", "uint8-per-tensor-old"):
        converter.inference_input_type = converter.inference_output_type = tf.uint8
    if mode in ("int8-old", "uint8-per-tensor-old"):
        converter.experimental_new_quantizer = False
    if mode == "dynamic-old":
        converter.experimental_new_dynamic_range_quantizer = False
    if "per-tensor" in mode:
        converter._experimental_disable_per_channel = True
    if mode == "int16x8-full":
        converter.inference_input_type = converter.inference_output_type = tf.int16
        mode = "int16x8"
    if mode == "int16x8":
        converter.target_spec.supported_ops = [
            tf.lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
    if mode == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def with_signature(flat):
    """Conversion of a function gives none, but AI Edge Quantizer calibrates nothing without."""
    from ai_edge_litert import schema_py_generated as schema
    import flatbuffers
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(flat))
    def names(tensors, prefix):
        made = []
        for k, tensor in enumerate(tensors):
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = f"{prefix}{k}", int(tensor)
            made.append(entry)
        return made
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
    signature.inputs = names(model.subgraphs[0].inputs, "x")
    signature.outputs = names(model.subgraphs[0].outputs, "output_")
    model.signatureDefs = [signature]
    builder = flatbuffers.Builder(4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def aeq(path, mode, samples):
    from ai_edge_quantizer import quantizer, recipe
    recipes = {"dynamic-range": recipe.dynamic_wi8_afp32, "int8": recipe.static_wi8_ai8, "int16x8": recipe.static_wi8_ai16,
               "weight-only-int8": recipe.weight_only_wi8_afp32, "weight-only-int4": recipe.weight_only_wi4_afp32,
               "dynamic-range-int4": recipe.dynamic_wi4_afp32}
    tool = quantizer.Quantizer(str(path), recipes[mode]())
    statistics = None
    if tool.need_calibration:
        from ai_edge_litert.interpreter import Interpreter
        signatures = Interpreter(str(path)).get_signature_list()
        key = next(iter(signatures))
        runner = Interpreter(str(path)).get_signature_runner(key)
        shapes = [detail["shape"] for _, detail in sorted(runner.get_input_details().items())]
        data = {key: [dict(zip(sorted(signatures[key]["inputs"]), (s[i].reshape(shape) for s, shape in zip(samples, shapes))))
                      for i in range(SAMPLES)]}
        statistics = tool.calibrate(data)
    return tool.quantize(statistics).quantized_model


def in_child(function):
    """Converters crash or run on and on with some networks; that must not end the rest."""
    child = os.fork()
    if child == 0:
        signal.alarm(MOST_SECONDS)
        try:
            function()
            os._exit(0)
        except Exception as error:
            print(f"  {type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ''}", flush=True)
            if os.environ.get("TRACE"):
                traceback.print_exc()
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def make(name, folder, form):
    """Writes one file: form is "float", "variant_<setting>", "official_<mode>" or "aeq_<mode>"."""
    model, high, batch = build(name.removesuffix("_batch"))
    samples = samples_of(model, high, batch)
    path = folder / f"{name}.tflite"
    kind, _, mode = form.partition("_")
    if kind == "aeq":
        (folder / f"{name}.{form}.tflite").write_bytes(aeq(path, mode, samples))
        return
    function = None if name.endswith("_batch") else concrete(model, batch)
    made = convert(function, model, mode or "float", samples)
    if function:
        made = with_signature(made)
    if kind != "float":
        (folder / f"{name}.{form}.tflite").write_bytes(made)
        return
    path.write_bytes(made)
    np.savez(folder / f"{name}.npz", **{f"input_{i}": samples[k] for i, k in enumerate(order_of_inputs(path))})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--variants", action="store_true", help="also with the converter's other settings")
    parser.add_argument("--seed", type=int, default=0, help="other weights and samples")
    arguments = parser.parse_args()
    global SEED
    SEED = arguments.seed
    arguments.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for name in [*NETWORKS, *(name + "_batch" for name in ANY_BATCH)]:
        if arguments.only and arguments.only not in name:
            continue
        print(name, flush=True)
        if not in_child(lambda: make(name, arguments.folder, "float")):
            failed.append(name)
            continue
        forms = [f"variant_{mode}" for mode in VARIANTS] if arguments.variants else []
        if arguments.peers:
            forms += [f"official_{mode}" for mode in ("float16", "dynamic-range", "int8", "int16x8")]
            forms += [f"aeq_{mode}" for mode in ("dynamic-range", "weight-only-int8", "weight-only-int4", "dynamic-range-int4", "int8",
                                                "int16x8")]
        for form in forms:
            # A process of its own for each: TensorFlow's threads do not survive a second fork.
            if not in_child(lambda: make(name, arguments.folder, form)):
                print(f"  {form} failed for {name}", flush=True)
    if failed:
        sys.exit("not made: " + ", ".join(failed))


if __name__ == "__main__":
    main()
