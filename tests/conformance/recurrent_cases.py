"""Random recurrent operators: LSTM in all its forms, RNN, SVDF. Two of each in a row share their state."""

import numpy as np
from random_cases import F32, I8, I16, I32, case, finish, options, pick


class Weights:
    """Matrices and vectors of one operator, float or int8 with one scale."""

    def __init__(self, g, rng, hybrid, least=-127):
        self.g, self.rng, self.hybrid, self.least = g, rng, hybrid, least

    def matrix(self, rows, columns):
        if not self.hybrid:
            return self.g.constant(self.rng.normal(0, 1.5 / np.sqrt(columns), (rows, columns)).astype(F32))
        return self.g.constant(self.rng.integers(self.least, 128, (rows, columns)).astype(I8),
                               scale=float(self.rng.uniform(0.5, 2) / np.sqrt(columns) / 60))

    def vector(self, n):
        return self.g.constant(self.rng.normal(0, 0.5, n).astype(F32))

    def peephole(self, n):
        if not self.hybrid:
            return self.vector(n)
        return self.g.constant(self.rng.integers(-127, 128, n).astype(I8), scale=0.005)


def gates(cifg, make):
    return [-1 if cifg else make(), make(), make(), make()]


def lstm_direction(w, depth, cells, outputs, cifg, peephole, projection):
    """Operands from the input weights to the projection bias."""
    rng = w.rng
    operands = gates(cifg, lambda: w.matrix(cells, depth)) + gates(cifg, lambda: w.matrix(cells, outputs))
    operands += [-1 if cifg else w.peephole(cells), w.peephole(cells), w.peephole(cells)] if peephole else [-1] * 3
    operands += gates(cifg, lambda: w.vector(cells))
    if projection:
        operands += [w.matrix(outputs, cells), w.vector(outputs) if rng.random() < 0.5 else -1]
    else:
        operands += [-1, -1]
    return operands


def draw_form(rng):
    cells = int(rng.integers(1, 24))
    projection = rng.random() < 0.3
    return {"cells": cells, "outputs": int(rng.integers(1, 20)) if projection else cells, "cifg": rng.random() < 0.3,
            "peephole": rng.random() < 0.3, "projection": projection}


def clips(rng):
    return {"cellClip": pick(rng, 0.0, float(rng.uniform(0.2, 2))), "projClip": pick(rng, 0.0, float(rng.uniform(0.2, 1)))}


def sequence(rng):
    batch, steps, depth = int(rng.integers(1, 4)), int(rng.integers(1, 7)), int(rng.integers(1, 40))
    time_major = bool(rng.integers(2))
    return batch, steps, depth, time_major, [steps, batch, depth] if time_major else [batch, steps, depth]


def real_lstm(g, rng, hybrid, least=-127):
    form = draw_form(rng)
    cells, outputs = form["cells"], form["outputs"]
    batch, steps, depth, time_major, shape = sequence(rng)
    w = Weights(g, rng, hybrid, least)
    operands = lstm_direction(w, depth, **form)
    operands += [g.tensor([batch, outputs], F32, variable=True), g.tensor([batch, cells], F32, variable=True)]
    if rng.random() < 0.4:
        operands += gates(form["cifg"], lambda: w.vector(cells)) if rng.random() < 0.6 else [-1] * 4
    single = rng.random() < 0.3
    result = []
    for _ in range(2):
        own = [batch, depth] if single else shape
        y = g.tensor([*own[:-1], outputs])
        values = {"fusedActivationFunction": pick(rng, 4, 4, 1, 3), "asymmetricQuantizeInputs": False, **clips(rng)}
        values["asymmetricQuantizeInputs"] = hybrid and bool(rng.integers(2))
        if single:
            g.op("LSTM", [g.input(own), *operands], [y], options("LSTMOptions", **values), version=4)
        else:
            g.op("UNIDIRECTIONAL_SEQUENCE_LSTM", [g.input(own), *operands], [y],
                 options("UnidirectionalSequenceLSTMOptions", timeMajor=time_major, **values), version=3)
        result.append(y)
    finish(g, *result)


@case
def lstm_float(g, rng):
    real_lstm(g, rng, False)


@case
def lstm_hybrid(g, rng):
    real_lstm(g, rng, True)


@case
def defect_lstm_hybrid(g, rng):
    """Weights of -128."""
    real_lstm(g, rng, True, -128)


@case
def lstm_integer(g, rng):
    form = draw_form(rng)
    form["peephole"] = form["peephole"] and not form["projection"]
    integer_lstm(g, rng, form)


@case
def defect_lstm_integer(g, rng):
    """Peepholes with a projection: taken by the number of outputs."""
    form = draw_form(rng)
    form["peephole"] = form["projection"] = True
    form["outputs"] = int(rng.integers(1, form["cells"] + 1))
    integer_lstm(g, rng, form)


def integer_lstm(g, rng, form):
    cells, outputs, cifg = form["cells"], form["outputs"], form["cifg"]
    batch, steps, depth, time_major, shape = sequence(rng)
    norm = rng.random() < 0.3

    def matrix(rows, columns):
        return g.constant(rng.integers(-127, 128, (rows, columns)).astype(I8),
                          scale=float(rng.uniform(0.5, 2) / np.sqrt(columns) / 60))

    def bias():
        return g.constant(rng.integers(-3000, 3000, cells).astype(I32))

    operands = gates(cifg, lambda: matrix(cells, depth)) + gates(cifg, lambda: matrix(cells, outputs))
    short = lambda scale: g.constant(rng.integers(-32767, 32768, cells).astype(I16), scale=scale)
    operands += [-1 if cifg else short(2e-5), short(2e-5), short(2e-5)] if form["peephole"] else [-1] * 3
    operands += gates(cifg, bias)
    if form["projection"]:
        operands += [matrix(outputs, cells),
                     g.constant(rng.integers(-500, 500, outputs).astype(I32)) if rng.random() < 0.5 else -1]
    else:
        operands += [-1, -1]
    state = {"scale": float(rng.uniform(0.004, 0.01)), "zero": int(rng.integers(-30, 30))}
    operands += [g.tensor([batch, outputs], I8, variable=True, **state),
                 g.tensor([batch, cells], I16, variable=True, scale=2.0 ** -int(rng.integers(9, 16)))]
    operands += gates(cifg, lambda: short(3e-5)) if norm else [-1] * 4
    hidden = dict(state) if not form["projection"] else {"scale": float(rng.uniform(0.004, 0.01)), "zero": int(rng.integers(-30, 30))}
    intermediates = [g.tensor([1], I16, scale=float(rng.uniform(1e-4, 1e-3))) for _ in range(4)] + [g.tensor([1], I8, **hidden)]
    result = []
    for _ in range(2):
        y = g.tensor([*shape[:-1], outputs], I8, **state)
        g.op("UNIDIRECTIONAL_SEQUENCE_LSTM",
             [g.input(shape, I8, scale=float(rng.uniform(0.005, 0.03)), zero=int(rng.integers(-128, 128))), *operands], [y],
             options("UnidirectionalSequenceLSTMOptions", timeMajor=time_major, fusedActivationFunction=4, **clips(rng)),
             version=3, intermediates=intermediates)
        result.append(y)
    finish(g, *result)


def bidirectional_lstm(g, rng, hybrid):
    form = draw_form(rng)
    batch, steps, depth, time_major, shape = sequence(rng)
    merge = rng.random() < 0.5
    if merge and not time_major:  # the real runtime reads beyond its states
        batch, shape = 1, [1, steps, depth]
    w = Weights(g, rng, hybrid)
    mode = pick(rng, "plain", "plain", "stacked", "parallel")
    operands = lstm_direction(w, depth, **form) + lstm_direction(w, depth, **form)
    for n in [form["outputs"], form["cells"]] * 2:
        operands.append(g.tensor([batch, n], F32, variable=True))
    aux_depth = depth if mode == "parallel" else int(rng.integers(1, 20))
    operands.append(-1 if mode == "plain" else g.input([*shape[:-1], aux_depth]))
    if mode == "stacked":
        for _ in range(2):
            operands += gates(form["cifg"], lambda: w.matrix(form["cells"], aux_depth))
    else:
        operands += [-1] * 8
    widths = [2 * form["outputs"]] if merge else [form["outputs"]] * 2
    outputs = [g.tensor([*shape[:-1], n]) for n in widths]
    g.op("BIDIRECTIONAL_SEQUENCE_LSTM", [g.input(shape), *operands], outputs,
         options("BidirectionalSequenceLSTMOptions", timeMajor=time_major, mergeOutputs=merge,
                 fusedActivationFunction=4, asymmetricQuantizeInputs=hybrid and bool(rng.integers(2)), **clips(rng)), version=3)
    finish(g, *outputs)


@case
def bidirectional_lstm_float(g, rng):
    bidirectional_lstm(g, rng, False)


@case
def bidirectional_lstm_hybrid(g, rng):
    bidirectional_lstm(g, rng, True)


def rnn(g, rng, hybrid):
    batch, steps, depth, time_major, shape = sequence(rng)
    units = int(rng.integers(1, 24))
    w = Weights(g, rng, hybrid)
    single = rng.random() < 0.4
    values = {"fusedActivationFunction": pick(rng, 4, 1, 3, 0), "asymmetricQuantizeInputs": hybrid and bool(rng.integers(2))}
    own = [batch, depth] if single else shape
    operands = [w.matrix(units, depth), w.matrix(units, units), w.vector(units), g.tensor([batch, units], F32, variable=True)]
    result = []
    for _ in range(2):
        y = g.tensor([*own[:-1], units])
        if single:
            g.op("RNN", [g.input(own), *operands], [y], options("RNNOptions", **values), version=3)
        else:
            g.op("UNIDIRECTIONAL_SEQUENCE_RNN", [g.input(own), *operands], [y],
                 options("SequenceRNNOptions", timeMajor=time_major, **values), version=3)
        result.append(y)
    finish(g, *result)


@case
def rnn_float(g, rng):
    rnn(g, rng, False)


@case
def rnn_hybrid(g, rng):
    rnn(g, rng, True)


def bidirectional_rnn(g, rng, hybrid):
    batch, steps, depth, time_major, shape = sequence(rng)
    if hybrid and time_major:  # the real runtime then answers otherwise than for the same values batch-major
        time_major, shape = False, [batch, steps, depth]
    units = int(rng.integers(1, 16))
    w = Weights(g, rng, hybrid)
    merge = rng.random() < 0.5
    operands = []
    for _ in range(2):
        operands += [w.matrix(units, depth), w.matrix(units, units), w.vector(units), g.tensor([batch, units], F32, variable=True)]
    operands += [-1, -1, -1]  # without a second input
    outputs = [g.tensor([*shape[:-1], n]) for n in ([2 * units] if merge else [units] * 2)]
    g.op("BIDIRECTIONAL_SEQUENCE_RNN", [g.input(shape), *operands], outputs,
         options("BidirectionalSequenceRNNOptions", timeMajor=time_major, mergeOutputs=merge,
                 fusedActivationFunction=pick(rng, 4, 1), asymmetricQuantizeInputs=False), version=3)
    finish(g, *outputs)


@case
def bidirectional_rnn_float(g, rng):
    bidirectional_rnn(g, rng, False)


@case
def bidirectional_rnn_hybrid(g, rng):
    bidirectional_rnn(g, rng, True)


@case
def svdf(g, rng):
    kind = pick(rng, "float", "hybrid", "integer")
    batch, depth, rank = int(rng.integers(1, 3)), int(rng.integers(1, 40)), int(rng.integers(1, 4))
    units, memory = int(rng.integers(1, 8)), int(rng.integers(1, 12))
    filters = units * rank
    integer = kind == "integer"
    has_bias = rng.random() < 0.6
    if kind == "float":
        features = g.constant(rng.normal(0, 0.5, (filters, depth)).astype(F32))
        times = g.constant(rng.normal(0, 0.5, (filters, memory)).astype(F32))
    elif kind == "hybrid":
        features = g.constant(rng.integers(-127, 128, (filters, depth)).astype(I8), scale=0.01)
        times = g.constant(rng.integers(-127, 128, (filters, memory)).astype(I8), scale=0.01)
    else:
        features = g.constant(rng.integers(-127, 128, (filters, depth)).astype(I8), scale=0.01)
        times = g.constant(rng.integers(-32767, 32768, (filters, memory)).astype(I16), scale=5e-5)
    bias = g.constant(rng.integers(-9999, 9999, units).astype(I32) if integer else rng.normal(0, 1, units).astype(F32))
    state = g.tensor([batch, filters * memory], I16 if integer else F32, variable=True, **({"scale": 1e-3} if integer else {}))
    result = []
    for _ in range(3):
        x = g.input([batch, depth], I8, scale=0.05, zero=int(rng.integers(-50, 50))) if integer else g.input([batch, depth])
        y = g.tensor([batch, units], *([I8, 0.1, int(rng.integers(-50, 50))] if integer else []))
        g.op("SVDF", [x, features, times, bias if has_bias else -1, state], [y],
             options("SVDFOptions", rank=rank, fusedActivationFunction=1 if integer else pick(rng, 0, 1, 3, 4),
                     asymmetricQuantizeInputs=kind == "hybrid" and bool(rng.integers(2))), version=4)
        result.append(y)
    finish(g, *result)
