"""Random volumes, spectra and audio features."""

import numpy as np
from code_cases import CLAMPS
from random_cases import F32, I32, case, finish, options, pick, shape_of


def volume(rng):
    n = [int(v) for v in rng.integers(2, 6, 3)]
    f = [int(v) for v in rng.integers(1, 4, 3)]
    s = [int(v) for v in rng.integers(1, 3, 3)]
    same = bool(rng.integers(2)) or any(a > b for a, b in zip(f, n))
    return n, f, s, 0 if same else 1


@case
def conv_3d(g, rng):
    n, f, s, padding = volume(rng)
    cin, cout = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    d = [int(v) for v in rng.integers(1, 3, 3)] if padding == 0 else [1, 1, 1]
    inputs = [g.input([int(rng.integers(1, 3)), *n, cin]), g.constant(rng.normal(0, 0.5, [*f, cin, cout]).astype(F32))]
    if rng.random() < 0.6:
        inputs.append(g.constant(rng.normal(0, 1, cout).astype(F32)))
    y = g.tensor([1])
    g.op("CONV_3D", inputs, [y], options("Conv3DOptions", padding=padding, strideD=s[0], strideH=s[1], strideW=s[2], dilationDFactor=d[0],
                                         dilationHFactor=d[1], dilationWFactor=d[2], fusedActivationFunction=pick(rng, *CLAMPS)))
    finish(g, y)


@case
def conv_3d_transpose(g, rng):
    n, f, s, padding = volume(rng)
    cin, cout, batch = int(rng.integers(1, 5)), int(rng.integers(1, 5)), int(rng.integers(1, 3))
    size = [a * b if padding == 0 else (a - 1) * b + c for a, b, c in zip(n, s, f)]
    inputs = [g.constant(np.array([batch, *size, cout], I32)), g.constant(rng.normal(0, 0.5, [*f, cout, cin]).astype(F32)),
              g.input([batch, *n, cin])]
    if rng.random() < 0.6:
        inputs.append(g.constant(rng.normal(0, 1, cout).astype(F32)))
    y = g.tensor([batch, *size, cout])
    g.op("CONV_3D_TRANSPOSE", inputs, [y], options("Conv3DOptions", padding=padding, strideD=s[0], strideH=s[1], strideW=s[2], dilationDFactor=1,
                                                   dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=pick(rng, *CLAMPS)))
    finish(g, y)


@case
def spectrum(g, rng):
    lead = shape_of(rng, 0, 2, 3)
    h, w = 2 ** int(rng.integers(0, 4)), 2 ** int(rng.integers(1, 5))
    own = [int(rng.integers(1, h + 3)), int(rng.integers(1, w + 3))]
    z = g.tensor([*lead, h, w // 2 + 1], np.complex64)
    g.op("RFFT2D", [g.input([*lead, *own]), g.constant(np.array([h, w], I32))], [z], options("Rfft2dOptions"))
    parts = []
    for name in ("REAL", "IMAG", "COMPLEX_ABS"):
        parts.append(g.tensor([*lead, h, w // 2 + 1]))
        g.op(name, [z], [parts[-1]])
    finish(g, z, *parts)


def custom_options(**values):
    from flatbuffers import flexbuffers
    builder = flexbuffers.Builder()
    with builder.Map():
        for name, value in values.items():
            builder.Bool(name, value) if isinstance(value, bool) else builder.Int(name, value)
    return bytes(builder.Finish())


@case
def audio_features(g, rng):
    window, stride = int(rng.integers(8, 70)), int(rng.integers(3, 40))
    samples, channels = int(rng.integers(window, 300)), int(rng.integers(1, 3))
    bins = 2 ** int(np.ceil(np.log2(window))) // 2 + 1
    spectrum, features = g.tensor([channels, 1 + (samples - window) // stride, bins]), g.tensor([1])
    g.op("AudioSpectrogram", [g.input([samples, channels])], [spectrum],
         custom=custom_options(window_size=window, stride=stride, magnitude_squared=bool(rng.integers(2))))
    bands = int(rng.integers(2, 20))
    g.op("Mfcc", [spectrum, g.constant(np.array([16000], I32))], [features],
         custom=custom_options(upper_frequency_limit=int(rng.integers(2000, 7999)), lower_frequency_limit=int(rng.integers(0, 200)),
                               filterbank_channel_count=bands, dct_coefficient_count=int(rng.integers(1, bands + 1))))
    finish(g, spectrum, features)
