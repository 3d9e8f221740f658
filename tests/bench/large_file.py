#!/usr/bin/env python3
"""Quantizes a large chain of FULLY_CONNECTED layers, file to file, with quantscope-cli and with AI Edge Quantizer in
turn, and prints rates (source bytes per second), their ratio, and the peak resident memory of each.

    large_file.py QUANTSCOPE_CLI [--gigabytes 1.9] [--rounds 2] [--folder DIR] [--modes dynamic-range ...]

Needs the Python packages tensorflow (or ai-edge-litert) and ai-edge-quantizer; only for comparison.
"""
import argparse, json, multiprocessing, os, subprocess, sys, tempfile, time

UNITS = 4096


def make_chain(path, layers):
    import flatbuffers, numpy as np
    from tensorflow.lite.python import schema_py_generated as s

    builder = flatbuffers.Builder(layers * UNITS * UNITS * 4 + (1 << 20))
    random = np.random.default_rng(1)
    block = random.normal(0, 0.02, (UNITS, UNITS)).astype(np.float32)
    buffers = []
    for layer in range(layers + 1):
        data = None
        if layer:
            # Layers must differ after rounding too, or their codes are stored once.
            weights = np.roll(block, 97 * layer, axis=1)
            bytes_ = weights.reshape(-1).view(np.uint8)
            # By hand: the generic way would copy once more.
            builder.StartVector(1, len(bytes_), 16)
            builder.head = builder.Head() - len(bytes_)
            builder.Bytes[builder.Head():builder.Head() + len(bytes_)] = bytes_.tobytes()
            data = builder.EndVector()
        s.BufferStart(builder)
        if data is not None:
            s.BufferAddData(builder, data)
        buffers.append(s.BufferEnd(builder))

    def vector(offsets):
        builder.StartVector(4, len(offsets), 4)
        for o in reversed(offsets):
            builder.PrependUOffsetTRelative(o)
        return builder.EndVector()

    def ints(values):
        return builder.CreateNumpyVector(np.array(values, np.int32))

    tensors = []

    def tensor(shape, buffer, name):
        name, shape = builder.CreateString(name), ints(shape)
        s.TensorStart(builder)
        s.TensorAddShape(builder, shape)
        s.TensorAddBuffer(builder, buffer)
        s.TensorAddName(builder, name)
        tensors.append(s.TensorEnd(builder))
        return len(tensors) - 1

    activations = [tensor([1, UNITS], 0, f"x{i}") for i in range(layers + 1)]
    weights = [tensor([UNITS, UNITS], i + 1, f"w{i}") for i in range(layers)]
    operators = []
    for i in range(layers):
        s.FullyConnectedOptionsStart(builder)
        options = s.FullyConnectedOptionsEnd(builder)
        inputs, outputs = ints([activations[i], weights[i], -1]), ints([activations[i + 1]])
        s.OperatorStart(builder)
        s.OperatorAddInputs(builder, inputs)
        s.OperatorAddOutputs(builder, outputs)
        s.OperatorAddBuiltinOptionsType(builder, s.BuiltinOptions.FullyConnectedOptions)
        s.OperatorAddBuiltinOptions(builder, options)
        operators.append(s.OperatorEnd(builder))
    s.OperatorCodeStart(builder)
    s.OperatorCodeAddDeprecatedBuiltinCode(builder, 9)
    s.OperatorCodeAddBuiltinCode(builder, 9)
    s.OperatorCodeAddVersion(builder, 1)
    codes = vector([s.OperatorCodeEnd(builder)])
    tensor_list, operator_list = vector(tensors), vector(operators)
    inputs, outputs = ints([activations[0]]), ints([activations[-1]])
    s.SubGraphStart(builder)
    s.SubGraphAddTensors(builder, tensor_list)
    s.SubGraphAddInputs(builder, inputs)
    s.SubGraphAddOutputs(builder, outputs)
    s.SubGraphAddOperators(builder, operator_list)
    graphs, buffer_list = vector([s.SubGraphEnd(builder)]), vector(buffers)
    s.ModelStart(builder)
    s.ModelAddVersion(builder, 3)
    s.ModelAddOperatorCodes(builder, codes)
    s.ModelAddSubgraphs(builder, graphs)
    s.ModelAddBuffers(builder, buffer_list)
    builder.Finish(s.ModelEnd(builder), b"TFL3")
    with open(path, "wb") as file:
        file.write(memoryview(builder.Bytes)[builder.Head():])


PEER = r"""
import sys, time, json, resource
from ai_edge_quantizer import quantizer, qtyping, algorithm_manager
source, target, mode = sys.argv[1:]
begin = time.perf_counter()
q = quantizer.Quantizer(source)
bits = 8 if mode == 'dynamic-range' else 4
grain = qtyping.QuantGranularity.BLOCKWISE_32 if mode.endswith('blockwise') else qtyping.QuantGranularity.CHANNELWISE
q.add_dynamic_config('.*', qtyping.TFLOperationName.FULLY_CONNECTED, bits, grain)
q.quantize().export_model(target, overwrite=True)
seconds = time.perf_counter() - begin
print(json.dumps({'seconds': seconds, 'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
"""


def run_peer(source, target, mode):
    out = subprocess.run([sys.executable, "-c", PEER, source, target, mode], check=True, capture_output=True, text=True,
                         env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
    result = json.loads(out.stdout.strip().splitlines()[-1])
    return result["seconds"], result["peak"]


# Started in a small process of its own: a child's peak counts what its parent had in memory.
LAUNCHER = r"""
import json, os, sys, time
begin = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, '/dev/null', os.O_WRONLY, 0)])
_, status, usage = os.wait4(pid, 0)
print(json.dumps({'status': status, 'seconds': time.perf_counter() - begin, 'peak': usage.ru_maxrss * 1024}))
"""


def run_ours(cli, source, target, mode, recipe):
    how = ["--recipe", recipe] if mode.endswith("blockwise") else ["--mode", mode]
    out = subprocess.run([sys.executable, "-S", "-c", LAUNCHER, os.path.abspath(cli), "quantize", source, "-o", target,
                          "--force", "--quiet", *how], check=True, capture_output=True, text=True)
    result = json.loads(out.stdout)
    if result["status"]:
        raise SystemExit("quantscope-cli failed: " + out.stderr)
    return result["seconds"], result["peak"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("--gigabytes", type=float, default=1.9)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", default=None)
    parser.add_argument("--modes", nargs="*", default=["dynamic-range", "dynamic-range-int4", "dynamic-range-int4-blockwise"])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        source = os.path.join(folder, "chain.tflite")
        # In a process of its own: a child's peak counts what its parent had when it was started.
        maker = multiprocessing.Process(target=make_chain,
                                        args=(source, max(1, round(arguments.gigabytes * 1e9 / (UNITS * UNITS * 4)))))
        maker.start()
        maker.join()
        size = os.path.getsize(source)
        recipe = os.path.join(folder, "blockwise.json")
        with open(recipe, "w") as file:
            json.dump({"quantscope_recipe": 1, "name": "blockwise", "default": {
                "precision": "dynamic-range-int4", "granularity": "blockwise", "block_size": 32}}, file)
        print(f"source {size / 1e6:.0f} MB of {os.cpu_count()} processors")
        for mode in arguments.modes:
            ours_target, peer_target = os.path.join(folder, "ours.tflite"), os.path.join(folder, "peer.tflite")
            ours, peer = [], []
            for _ in range(arguments.rounds):
                peer.append(run_peer(source, peer_target, mode))
                ours.append(run_ours(arguments.cli, source, ours_target, mode, recipe))
            o, p = min(ours), min(peer)
            result = os.path.getsize(ours_target)
            print(f"{mode}: ours {size / o[0] / 1e6:.0f} MB/s, AI Edge Quantizer {size / p[0] / 1e6:.0f} MB/s, "
                  f"{p[0] / o[0]:.1f} times as fast; result {result} bytes, theirs {os.path.getsize(peer_target)}; "
                  f"peak above the result {(o[1] - result) / 2**20:.0f} MiB, theirs {p[1] / size:.2f} times the source")


if __name__ == "__main__":
    main()
