"""Networks of the zoo for pictures: backbones, heads, segmentation, restoration."""

import numpy as np
import tensorflow as tf

from networks import K, L, conv_block, network


def lambda_(function, *x):
    return L.Lambda(function)(list(x) if len(x) > 1 else x[0])


@network((48, 48, 3))
def mobilenet_v1(x):
    return K.applications.MobileNet((48, 48, 3), alpha=0.25, weights=None, classes=10)(x)


@network((32, 32, 3))
def resnet_bottleneck(x):
    x = L.MaxPooling2D(3, 2, "same")(conv_block(x, 16, 2, "relu", 5))
    for filters, stride in [(16, 1), (16, 1), (32, 2)]:
        y = conv_block(conv_block(x, filters, 1, "relu", 1), filters, stride, "relu")
        y = L.BatchNormalization()(L.Conv2D(2 * filters, 1, use_bias=False)(y))
        if y.shape != x.shape:
            x = L.BatchNormalization()(L.Conv2D(2 * filters, 1, stride, use_bias=False)(x))
        x = L.ReLU()(x + y)
    return L.Dense(10)(L.GlobalAveragePooling2D()(x))


@network((24, 24, 3))
def inception(x):
    x = conv_block(x, 16, 2, "relu")
    for _ in range(2):
        a = conv_block(x, 8, 1, "relu", 1)
        b = conv_block(conv_block(conv_block(x, 8, 1, "relu", 1), 8, 1, "relu", (1, 5)), 8, 1, "relu", (5, 1))
        c = conv_block(conv_block(x, 4, 1, "relu", 1), 8, 1, "relu", 5)
        d = conv_block(L.AveragePooling2D(3, 1, "same")(x), 8, 1, "relu", 1)
        x = L.Concatenate()([a, b, c, d])
    return L.Dense(7, activation="softmax")(L.Flatten()(L.MaxPooling2D(3, 2)(x)))


@network((24, 24, 3))
def densenet(x):
    x = L.Conv2D(8, 3, 1, "same")(x)
    for block in range(2):
        for _ in range(3):
            y = L.ReLU()(L.BatchNormalization()(x))
            y = L.Conv2D(8, 3, padding="same", use_bias=False)(y)
            x = L.Concatenate()([x, y])
        x = L.AveragePooling2D(2)(L.Conv2D(16, 1)(L.ReLU()(L.BatchNormalization()(x))))
    return L.Dense(5)(L.GlobalAveragePooling2D()(x))


@network((32, 32, 3))
def squeezenet(x):
    x = L.MaxPooling2D(3, 2)(L.Conv2D(16, 3, 2, activation="relu")(x))
    for squeeze, expand in [(8, 16), (8, 16), (12, 24)]:
        s = L.Conv2D(squeeze, 1, activation="relu")(x)
        x = L.Concatenate()([L.Conv2D(expand, 1, activation="relu")(s), L.Conv2D(expand, 3, padding="same", activation="relu")(s)])
    return L.Softmax()(L.GlobalAveragePooling2D()(L.Conv2D(10, 1, activation="relu")(x)))


@network((32, 32, 3))
def yolo(x):
    def leaky(x, filters, stride=1, kernel=3):
        return L.LeakyReLU(0.1)(L.BatchNormalization()(L.Conv2D(filters, kernel, stride, "same", use_bias=False)(x)))
    a = leaky(leaky(x, 12, 2), 16, 2)
    b = leaky(a, 24, 2)
    b = L.Concatenate()([b] + [L.MaxPooling2D(k, 1, "same")(b) for k in (3, 5)])
    b = leaky(b, 16, 1, 1)
    a = leaky(L.Concatenate()([a, L.UpSampling2D()(b)]), 16)
    heads = []
    for level, stride in ((a, 4), (b, 8)):
        size = 32 // stride
        grid = np.stack(np.meshgrid(np.arange(size), np.arange(size)), -1).reshape(1, size, size, 1, 2).astype(np.float32)
        anchors = np.array([[4, 6], [9, 7]], np.float32).reshape(1, 1, 1, 2, 2)
        y = L.Reshape((size, size, 2, 8))(L.Conv2D(16, 1)(level))
        def decode(y, grid=grid, anchors=anchors, stride=stride):
            xy = (tf.sigmoid(y[..., :2]) * 2.0 - 0.5 + grid) * stride
            wh = tf.square(tf.sigmoid(y[..., 2:4]) * 2.0) * anchors
            return tf.concat([xy, wh, tf.sigmoid(y[..., 4:])], -1)
        heads.append(L.Reshape((-1, 8))(lambda_(decode, y)))
    return L.Concatenate(axis=1)(heads)


@network((24, 24, 3))
def yolo_mish(x):
    y = lambda_(lambda t: t * tf.tanh(tf.math.softplus(t)), L.Conv2D(12, 3, 2, "same")(x))
    y = lambda_(lambda t: tf.concat([t[:, ::2, ::2], t[:, 1::2, ::2], t[:, ::2, 1::2], t[:, 1::2, 1::2]], -1), y)
    y = lambda_(lambda t: tf.nn.silu(t), L.Conv2D(16, 1)(y))
    y = L.Reshape((36, 16))(y)
    return lambda_(lambda t: tf.reduce_sum(tf.nn.softmax(tf.reshape(t, (-1, 36, 4, 4))) * tf.range(4, dtype=tf.float32), -1), y)


def post_process(boxes, scores, anchors):
    attributes = (("max_detections", "i: 6"), ("max_classes_per_detection", "i: 1"), ("detections_per_class", "i: 4"),
                  ("use_regular_nms", "b: false"), ("nms_score_threshold", "f: 0.3"), ("nms_iou_threshold", "f: 0.5"),
                  ("num_classes", "i: 4"), ("y_scale", "f: 10.0"), ("x_scale", "f: 10.0"), ("h_scale", "f: 5.0"),
                  ("w_scale", "f: 5.0"))
    text = 'name: "TFLite_Detection_PostProcess" ' + " ".join(
        f'attr {{ key: "{key}" value {{ {value} }} }}' for key, value in attributes)

    @tf.function(experimental_implements=text)
    def run(boxes, scores, anchors):
        n = tf.constant(0.0)
        return (n + tf.zeros((1, 6, 4)), n + tf.zeros((1, 6)), n + tf.zeros((1, 6)), n + tf.zeros((1,)))
    return run(boxes, scores, anchors)


@network((32, 32, 3))
def ssd(x):
    a = conv_block(conv_block(x, 12, 2), 16, 2)
    b = conv_block(a, 24, 2)
    boxes, scores = [], []
    for level in (a, b):
        boxes.append(L.Reshape((-1, 4))(L.Conv2D(8, 3, padding="same")(level)))
        scores.append(L.Reshape((-1, 5))(L.Conv2D(10, 3, padding="same")(level)))
    boxes, scores = L.Concatenate(axis=1)(boxes), L.Activation("sigmoid")(L.Concatenate(axis=1)(scores))
    rng = np.random.Generator(np.random.PCG64(3))
    anchors = rng.uniform(0.1, 0.9, (160, 4)).astype(np.float32)
    return list(lambda_(lambda t: post_process(t[0], t[1], tf.constant(anchors)), boxes, scores))


@network((32, 32, 3))
def deeplab(x):
    low = conv_block(x, 8, 2)
    y = conv_block(low, 16, 2)
    y = L.Activation("relu6")(L.BatchNormalization()(L.DepthwiseConv2D(3, padding="same", dilation_rate=2)(y)))
    branches = [conv_block(y, 8, 1, "relu", 1)]
    for rate in (2, 3):
        branches.append(L.ReLU()(L.BatchNormalization()(L.Conv2D(8, 3, padding="same", dilation_rate=rate, use_bias=False)(y))))
    pooled = L.Conv2D(8, 1, activation="relu")(L.GlobalAveragePooling2D(keepdims=True)(y))
    branches.append(lambda_(lambda t: tf.image.resize(t, (8, 8)), pooled))
    y = conv_block(L.Concatenate()(branches), 12, 1, "relu", 1)
    y = lambda_(lambda t: tf.compat.v1.image.resize_bilinear(t, (16, 16), align_corners=True), y)
    y = L.Conv2D(4, 3, padding="same")(L.Concatenate()([y, low]))
    y = lambda_(lambda t: tf.image.resize(t, (32, 32)), y)
    return [y, lambda_(lambda t: tf.argmax(t, -1, output_type=tf.int32), y)]


@network((20, 20, 3))
def resizes(x):
    y = L.Conv2D(6, 3, padding="same")(x)
    a = lambda_(lambda t: tf.compat.v1.image.resize_bilinear(t, (13, 31)), y)
    b = lambda_(lambda t: tf.compat.v1.image.resize_nearest_neighbor(t, (13, 31), half_pixel_centers=True), y)
    c = lambda_(lambda t: tf.compat.v1.image.resize_nearest_neighbor(t, (13, 31), align_corners=True), y)
    return L.Conv2D(3, 1)(a * 0.5 + L.Concatenate()([b[..., :3], c[..., 3:]]))


@network((17, 15, 1))
def srcnn(x):
    x = L.Conv2D(16, 9, padding="same", activation="relu")(x)
    return L.Conv2D(1, 5, padding="same")(L.Conv2D(8, 1, activation="relu")(x))


@network((14, 14, 1))
def espcn(x):
    y = L.Conv2D(12, 5, padding="same", activation="tanh")(x)
    y = L.Conv2D(9, 3, padding="same")(y)
    y = lambda_(lambda t: tf.nn.depth_to_space(t, 3), y)
    return L.Activation("sigmoid")(y)


@network((16, 16, 3))
def autoencoder(x):
    y = L.Conv2D(12, 3, 2, "same", activation="relu")(x)
    y = L.Conv2D(16, 3, 2, "same", activation="relu")(y)
    z = L.Dense(24)(L.Flatten()(y))
    y = L.Reshape((4, 4, 16))(L.Dense(256, activation="relu")(z))
    y = L.Conv2DTranspose(12, 3, 2, "same", activation="relu")(y)
    y = L.Conv2DTranspose(8, 4, 2, "valid")(y)
    y = L.Cropping2D(((1, 1), (1, 1)))(y)
    return [L.Conv2D(3, 1, activation="sigmoid")(y), z]


@network((32, 32, 3))
def vit(x):
    y = L.Reshape((16, 24))(L.Conv2D(24, 8, 8)(x))
    token = np.random.Generator(np.random.PCG64(5)).normal(0, 0.5, (1, 1, 24)).astype(np.float32)
    place = np.random.Generator(np.random.PCG64(6)).normal(0, 0.2, (1, 17, 24)).astype(np.float32)
    y = lambda_(lambda t: tf.concat([tf.zeros_like(t[:, :1]) + token, t], 1) + place, y)
    for _ in range(2):
        n = L.LayerNormalization(epsilon=1e-6)(y)
        y = y + L.MultiHeadAttention(3, 8)(n, n)
        n = L.LayerNormalization(epsilon=1e-6)(y)
        y = y + L.Dense(24)(lambda_(lambda t: tf.nn.gelu(t, approximate=True), L.Dense(48)(n)))
    return L.Dense(10)(lambda_(lambda t: t[:, 0], y))


@network((16, 16, 6))
def norms(x):
    def group_norm(t):
        g = tf.reshape(t, (-1, 16, 16, 2, 6))
        mean, variance = tf.nn.moments(g, [1, 2, 4], keepdims=True)
        return tf.reshape((g - mean) * tf.math.rsqrt(variance + 1e-3), (-1, 16, 16, 12))
    def instance_norm(t):
        mean = tf.reduce_mean(t, [1, 2], keepdims=True)
        return (t - mean) / tf.sqrt(tf.reduce_mean(tf.math.squared_difference(t, mean), [1, 2], keepdims=True) + 1e-3)
    y = lambda_(group_norm, L.Conv2D(12, 3, padding="same")(x))
    y = lambda_(instance_norm, L.Conv2D(8, 3, padding="same", activation="elu")(y))
    y = lambda_(lambda t: tf.nn.local_response_normalization(t, 2), y)
    return L.Dense(4)(L.GlobalAveragePooling2D()(y))


@network((12, 12, 4))
def depthwise_forms(x):
    y = L.DepthwiseConv2D(3, depth_multiplier=3, padding="same", activation="relu6")(x)
    y = L.DepthwiseConv2D((5, 1), 1, "valid")(y)
    y = L.DepthwiseConv2D(3, 2, "same", activation="relu")(y)
    return L.Conv2D(5, (4, 6))(y)


@network((20, 20, 3))
def conv_next(x):
    y = L.LayerNormalization()(L.Conv2D(12, 4, 4)(x))
    z = L.DepthwiseConv2D(7, padding="same")(y)
    z = L.Dense(12)(L.Dense(36, activation="gelu")(L.LayerNormalization()(z)))
    scale = np.linspace(0.1, 1.0, 12).astype(np.float32)
    y = y + lambda_(lambda t: t * scale, z)
    return L.Dense(6)(L.LayerNormalization()(L.GlobalAveragePooling2D()(y)))


@network((16, 16, 3), (16, 16, 3))
def siamese(a, b):
    tower = K.Sequential([L.Conv2D(8, 3, 2, activation="relu"), L.Conv2D(12, 3, 2, activation="relu"), L.Flatten(), L.Dense(16)])
    a, b = tower(a), tower(b)
    unit = [lambda_(lambda t: tf.nn.l2_normalize(t, -1), v) for v in (a, b)]
    return [L.Dot(1)(unit), lambda_(lambda t: tf.norm(t[0] - t[1], axis=-1), a, b)]


@network((12, 12, 3), batch=3)
def batch_of_three(x):
    y = conv_block(conv_block(x, 8, 2), 12)
    y = L.Conv2DTranspose(6, 3, 2, "same")(y)
    return L.Dense(4, activation="softmax")(L.Flatten()(y))


@network((24, 24, 3))
def unsigned_start(x):
    """Preprocessing inside the model, as exported by many: constants in front, clipping behind."""
    y = L.Rescaling(1 / 2.0, -0.25)(x)
    y = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[0.5, 0.6, 0.7])(y)
    y = conv_block(y, 12, 2, "hard_swish")
    y = lambda_(lambda t: t * tf.nn.relu6(t + 3.0) / 6.0, y)
    y = L.SpatialDropout2D(0.2)(y)
    return L.Activation("hard_sigmoid")(L.Dense(6)(L.GlobalAveragePooling2D()(y)))


@network((6, 6, 4, 3))
def high_ranks(x):
    y = lambda_(lambda t: tf.transpose(tf.reshape(t, (-1, 2, 3, 6, 2, 2, 3)), (0, 2, 1, 3, 6, 5, 4)), x)
    y = lambda_(lambda t: tf.reshape(t, (-1, 6, 6, 12)), y)
    y = lambda_(lambda t: tf.nn.space_to_depth(tf.pad(t, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT"), 2), y)
    y = L.Conv2D(8, 3, padding="same")(y)
    return lambda_(lambda t: tf.reduce_max(t, [1, 2]), lambda_(lambda t: tf.reverse(t, [1]), y))


@network((4, 8, 8, 2))
def video_pool(x):
    y = L.Conv3D(6, (1, 3, 3), padding="same", activation="relu")(x)
    y = L.Conv3DTranspose(4, 2, 2, "same")(y)
    y = L.TimeDistributed(L.Conv2D(4, 3, activation="relu"))(y)
    return L.Dense(3)(L.Flatten()(lambda_(lambda t: tf.reduce_mean(t, [2, 3]), y)))
