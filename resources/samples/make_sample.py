#!/usr/bin/env python3
"""Makes the bundled sample: a labelled set of drawn shapes and a small network trained on it.

    python3 resources/samples/make_sample.py            # writes everything beside this file
    python3 resources/samples/make_sample.py --out DIR

Needs numpy, Pillow and TensorFlow 2.16 or newer. The product itself needs none of them: the
results are committed. Everything follows from SEED: the pictures exactly, the weights up to the
order in which TensorFlow's kernels add on a given processor.
"""

import argparse
import io
import os
import pathlib
import shutil
import zipfile

import flatbuffers
import numpy as np
from PIL import Image, ImageDraw

SEED = 20240611
SIDE = 32
OVERSAMPLING = 4
CLASSES = ["arrow", "circle", "crescent", "cross", "heart", "hexagon", "ring", "square", "star", "triangle"]
TRAINING_PER_CLASS, EVALUATION_PER_CLASS, CALIBRATION_PER_CLASS = 5000, 50, 10
EPOCHS = 14
MODEL_NAME = "shapes_cnn.tflite"


# --- outlines -------------------------------------------------------------------------------

def regular(corners, radius=1.0):
    angle = 2 * np.pi * np.arange(corners) / corners - np.pi / 2
    return np.stack([np.cos(angle), np.sin(angle)], 1) * np.reshape(radius, (-1, 1))


def outline(name, rng):
    """One or two closed polygons within the unit circle; of a second one, the inside is a hole."""
    if name == "circle":
        return [regular(64)]
    if name == "ring":
        return [regular(64), regular(64) * rng.uniform(0.45, 0.72)]
    if name == "square":
        return [regular(4)]
    if name == "triangle":
        return [regular(3)]
    if name == "hexagon":
        return [regular(6)]
    if name == "star":
        return [regular(10, np.tile([1.0, rng.uniform(0.4, 0.62)], 5))]
    if name == "cross":
        arm = rng.uniform(0.25, 0.42)
        quarter = np.array([[arm, -1], [arm, -arm], [1, -arm]])
        turn = np.array([[0, 1], [-1, 0]])
        return [np.concatenate([quarter @ np.linalg.matrix_power(turn, k) for k in range(4)])]
    if name == "arrow":
        shaft, head = rng.uniform(0.15, 0.32), rng.uniform(-0.3, 0.1)
        return [np.array([[0, -1], [0.75, head], [shaft, head], [shaft, 1], [-shaft, 1], [-shaft, head], [-0.75, head]])]
    if name == "heart":
        t = np.linspace(0, 2 * np.pi, 64, endpoint=False)
        x = np.sin(t) ** 3
        y = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16
        return [np.stack([x, y], 1)]
    if name == "crescent":
        cut = rng.uniform(0.35, 0.7)  # distance of the two circles' centres
        meet = np.arccos(cut / 2)
        outer = np.linspace(meet, 2 * np.pi - meet, 48)
        inner = np.linspace(np.pi + meet, np.pi - meet, 48)
        return [np.concatenate([np.stack([np.cos(outer), np.sin(outer)], 1),
                                np.stack([np.cos(inner) + cut, np.sin(inner)], 1)])]
    raise ValueError(name)


def posed(polygons, rng):
    """Turned, stretched, slanted and moved, in pixels of the oversampled canvas."""
    angle = np.radians(rng.uniform(-40, 40))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    stretch = np.diag(np.exp(rng.uniform(-0.18, 0.18, 2)))
    slant = np.array([[1, rng.uniform(-0.2, 0.2)], [0, 1]])
    radius = rng.uniform(7.0, 13.5) * OVERSAMPLING
    room = SIDE * OVERSAMPLING / 2 - 0.75 * radius
    centre = SIDE * OVERSAMPLING / 2 + rng.uniform(-room, room, 2) * 0.8
    return [p @ (stretch @ slant @ turn) * radius + centre for p in polygons]


# --- painting -------------------------------------------------------------------------------

def colour(rng):
    return rng.integers(0, 256, 3)


def distinct_colour(rng, other, distance):
    while True:
        found = colour(rng)
        if np.linalg.norm(found - other) >= distance:
            return found


def rgb(values):
    return tuple(int(v) for v in np.clip(values, 0, 255))


def background(rng):
    side = SIDE * OVERSAMPLING
    base = colour(rng).astype(float)
    far = base + rng.normal(0, 35, 3)
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-0.5, 0.5, side)
    blend = (np.cos(angle) * across[None, :] + np.sin(angle) * across[:, None] + 0.7) / 1.4
    picture = base + (far - base) * np.clip(blend, 0, 1)[..., None]
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)), base


def clutter(draw, rng, base, count):
    """Lines, dots and splinters in colours near the background's or far from it."""
    side = SIDE * OVERSAMPLING
    for _ in range(count):
        paint = rgb(base + rng.normal(0, 40, 3))
        x, y = rng.uniform(0, side, 2)
        kind = rng.integers(3)
        if kind == 0:
            end = rng.normal(0, side / 3, 2)
            draw.line([x, y, x + end[0], y + end[1]], fill=paint, width=int(rng.integers(2, 7)))
        elif kind == 1:
            r = rng.uniform(3, 11)
            draw.ellipse([x - r, y - r, x + r, y + r], fill=paint)
        else:
            splinter = rng.normal(0, 9, (3, 2)) + [x, y]
            draw.polygon([tuple(p) for p in splinter], fill=paint)


def shape_mask(polygons):
    side = SIDE * OVERSAMPLING
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    for polygon, level in zip(polygons, (255, 0)):
        draw.polygon([tuple(p) for p in polygon], fill=level)
    return mask


def filling(rng, paint):
    """A plain colour, a shade, or stripes."""
    side = SIDE * OVERSAMPLING
    rows, columns = np.mgrid[0:side, 0:side]
    angle, period = rng.uniform(0, np.pi), rng.uniform(10, 26)
    wave = np.sin((np.cos(angle) * columns + np.sin(angle) * rows) * 2 * np.pi / period)
    kind = rng.integers(4)
    depth = 0 if kind < 2 else rng.uniform(10, 35)
    shade = np.sign(wave) if kind == 3 else wave
    return Image.fromarray(np.clip(paint + depth * shade[..., None], 0, 255).astype(np.uint8))


def occlude(picture, rng, base):
    """A bar over part of the shape."""
    side = SIDE * OVERSAMPLING
    draw = ImageDraw.Draw(picture)
    x, y = rng.uniform(0.25, 0.75, 2) * side
    reach = rng.normal(0, 1, 2)
    reach *= side / np.linalg.norm(reach)
    paint = rgb(base + rng.normal(0, 45, 3))
    draw.line([x - reach[0], y - reach[1], x + reach[0], y + reach[1]], fill=paint, width=int(rng.integers(6, 16)))


def render(name, rng):
    picture, base = background(rng)
    clutter(ImageDraw.Draw(picture), rng, base, rng.integers(1, 6))
    paint = distinct_colour(rng, base, 100)
    picture.paste(filling(rng, paint), mask=shape_mask(posed(outline(name, rng), rng)))
    if rng.random() < 0.25:
        occlude(picture, rng, base)
    clutter(ImageDraw.Draw(picture), rng, base, rng.integers(0, 2))
    small = np.asarray(picture.resize((SIDE, SIDE), Image.BOX), np.float64)
    light = rng.uniform(0.75, 1.2) * small + rng.normal(0, 10)
    return np.clip(np.rint(light + rng.normal(0, rng.uniform(2, 12), small.shape)), 0, 255).astype(np.uint8)


def render_set(seed, per_class):
    """Pictures [n, 32, 32, 3] uint8 and labels [n], class after class."""
    rng = np.random.Generator(np.random.PCG64(seed))
    pictures = [render(name, rng) for name in CLASSES for _ in range(per_class)]
    return np.stack(pictures), np.repeat(np.arange(len(CLASSES)), per_class)


def save_set(folder, pictures, labels):
    shutil.rmtree(folder, ignore_errors=True)
    counts = [0] * len(CLASSES)
    for picture, label in zip(pictures, labels):
        target = folder / CLASSES[label] / f"{counts[label]:03}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(target, optimize=True)
        counts[label] += 1


# --- network --------------------------------------------------------------------------------

def network():
    """The network of the classic TensorFlow Lite tutorial: 122,570 parameters, logits out."""
    import tensorflow as tf
    layers = tf.keras.layers
    return tf.keras.Sequential([
        layers.Input((SIDE, SIDE, 3), name="image"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(len(CLASSES)),
    ])


def train(model, pictures, labels):
    import tensorflow as tf
    batch = 64
    # Without the warm-up the rate kills the first layers and nothing is learned.
    rate = tf.keras.optimizers.schedules.CosineDecay(0.0, EPOCHS * (len(labels) // batch), warmup_target=1e-3,
                                                     warmup_steps=500)
    model.compile(optimizer=tf.keras.optimizers.Adam(rate),
                  loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.fit(pictures.astype(np.float32) / 255, labels, batch_size=batch, epochs=EPOCHS, shuffle=True, verbose=2)


def convert(model):
    import tensorflow as tf
    return tf.lite.TFLiteConverter.from_keras_model(model).convert()


# --- model card -----------------------------------------------------------------------------
# TFLite Metadata (identifier M001). Slots are those of the public metadata_schema.fbs, version 1.1.0.

def table(builder, slots):
    """slots: {slot: (kind, value)}; kind is 'offset' or 'byte'."""
    builder.StartObject(max(slots) + 1)
    for slot, (kind, value) in slots.items():
        if kind == "offset":
            builder.PrependUOffsetTRelativeSlot(slot, value, 0)
        else:
            builder.PrependInt8Slot(slot, value, 0)
    return builder.EndObject()


def offsets(builder, items):
    builder.StartVector(4, len(items), 4)
    for item in reversed(items):
        builder.PrependUOffsetTRelative(item)
    return builder.EndVector()


def floats(builder, values):
    return builder.CreateNumpyVector(np.array(values, np.float32))


def model_card(labels_file):
    """The card: input = (picture - 0) / 255, RGB; labels of the output's last axis in labels_file."""
    b = flatbuffers.Builder(1024)

    def text(value):
        return "offset", b.CreateString(value)

    normalization = table(b, {0: ("offset", floats(b, [0.0])), 1: ("offset", floats(b, [255.0]))})
    unit = table(b, {0: ("byte", 1), 1: ("offset", normalization)})  # union ProcessUnitOptions: 1 = normalization
    image = table(b, {0: ("byte", 1)})  # ColorSpaceType: 1 = RGB
    content = table(b, {0: ("byte", 2), 1: ("offset", image)})  # union ContentProperties: 2 = image
    stats = table(b, {0: ("offset", floats(b, [1.0])), 1: ("offset", floats(b, [0.0]))})
    picture = table(b, {0: text("image"), 1: text("A picture of one shape, 32 x 32 pixels"), 3: ("offset", content),
                        4: ("offset", offsets(b, [unit])), 5: ("offset", stats)})
    labels = table(b, {0: text(labels_file), 1: text("Name of each class, one a line"), 2: ("byte", 2)})
    logits = table(b, {0: text("logits"), 1: text("One value per class, before softmax"),
                       6: ("offset", offsets(b, [labels]))})
    subgraph = table(b, {2: ("offset", offsets(b, [picture])), 3: ("offset", offsets(b, [logits]))})
    card = table(b, {0: text("Shapes"), 1: text("Names the shape in a small cluttered picture"), 2: text("1"),
                     3: ("offset", offsets(b, [subgraph])), 4: text("Quantscope"), 5: text("GPL-3.0-or-later"),
                     7: text("1.0.0")})
    b.Finish(card, b"M001")
    return bytes(b.Output())


class AlignedBuilder(flatbuffers.Builder):
    """Starts byte vectors (the tensors' data) at multiples of 16, as the format asks and the plain builder does not."""

    def StartVector(self, element_size, count, alignment):
        return super().StartVector(element_size, count, 16 if element_size == 1 else alignment)


def with_model_card(flat, labels_file="labels.txt"):
    """The model with its card as metadata, followed by a ZIP archive holding the labels."""
    from tensorflow.lite.python import schema_py_generated as schema
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(flat, 0))
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(model_card(labels_file), np.uint8)
    entry.name, entry.buffer = b"TFLITE_METADATA", len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = (model.metadata or []) + [entry]
    builder = AlignedBuilder(len(flat) + 4096)
    builder.Finish(model.Pack(builder), b"TFL3")
    whole = io.BytesIO(bytes(builder.Output()))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as archive:
        member = zipfile.ZipInfo(labels_file, (2024, 1, 1, 0, 0, 0))
        archive.writestr(member, "\n".join(CLASSES) + "\n")
    return whole.getvalue()


# --- check ----------------------------------------------------------------------------------

def predictions(flat, pictures):
    """Index of the largest logit of each picture, by the TensorFlow Lite interpreter."""
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        from tensorflow.lite import Interpreter
    interpreter = Interpreter(model_content=flat, num_threads=1)
    interpreter.allocate_tensors()
    source, result = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    found = []
    for picture in pictures:
        interpreter.set_tensor(source, picture[None].astype(np.float32) / np.float32(255))
        interpreter.invoke()
        found.append(int(np.argmax(interpreter.get_tensor(result))))
    return np.array(found)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    arguments.add_argument("--pictures-only", action="store_true", help="keep the trained model as it is")
    options = arguments.parse_args()

    evaluation, evaluation_labels = render_set(SEED + 1, EVALUATION_PER_CLASS)
    calibration, calibration_labels = render_set(SEED + 2, CALIBRATION_PER_CLASS)
    save_set(options.out / "shapes" / "evaluation", evaluation, evaluation_labels)
    save_set(options.out / "shapes" / "calibration", calibration, calibration_labels)
    path = options.out / MODEL_NAME
    if not options.pictures_only:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf
        tf.config.threading.set_intra_op_parallelism_threads(2)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        tf.keras.utils.set_random_seed(SEED)
        model = network()
        train(model, *render_set(SEED, TRAINING_PER_CLASS))
        path.write_bytes(with_model_card(convert(model)))

    found = predictions(path.read_bytes(), evaluation)
    print(f"{path.name}: {path.stat().st_size} bytes, top-1 {np.sum(found == evaluation_labels)} of {len(found)}")
    for index, name in enumerate(CLASSES):
        mine = evaluation_labels == index
        print(f"  {name:10} {np.sum(found[mine] == index)} of {np.sum(mine)}")


if __name__ == "__main__":
    main()
