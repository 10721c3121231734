"""Operations on tensors, as layers and losses call them, on numbers from NumPy.

The derivative of an operation is a probe of its own: what runs to give it, such as "TanhGrad", is
not on the path of a claim that only goes forward.
"""
import functools
from collections import namedtuple

import numpy as np

from lib.compat import derivative, evaluated, keras
from lib.probes import OPERATION, Probe

_RANDOM_STATE = np.random.RandomState(0)


def _normal(*shape):
    return _RANDOM_STATE.randn(*shape).astype("float32")


def _grid(end):
    """801 numbers from -end to end, with an exact 0 in the middle."""
    return (np.arange(-400, 401) * (end / 400)).astype("float32")


THOUSAND, ROWS, LEFT, RIGHT = _normal(1000), _normal(100, 64), _normal(64, 64), _normal(64, 64)
LOGITS, LABELS = 5 * _normal(100, 10), np.arange(100) % 10
OTHERS, WIDE, STACKED = _normal(1000), _normal(200, 10), _normal(6, 10, 5)
POSITIVE = np.arange(1, 801).astype("float32") / 8


def called(name, *settings):
    """A function of tensors: the release's own operation of that name, with these settings."""
    return lambda *tensors: getattr(keras.ops, name)(*(tensors + settings))


def cross_entropy(logits):
    return keras.ops.sparse_categorical_crossentropy(LABELS, logits, from_logits=True)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def leaky(slope):
    return lambda x: np.where(x > 0, x, slope * x)


def leaky_slope(slope):
    return lambda x: np.where(x > 0, 1.0, slope)


# function: of tensors; inputs: its arguments; value, slope: what it and its derivative with respect
# to the first argument are, in NumPy
Case = namedtuple("Case", "function inputs value slope")
Case.__new__.__defaults__ = (None,)
CASES = {
    "sum of 1,000 numbers": Case(called("sum"), [THOUSAND], np.sum),
    "sum of 64 numbers, of each row": Case(called("sum", 1), [ROWS], lambda x: x.sum(axis=1)),
    "sum of 100 numbers, of each column": Case(called("sum", 0), [ROWS], lambda x: x.sum(axis=0)),
    "mean of 1,000 numbers": Case(called("mean"), [THOUSAND], np.mean),
    "mean of 64 numbers, of each row": Case(called("mean", 1), [ROWS], lambda x: x.mean(axis=1)),
    "matmul, (64, 64) by (64, 64)": Case(called("matmul"), [LEFT, RIGHT], np.dot),
    "matmul, (1000, 1) by (1, 1)": Case(called("matmul"), [THOUSAND[:, None], LEFT[:1, :1]],
                                        np.dot),
    "matmul, (1, 1000) by (1000, 1)": Case(called("matmul"), [THOUSAND[None], OTHERS[:, None]],
                                           np.dot),
    "matmul, (200, 10) by (10, 1)": Case(called("matmul"), [WIDE, LEFT[:10, :1]], np.dot),
    "einsum, networks side by side": Case(
        lambda x, w: keras.ops.einsum("bi,sio->bso", x, w), [WIDE, STACKED],
        lambda x, w: np.einsum("bi,sio->bso", x, w)),
    "divide": Case(called("divide"), [THOUSAND[:800], POSITIVE], np.divide),
    "exp": Case(called("exp"), [_grid(80)], np.exp, np.exp),
    "tanh": Case(called("tanh"), [_grid(20)], np.tanh, lambda x: np.cosh(x) ** -2),
    "sigmoid": Case(called("sigmoid"), [_grid(40)], sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "sqrt": Case(called("sqrt"), [POSITIVE], np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "rsqrt": Case(called("rsqrt"), [POSITIVE], lambda x: x ** -0.5),
    "power": Case(lambda x: keras.ops.power(x, 3.0), [POSITIVE / 8], lambda x: x ** 3),
    "log": Case(called("log"), [POSITIVE], np.log),
    "square": Case(called("square"), [_grid(20)], np.square, lambda x: 2 * x),
    "relu": Case(called("relu"), [_grid(4)], leaky(0), leaky_slope(0)),
    "leaky_relu, slope by default": Case(called("leaky_relu"), [_grid(4)], leaky(0.2)),
    "leaky_relu, slope 0.3": Case(called("leaky_relu", 0.3), [_grid(4)], leaky(0.3),
                                  leaky_slope(0.3)),
    "leaky_relu, slope 1.5": Case(called("leaky_relu", 1.5), [_grid(4)], leaky(1.5),
                                  leaky_slope(1.5)),
    "softmax cross-entropy": Case(
        cross_entropy, [LOGITS],
        lambda x: -np.log(softmax(x)[np.arange(len(x)), LABELS]),
        lambda x: softmax(x) - np.eye(10)[LABELS]),
}
KINKED = ("relu", "leaky_relu, slope 0.3", "leaky_relu, slope 1.5")
SATURATING = ("tanh", "sigmoid")


def output(case):
    return {"output": evaluated(case.function, *case.inputs)}


def output_in_numpy(case):
    return {"output": case.value(*(one.astype("float64") for one in case.inputs))}


def slopes(name, case):
    """The derivative, and for some functions more.

    at_zero: the derivative of a kinked one at exactly 0, where any number between its two slopes
    is right, so that it is no part of "derivative"; ends: the smallest and the largest x at which
    the derivative of a saturating one is not exactly 0.
    """
    x = case.inputs[0]
    found = derivative(case.function, x)
    if name in KINKED:
        return {"derivative": found[x != 0], "at_zero": found[x == 0]}
    if name in SATURATING:
        return {"derivative": found, "ends": [x[found != 0].min(), x[found != 0].max()]}
    return {"derivative": found}


def slopes_in_numpy(name, case):
    x = case.inputs[0].astype("float64")
    return {"derivative": case.slope(x[x != 0] if name in KINKED else x)}


PROBES = [Probe(name, OPERATION, (), functools.partial(output, case),
                functools.partial(output_in_numpy, case)) for name, case in CASES.items()]
PROBES += [Probe(name + ", derivative", OPERATION, (), functools.partial(slopes, name, case),
                 functools.partial(slopes_in_numpy, name, case))
           for name, case in CASES.items() if case.slope]
