"""Networks of the zoo for sequences: sound, text, recurrent, attention; and graphs with flow, integers, states."""

import numpy as np
import tensorflow as tf

from networks import K, L, network
from vision_networks import lambda_


def fixed(seed, *shape, scale=1.0):
    return np.random.Generator(np.random.PCG64(seed)).normal(0, scale, shape).astype(np.float32)


@network((800, 1))
def audio_m5(x):
    for filters, kernel, stride in [(8, 40, 4), (12, 3, 1), (16, 3, 1)]:
        x = L.ReLU()(L.BatchNormalization()(L.Conv1D(filters, kernel, stride, "same", use_bias=False)(x)))
        x = L.MaxPooling1D(4)(x)
    return L.Dense(6)(L.GlobalAveragePooling1D()(x))


@network((1024,))
def audio_spectrum(x):
    s = lambda_(lambda t: tf.abs(tf.signal.stft(t, 256, 128, 256)), x)
    mel = tf.signal.linear_to_mel_weight_matrix(20, 129, 8000, 80.0, 3600.0).numpy()
    y = lambda_(lambda t: tf.math.log(tf.tensordot(t, mel, 1) + 1e-3), s)
    y = L.Conv1D(12, 3, activation="relu")(y)
    return L.Dense(4)(L.Flatten()(y))


@network((40, 8))
def audio_dscnn1d(x):
    for rate in (1, 2):
        x = L.SeparableConv1D(12, 3, padding="same", dilation_rate=rate, activation="relu")(x)
    x = L.AveragePooling1D(4)(x)
    return L.Dense(5)(L.Flatten()(L.Conv1DTranspose(6, 4, 2, "same")(x)))


@network((10, 12))
def gru_bidirectional(x):
    return L.Dense(4)(L.Bidirectional(L.GRU(16, return_sequences=True), merge_mode="sum")(x)[:, -1])


@network((10, 12))
def rnn_simple(x):
    return L.Dense(4)(L.SimpleRNN(24, go_backwards=True)(x))


@network((10, 12))
def lstm_cells(x):
    return L.Dense(4)(L.RNN([L.LSTMCell(24), L.LSTMCell(16)])(x))


@network((10, 12))
def lstm_states(x):
    y, h, c = L.LSTM(36, return_state=True, return_sequences=True, go_backwards=True)(x)
    return [L.Dense(3)(y), h, c]


@network((5, 8, 8, 2))
def lstm_convolutional(x):
    return L.Dense(3)(L.GlobalAveragePooling2D()(L.ConvLSTM2D(6, 3, padding="same")(x)))


@network((12, 40))
def speech(x):
    """Convolution, recurrent, log-softmax over symbols."""
    y = L.Conv1D(24, 5, padding="causal", activation="relu")(x)
    y = L.Bidirectional(L.LSTM(20, return_sequences=True))(y)
    return lambda_(lambda t: tf.nn.log_softmax(t), L.Dense(11)(y))


@network((16,), (16,), (16,), dtypes=["int32"] * 3, high=2)
def bert(tokens, segments, mask):
    y = L.Embedding(60, 24)(tokens) + L.Embedding(2, 24)(segments)
    place = fixed(1, 1, 16, 24, scale=0.3)
    y = L.LayerNormalization()(lambda_(lambda t: t + place, y))
    bias = lambda_(lambda m: (1.0 - tf.cast(m, tf.float32)[:, None, None, :]) * -10000.0, mask)
    def heads(t):
        return lambda_(lambda t: tf.transpose(tf.reshape(t, (-1, 16, 3, 8)), (0, 2, 1, 3)), t)
    for _ in range(2):
        q, k, v = (heads(L.Dense(24)(y)) for _ in range(3))
        s = lambda_(lambda t: tf.nn.softmax(tf.matmul(t[0], t[1], transpose_b=True) * 0.35 + t[2]), q, k, bias)
        a = lambda_(lambda t: tf.reshape(tf.transpose(tf.matmul(t[0], t[1]), (0, 2, 1, 3)), (-1, 16, 24)), s, v)
        y = L.LayerNormalization()(y + L.Dense(24)(a))
        f = L.Dense(48, activation=lambda t: 0.5 * t * (1.0 + tf.math.erf(t / 1.41421356)))(y)
        y = L.LayerNormalization()(y + L.Dense(24)(f))
    return [y, L.Dense(24, activation="tanh")(lambda_(lambda t: t[:, 0], y))]


@network((12,), dtypes=["int32"], high=40)
def language_model(tokens):
    """Root mean square norm, rotary places, gated unit, causal mask, tied table."""
    table = fixed(2, 40, 32, scale=0.5)
    y = lambda_(lambda t: tf.gather(table, tf.cast(t, tf.int32)), tokens)
    angle = np.arange(12)[:, None] / 100 ** (np.arange(4) / 4)[None]
    cos, sin = np.cos(angle).astype(np.float32)[None, :, None], np.sin(angle).astype(np.float32)[None, :, None]
    mask = np.triu(np.full((12, 12), -1e9, np.float32), 1)
    def norm(t):
        return lambda_(lambda t: t * tf.math.rsqrt(tf.reduce_mean(tf.square(t), -1, keepdims=True) + 1e-6), t)
    def rotate(t):
        a, b = tf.split(tf.reshape(t, (-1, 12, 4, 8)), 2, -1)
        return tf.concat([a * cos - b * sin, b * cos + a * sin], -1)
    for _ in range(2):
        n = norm(y)
        q, k, v = (L.Dense(32, use_bias=False)(n) for _ in range(3))
        a = lambda_(lambda t: tf.einsum("bhqk,bkhd->bqhd", tf.nn.softmax(
            tf.einsum("bqhd,bkhd->bhqk", rotate(t[0]), rotate(t[1])) / 2.83 + mask), tf.reshape(t[2], (-1, 12, 4, 8))), q, k, v)
        y = y + L.Dense(32, use_bias=False)(L.Reshape((12, 32))(a))
        n = norm(y)
        y = y + L.Dense(32, use_bias=False)(L.Dense(64, activation="silu", use_bias=False)(n) * L.Dense(64, use_bias=False)(n))
    return lambda_(lambda t: tf.matmul(t, table, transpose_b=True), norm(y))


@network((24, 6))
def tcn_gated(x):
    skips = []
    for rate in (1, 2, 4):
        t = L.Conv1D(12, 2, padding="causal", dilation_rate=rate)(x)
        g = L.Conv1D(12, 2, padding="causal", dilation_rate=rate)(x)
        y = L.Activation("tanh")(t) * L.Activation("sigmoid")(g)
        skips.append(L.Conv1D(8, 1)(y))
        x = L.Conv1D(12, 1)(y) + L.Conv1D(12, 1)(x)
    return L.Conv1D(3, 1)(L.ReLU()(L.Add()(skips)))


@network((32,))
def loop(x):
    w = fixed(3, 32, 32, scale=0.2)
    def body(i, t):
        return i + 1, tf.tanh(tf.matmul(t, w) + 0.1)
    return L.Dense(4)(lambda_(lambda t: tf.while_loop(lambda i, _: i < 4, body, [tf.constant(0), t], [tf.TensorShape([]),
                              tf.TensorShape([None, 32])])[1], L.Dense(32)(x)))


@network((16,), batch=1)
def branch(x):
    w, v = fixed(4, 16, 24, scale=0.3), fixed(5, 16, 24, scale=0.3)
    return L.Dense(3)(lambda_(lambda t: tf.ensure_shape(tf.cond(tf.reduce_sum(t) > 0.5, lambda: tf.matmul(t, w),
                              lambda: tf.nn.relu(tf.matmul(t, v))), (None, 24)), x))


@network((6, 8))
def integers(x):
    order = lambda_(lambda t: tf.argsort(t, direction="DESCENDING"), x)
    picked = lambda_(lambda t: tf.gather(t[0], tf.cast(t[1], tf.int32), batch_dims=2), x, order)
    hot = lambda_(lambda t: tf.one_hot(tf.argmax(t, -1), 8, 2.0, -1.0), x)
    steps = lambda_(lambda t: tf.cast(tf.cast(t * 4.0, tf.int32) // 3 + tf.range(8), tf.float32), x)
    flags = lambda_(lambda t: tf.cast(tf.logical_or(t > 0.0, tf.logical_and(t < -0.5, t > -1.0)), tf.float32), x)
    return [L.Dense(4)(L.Concatenate()([picked, hot, steps * 0.1, flags])), order]


@network((40, 4))
def suppression(x):
    boxes = lambda_(lambda t: tf.sort(tf.sigmoid(t[0]), -1), x)
    scores = lambda_(lambda t: tf.sigmoid(tf.reduce_sum(t[0], -1)), x)
    return list(lambda_(lambda t: tf.raw_ops.NonMaxSuppressionV4(boxes=t[0], scores=t[1], max_output_size=5, iou_threshold=0.4,
                                                                 score_threshold=0.2, pad_to_max_output_size=True), boxes, scores))


@network((9, 8))
def scatter(x):
    y = lambda_(lambda t: tf.scatter_nd([[1], [3], [5]], tf.transpose(t, (1, 0, 2))[:3], (7, 1, 8)), x)
    s = lambda_(lambda t: tf.math.unsorted_segment_sum(tf.transpose(t, (1, 0, 2)), [0, 1, 2, 0, 1, 2, 0, 1, 2], 3), x)
    r = lambda_(lambda t: tf.roll(t, 2, 1) + tf.reverse_sequence(t, [5], 1, 0), x)
    return [L.Dense(3)(y), L.Dense(3)(s), L.Dense(3)(r)]


@network((12,))
def quantization_aware(x):
    """Fake quantization in the graph, as training for quantization leaves it."""
    def fake(t, low, high):
        return lambda_(lambda t: tf.quantization.fake_quant_with_min_max_args(t, low, high), t)
    y = fake(x, -3.0, 3.0)
    for seed, width, bound in ((11, 24, 6.0), (12, 16, 8.0)):
        w = fixed(seed, int(y.shape[-1]), width, scale=0.4)
        top = np.abs(w).max(0)
        kernel = lambda w=w, top=top: tf.quantization.fake_quant_with_min_max_vars_per_channel(w, -top, top, narrow_range=True)
        y = lambda_(lambda t, kernel=kernel: tf.nn.relu(tf.matmul(t, kernel()) + 0.1), y)
        y = fake(y, 0.0, bound)
    return y


@network((16, 16, 3))
def quantization_aware_conv(x):
    def fake(t, low, high):
        return lambda_(lambda t: tf.quantization.fake_quant_with_min_max_args(t, low, high), t)
    y = fake(x, -3.0, 3.0)
    for seed, filters in ((13, 8), (14, 12)):
        w = fixed(seed, 3, 3, int(y.shape[-1]), filters, scale=0.25)
        top = np.abs(w).max((0, 1, 2))
        y = lambda_(lambda t, w=w, top=top: tf.nn.relu6(tf.nn.conv2d(
            t, tf.quantization.fake_quant_with_min_max_vars_per_channel(w, -top, top, narrow_range=True), 2, "SAME")), y)
        y = fake(y, 0.0, 6.0)
    return lambda_(lambda t: tf.reduce_mean(t, [1, 2]), y)


@network((8, 8))
def attention_masked(x):
    mask = np.where(np.tri(8) > 0, 0.0, -np.inf).astype(np.float32)
    s = lambda_(lambda t: tf.nn.softmax(tf.matmul(t, t, transpose_b=True) * 0.3 + mask), x)
    y = lambda_(lambda t: tf.where(t[0] > 0.2, t[0], tf.constant(-1e4)), s)
    return [lambda_(lambda t: tf.nn.softmax(t), y), L.Dense(3)(lambda_(lambda t: tf.matmul(t[0], t[1]), s, x))]


@network((10,), (6,))
def odd_ends(a, b):
    """An input that is an output, a scalar, an input that nothing reads."""
    return [a, lambda_(lambda t: tf.reduce_mean(t), a), L.Dense(4)(a)]


@network((14,))
def activations(x):
    names = ["relu", "relu6", "elu", "selu", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid", "silu", "gelu",
             "leaky_relu", "log_sigmoid", "exponential", "mish"]
    return [L.Dense(3)(L.Activation(name)(L.Dense(20)(x))) for name in names]


@network((7, 5))
def arithmetic(x):
    y = lambda_(lambda t: tf.math.floormod(t, 0.7) + tf.math.floordiv(t, 0.9) + tf.pow(tf.abs(t) + 0.2, 1.5), x)
    y = lambda_(lambda t: tf.math.atan2(t, tf.cos(t) + 2.0) + tf.round(t * 3.0) + tf.math.ceil(t) + tf.sign(t), y)
    y = lambda_(lambda t: tf.math.cumsum(t, 1, exclusive=True, reverse=True) + tf.math.reciprocal(tf.abs(t) + 1.0), y)
    y = lambda_(lambda t: tf.reduce_logsumexp(t, -1) + tf.math.reduce_std(t, -1) - tf.math.reduce_variance(t, -1), y)
    return L.Dense(4)(y)
