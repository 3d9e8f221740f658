"""Networks of the zoo, one function each; network_zoo.py builds, converts and samples them."""

import numpy as np
import tensorflow as tf

K, L = tf.keras, tf.keras.layers
NETWORKS = {}


def network(*shapes, dtypes=None, high=None, batch=1):
    """Shapes of the inputs without the batch, their types, where integers end, and the batch that it is converted with."""
    def register(function):
        NETWORKS[function.__name__.rstrip("_")] = (function, shapes, dtypes or ["float32"] * len(shapes), high, batch)
        return function
    return register


def conv_block(x, filters, stride=1, activation="relu6", kernel=3):
    x = L.Conv2D(filters, kernel, stride, "same", use_bias=False)(x)
    return L.Activation(activation)(L.BatchNormalization()(x))


@network((24, 16))
def lstm(x):
    return L.Dense(5)(L.LSTM(40)(x))


@network((12, 16))
def lstm_stacked(x):
    return L.Dense(7, activation="softmax")(L.LSTM(48)(L.LSTM(48, return_sequences=True)(x)))


@network((10, 20))
def lstm_bidirectional(x):
    return L.Dense(4)(L.Bidirectional(L.LSTM(48))(x))


@network((10, 12))
def gru(x):
    return L.Dense(3)(L.GRU(32)(x))


@network((6, 12))
def gru_unrolled(x):
    return L.Dense(3)(L.GRU(32, unroll=True)(x))


@network((6, 12))
def lstm_unrolled(x):
    return L.Dense(3)(L.LSTM(32, unroll=True)(x))


@network((16, 32))
def transformer(x):
    for _ in range(2):
        y = L.MultiHeadAttention(4, 8)(L.LayerNormalization()(x), L.LayerNormalization()(x))
        x = x + y
        y = L.Dense(64, activation="gelu")(L.LayerNormalization()(x))
        x = x + L.Dense(32)(y)
    return L.Dense(6, activation="softmax")(L.GlobalAveragePooling1D()(x))


@network((16,), dtypes=["int32"], high=50)
def transformer_text(tokens):
    x = L.Embedding(50, 32)(tokens)
    mask = tf.constant(np.triu(np.full((16, 16), -1e9, np.float32), 1))
    q, k, v = (L.Dense(32)(x) for _ in range(3))
    scores = L.Lambda(lambda t: tf.matmul(t[0], t[1], transpose_b=True) / 5.65 + mask)([q, k])
    y = L.Lambda(lambda t: tf.matmul(tf.nn.softmax(t[0]), t[1]))([scores, v])
    return L.Dense(50)(L.LayerNormalization()(x + y))


@network((32, 32, 3))
def unet(x):
    a = conv_block(x, 8, activation="relu")
    b = conv_block(L.MaxPooling2D()(a), 16, activation="relu")
    c = conv_block(L.MaxPooling2D()(b), 32, activation="relu")
    u = L.Conv2DTranspose(16, 2, 2, "same")(c)
    u = conv_block(L.Concatenate()([u, b]), 16, activation="relu")
    u = L.UpSampling2D(interpolation="bilinear")(u)
    u = conv_block(L.Concatenate()([u, a]), 8, activation="relu")
    return L.Conv2D(2, 1, activation="sigmoid")(u)


@network((64, 64, 3))
def mobilenet_v2(x):
    return K.applications.MobileNetV2((64, 64, 3), alpha=0.35, weights=None, classes=10)(x)


@network((64, 64, 3))
def mobilenet_v3(x):
    return K.applications.MobileNetV3Small((64, 64, 3), alpha=0.75, weights=None, classes=10, include_preprocessing=False)(x)


@network((48, 48, 3))
def efficientnet(x):
    x = conv_block(x, 16, 2, "swish")
    for filters, stride in [(16, 1), (24, 2), (24, 1), (40, 2)]:
        y = conv_block(x, 4 * x.shape[-1], 1, "swish", 1)
        y = L.DepthwiseConv2D(5, stride, "same", use_bias=False)(y)
        y = L.Activation("swish")(L.BatchNormalization()(y))
        s = L.GlobalAveragePooling2D(keepdims=True)(y)
        s = L.Conv2D(8, 1, activation="swish")(s)
        y = y * L.Conv2D(y.shape[-1], 1, activation="sigmoid")(s)
        y = L.BatchNormalization()(L.Conv2D(filters, 1, use_bias=False)(y))
        x = x + y if y.shape == x.shape else y
    return L.Dense(10, activation="softmax")(L.GlobalAveragePooling2D()(x))


@network((32, 32, 3))
def detection_head(x):
    a = conv_block(conv_block(x, 16, 2), 24, 2)
    b = conv_block(a, 32, 2)
    boxes, scores = [], []
    for level in (a, b):
        boxes.append(L.Reshape((-1, 4))(L.Conv2D(12, 3, padding="same")(level)))
        scores.append(L.Reshape((-1, 5))(L.Conv2D(15, 3, padding="same")(level)))
    boxes, scores = L.Concatenate(axis=1)(boxes), L.Concatenate(axis=1)(scores)
    def decode(b):
        centre, size = tf.split(b, 2, axis=-1)
        size = tf.exp(tf.clip_by_value(size * 0.2, -2.0, 2.0))
        centre = centre * 0.1 + 0.5
        return tf.concat([centre - size / 2, centre + size / 2], -1)
    return [L.Lambda(decode)(boxes), L.Activation("sigmoid")(scores)]


@network((16, 16, 3))
def detection_topk(x):
    x = conv_block(x, 8)
    scores = L.Reshape((256,))(L.Conv2D(1, 1, activation="sigmoid")(x))
    values, places = L.Lambda(lambda s: tf.math.top_k(s, 10))(scores)
    return [values, places, L.Lambda(lambda s: tf.argmax(s, -1))(scores), L.Lambda(lambda s: tf.reduce_max(s, -1))(scores)]


@network((40, 8))
def tcn(x):
    for dilation in (1, 2, 4):
        y = L.Conv1D(16, 3, padding="causal", dilation_rate=dilation, activation="relu")(x)
        y = L.Conv1D(16, 3, padding="causal", dilation_rate=dilation)(y)
        x = L.ReLU()(y + L.Conv1D(16, 1)(x))
    return L.Dense(4)(x[:, -1])


@network((24, 24, 16))
def shufflenet(x):
    a, b = L.Lambda(lambda t: tf.split(t, 2, -1))(x)
    b = conv_block(L.DepthwiseConv2D(3, padding="same")(conv_block(b, 8, kernel=1)), 8, kernel=1)
    y = L.Concatenate()([a, b])
    y = L.Reshape((24, 24, 2, 8))(y)
    y = L.Permute((1, 2, 4, 3))(y)
    y = L.Reshape((24, 24, 16))(y)
    return L.Dense(4)(L.GlobalMaxPooling2D()(y))


@network((12, 12, 3))
def super_resolution(x):
    y = L.PReLU(shared_axes=[1, 2], alpha_initializer="uniform")(L.Conv2D(16, 3, padding="same")(x))
    y = L.LeakyReLU(0.1)(L.Conv2D(12, 3, padding="same")(y))
    y = L.Lambda(lambda t: tf.nn.depth_to_space(t, 2))(y)
    up = L.Lambda(lambda t: tf.image.resize(t, (24, 24), "nearest"))(x)
    return L.Lambda(lambda t: tf.clip_by_value(t, 0.0, 1.0))(y + up)


@network((20,), dtypes=["int32"], high=200)
def text_average(tokens):
    return L.Dense(3)(L.GlobalAveragePooling1D()(L.Embedding(200, 24)(tokens)))


@network((1600,))
def audio(x):
    frames = L.Lambda(lambda t: tf.reshape(t, (-1, 16, 100)))(x)
    y = L.Dense(40)(frames)
    y = L.Lambda(lambda t: tf.math.log(tf.abs(t) + 1e-2))(y)
    y = L.Lambda(lambda t: tf.nn.l2_normalize(t, -1))(y)
    y = L.Conv1D(16, 3, padding="same", activation="tanh")(y)
    return L.Lambda(lambda t: tf.nn.log_softmax(t))(L.Dense(8)(L.Flatten()(y)))


@network((8, 6), (8, 6))
def two_inputs(a, b):
    y = L.Lambda(lambda t: tf.maximum(t[0], t[1]) - tf.minimum(t[0], t[1]) * 0.5)([a, b])
    y = L.Lambda(lambda t: tf.where(t[0] > t[1], t[2], t[1]))([a, b, y])
    y = L.Lambda(lambda t: tf.stack(tf.unstack(t, axis=1)[::-1], 1))(y)
    y = L.Lambda(lambda t: tf.tile(tf.pad(t, [[0, 0], [1, 1], [0, 0]]), [1, 1, 2]))(y)
    return L.Dense(5)(y)


@network((10, 10, 4))
def functions(x):
    y = L.Lambda(lambda t: tf.sqrt(tf.abs(t) + 0.1) + tf.sin(t) + tf.floor(t) * 0.1 + tf.nn.elu(t))(x)
    y = L.Lambda(lambda t: tf.cumsum(t, 1) * 0.2 + tf.square(t) - tf.negative(t) / (tf.abs(t) + 1.0))(y)
    y = L.Lambda(lambda t: tf.reduce_sum(t, 1) + tf.reduce_min(t, 1) + tf.reduce_prod(tf.tanh(t[:, :2]), 1))(y)
    y = L.Lambda(lambda t: tf.nn.relu(t) + tf.clip_by_value(t, -1.0, 1.0))(y)
    return L.Dense(6)(L.Flatten()(y))


@network((16, 16, 8))
def resnext(x):
    y = L.Conv2D(16, 3, padding="same", groups=4)(x)
    y = L.ReLU()(L.BatchNormalization()(y))
    y = L.SeparableConv2D(16, 3, padding="same", activation="relu")(y)
    y = L.Conv2D(16, 3, padding="same", dilation_rate=2)(y)
    y = L.ZeroPadding2D()(L.Activation("hard_swish")(y))
    return L.Dense(5, activation="softmax")(L.Flatten()(L.AveragePooling2D(3)(y)))


@network((8, 16, 16, 2))
def video(x):
    y = L.Conv3D(4, 3, padding="same", activation="relu")(x)
    y = L.Lambda(lambda t: tf.reduce_mean(t, 1))(y)
    return L.Dense(3)(L.Flatten()(conv_block(y, 8)))
