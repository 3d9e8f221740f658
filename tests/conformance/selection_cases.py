"""Random operators that select, search, count and scatter; boxes of detection models."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from random_cases import BOOL, F32, I8, I16, I32, I64, U8, case, finish, options, pick, shape_of


@case
def add_n(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("ADD_N", [g.input(shape, dtype) for _ in np.arange(rng.integers(1, 5))], [y])
    finish(g, y)


@case
def select(g, rng):
    dtype = pick(rng, F32, BOOL, U8, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4)
    condition = pick(rng, shape, [], [shape[0]])
    y = g.tensor(shape, dtype)
    g.op("SELECT", [g.input(condition, BOOL), g.input(shape, dtype), g.input(shape, dtype)], [y])
    finish(g, y)


@case
def select_v2(g, rng):
    dtype = pick(rng, F32, BOOL, U8, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4)
    part = lambda: [n if rng.random() < 0.7 else 1 for n in shape][int(rng.integers(len(shape))) if rng.random() < 0.3 else 0:]
    y = g.tensor([1], dtype)
    g.op("SELECT_V2", [g.input(part(), BOOL), g.input(part(), dtype), g.input(part(), dtype)], [y])
    finish(g, y)


@case
def where(g, rng):
    dtype = pick(rng, BOOL, F32, I32, I64, I8, U8)
    shape = shape_of(rng)
    y = g.tensor([1], I64)
    g.op("WHERE", [g.input(shape, dtype, lambda r: r.integers(0, 2, shape).astype(dtype))], [y])
    finish(g, y)


@case
def arg_max_min(g, rng):
    dtype = pick(rng, F32, U8, I8, I32, BOOL)
    shape = shape_of(rng)
    name = pick(rng, "ARG_MAX", "ARG_MIN")
    wide = rng.random() < 0.5
    y = g.tensor([1], I64 if wide else I32)
    kind = schema.TensorType.INT64 if wide else schema.TensorType.INT32
    g.op(name, [g.input(shape, dtype), g.constant(I32(rng.integers(-len(shape), len(shape))))], [y],
         options("ArgMaxOptions" if name == "ARG_MAX" else "ArgMinOptions", outputType=kind))
    finish(g, y)


@case
def topk_v2(g, rng):
    dtype = pick(rng, F32, U8, I8, I32, I64)
    shape = shape_of(rng, 1, 3, 9)
    values, indices = g.tensor([1], dtype), g.tensor([1], I32)
    g.op("TOPK_V2", [g.input(shape, dtype), g.constant(I32(rng.integers(0, shape[-1] + 1)))], [values, indices])
    finish(g, values, indices)


@case
def cumsum(g, rng):
    dtype = pick(rng, F32, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("CUMSUM", [g.input(shape, dtype), g.constant(I32(rng.integers(-len(shape), len(shape))))], [y],
         options("CumsumOptions", exclusive=bool(rng.integers(2)), reverse=bool(rng.integers(2))))
    finish(g, y)


@case
def dynamic_update_slice(g, rng):
    dtype = pick(rng, F32, BOOL, I8, I32, I64)
    shape = shape_of(rng)
    update = [int(rng.integers(1, n + 1)) for n in shape]
    itype = I32
    starts = g.input([len(shape)], itype, lambda r: r.integers(-3, 8, len(shape)).astype(itype))
    y = g.tensor(shape, dtype)
    g.op("DYNAMIC_UPDATE_SLICE", [g.input(shape, dtype), g.input(update, dtype), starts], [y])
    finish(g, y)


@case
def segment_sum(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng, 1, 3)
    ids = np.cumsum(rng.integers(0, 2, shape[0]) * (np.arange(shape[0]) > 0)).astype(I32)
    y = g.tensor([1], dtype)
    g.op("SEGMENT_SUM", [g.input(shape, dtype), g.constant(ids)], [y])
    finish(g, y)


@case
def unsorted_segment(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng, 1, 3)
    name = "UNSORTED_SEGMENT_" + pick(rng, "SUM", "PROD", "MAX", "MIN")
    lead = int(rng.integers(1, len(shape) + 1))
    ids = g.input(shape[:lead], I32, lambda r: r.integers(-1, 4, shape[:lead]).astype(I32))
    y = g.tensor([1], dtype)
    g.op(name, [g.input(shape, dtype), ids, g.constant(np.array([4], I32))], [y])
    finish(g, y)


@case
def matrix_diag(g, rng):
    dtype = pick(rng, F32, U8, I8, I16, I32, I64)
    if rng.random() < 0.5:
        shape = shape_of(rng, 1, 3)
        y = g.tensor([*shape, shape[-1]], dtype)
        g.op("MATRIX_DIAG", [g.input(shape, dtype)], [y])
    else:
        shape = shape_of(rng, 2, 4)
        y = g.tensor(shape, dtype)
        g.op("MATRIX_SET_DIAG", [g.input(shape, dtype), g.input([*shape[:-2], min(shape[-2:])], dtype)], [y])
    finish(g, y)


@case
def sparse_to_dense(g, rng):
    dtype = pick(rng, F32, I32, I64, I8, U8)
    rank = int(rng.integers(1, 4))
    shape = [int(n) for n in rng.integers(2, 6, rank)]
    cells = np.sort(rng.choice(int(np.prod(shape)), min(3, int(np.prod(shape))), replace=False))
    places = np.stack(np.unravel_index(cells, shape), -1).astype(pick(rng, I32, I64))
    if rank == 1 and rng.random() < 0.5:
        places = places[:, 0]
    single = rng.random() < 0.3
    y = g.tensor(shape, dtype)
    g.op("SPARSE_TO_DENSE", [g.constant(places), g.constant(np.array(shape, places.dtype)),
                             g.input([] if single else [len(cells)], dtype), g.input([], dtype)], [y],
         options("SparseToDenseOptions"), version=3)
    finish(g, y)


@case
def unique(g, rng):
    dtype = pick(rng, F32, U8, I8, I16, I32, I64)
    n = int(rng.integers(1, 20))
    wide = rng.random() < 0.5
    y, index = g.tensor([1], dtype), g.tensor([n], I64 if wide else I32)
    g.op("UNIQUE", [g.input([n], dtype, lambda r: r.integers(0, 6, n).astype(dtype))], [y, index],
         options("UniqueOptions", idxOutType=schema.TensorType.INT64 if wide else schema.TensorType.INT32))
    finish(g, y, index)


@case
def bucketize(g, rng):
    dtype = pick(rng, F32, np.float64, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, I32)
    g.op("BUCKETIZE", [g.input(shape, dtype)], [y],
         options("BucketizeOptions", boundaries=[float(v) for v in np.sort(np.round(rng.normal(0, 3, rng.integers(1, 6)), 1))]))
    finish(g, y)


@case
def bitcast(g, rng):
    source, target = pick(rng, (F32, I32), (F32, I16), (I64, I32), (I8, I32), (I16, F32), (U8, I8))
    ratio = np.dtype(target).itemsize // np.dtype(source).itemsize
    shape = shape_of(rng, 1, 3) + ([ratio] if ratio > 1 else [])
    y = g.tensor([1], target)
    g.op("BITCAST", [g.input(shape, source)], [y])
    finish(g, y)


def boxes(rng, n):
    corner = rng.uniform(0, 1, (n, 2))
    size = rng.uniform(0.05, 0.5, (n, 2))
    flat = np.concatenate([corner, corner + size], -1)
    swap = rng.random(n) < 0.2
    flat[swap] = flat[swap][:, [2, 3, 0, 1]]
    return flat.astype(F32)


@case
def non_max_suppression(g, rng):
    n, most = int(rng.integers(1, 25)), int(rng.integers(1, 12))
    soft = rng.random() < 0.5
    # Equal scores, as quantized ones often are, and boxes without area.
    equal, flat = rng.random() < 0.4, rng.random() < 0.3
    def draw_boxes(r):
        made = boxes(r, n)
        if flat:
            made[:, 2] = np.where(r.random(n) < 0.3, made[:, 0], made[:, 2])
        return made
    def draw_scores(r):
        return (r.integers(0, 6, n) / 6 if equal else r.uniform(0, 1, n)).astype(F32)
    inputs = [g.input([n, 4], F32, draw_boxes), g.input([n], F32, draw_scores),
              g.constant(I32(most)), g.constant(F32(rng.uniform(0.1, 0.9))), g.constant(F32(rng.uniform(0, 0.5)))]
    index, count = g.tensor([most], I32), g.tensor([], I32)
    if soft:
        scores = g.tensor([most])
        sigma = pick(rng, 0.0, float(rng.uniform(0.1, 1)))
        g.op("NON_MAX_SUPPRESSION_V5", [*inputs, g.constant(F32(sigma))], [index, scores, count])
        finish(g, index, scores, count)
    else:
        g.op("NON_MAX_SUPPRESSION_V4", inputs, [index, count])
        finish(g, index, count)


@case
def detection_post_process(g, rng):
    from flatbuffers import flexbuffers
    n, classes, most = int(rng.integers(2, 20)), int(rng.integers(1, 5)), int(rng.integers(1, 8))
    regular = bool(rng.integers(2))
    if not regular:
        most = 1  # what follows the last detection is not written
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Int("max_detections", most)
        builder.Int("max_classes_per_detection", 1)
        builder.Int("detections_per_class", int(rng.integers(1, 10)))
        builder.Bool("use_regular_nms", regular)
        builder.Float("nms_score_threshold", float(rng.uniform(0, 0.4)) if regular else 0.0)
        builder.Float("nms_iou_threshold", float(rng.uniform(0.2, 0.8)))
        builder.Int("num_classes", classes)
        for name, value in [("y_scale", 10.0), ("x_scale", 10.0), ("h_scale", 5.0), ("w_scale", 5.0)]:
            builder.Float(name, value)
    background = int(rng.integers(2))
    anchors = np.concatenate([rng.uniform(0, 1, (n, 2)), rng.uniform(0.1, 0.5, (n, 2))], -1).astype(F32)
    if rng.random() < 0.5:
        x = g.input([1, n, 4], F32, lambda r: r.normal(0, 2, (1, n, 4)).astype(F32))
        s = g.input([1, n, classes + background], F32, lambda r: r.uniform(0, 1, (1, n, classes + background)).astype(F32))
        a = g.constant(anchors)
    else:
        x = g.input([1, n, 4], U8, scale=0.05, zero=128)
        s = g.input([1, n, classes + background], U8, scale=1 / 256, zero=0)
        a = g.constant(np.round(anchors * 200).astype(U8), scale=1 / 200, zero=0)
    outputs = [g.tensor([1, most, 4]), g.tensor([1, most]), g.tensor([1, most]), g.tensor([1])]
    g.op("TFLite_Detection_PostProcess", [x, s, a], outputs, custom=bytes(builder.Finish()))
    finish(g, *outputs)
