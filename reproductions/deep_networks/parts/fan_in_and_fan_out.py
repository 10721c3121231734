"""What fan-in and fan-out do to Xavier weights: their scale, and layers that widen and narrow."""
import numpy as np

from lib import theory
from lib.claims import History, largest, near, smallest, suite_finds
from lib.compat import drawn, keras
from lib.measure.signals import DEPTH
from reproductions.deep_networks.parts.initial_weights import DRAWS, signals_of, xavier

SHAPES = ((784, 300), (300, 100), (100, 10))    # the source's program: fan-in is not fan-out
INITIALIZERS = ("GlorotUniform", "GlorotNormal")
WIDE, NARROW = 256, 64          # ours: in turn, so that fan-in is 4 times fan-out, or a quarter
IN_TURN = f"linear, {WIDE} and {NARROW} in turn"


def run(seed, draws=DRAWS):
    """A chain whose layers narrow and widen in turn, and the scale of kernels: {label: History}."""
    histories = {IN_TURN: signals_of(xavier(1, "normal"), "linear", seed,
                                     [WIDE, NARROW] * (DEPTH // 2) + [WIDE], draws)}
    for name in INITIALIZERS:
        initializer = getattr(keras.initializers, name)(seed=keras.random.SeedGenerator(seed))
        kernels = [drawn(initializer, shape) for shape in SHAPES]
        histories[name] = History(
            {"seed": seed, "shapes": SHAPES},
            deviation=[float(np.std(kernel)) for kernel in kernels],
            largest=[float(np.max(np.abs(kernel))) for kernel in kernels])
    return histories


def distances_from_definition(histories):
    """How far each kernel's standard deviation is from Xavier's, relative to it."""
    return [histories[name].deviation[index] / (2 / sum(shape)) ** 0.5 - 1
            for name in INITIALIZERS for index, shape in enumerate(SHAPES)]


def factors_in_turn(history):
    """Mean factors of the layers that widen and of those that narrow: of signals, of gradients.

    From the second layer on, which widens, and for gradients to the last.
    """
    signal = np.log(np.divide(history.signal[1:], history.signal[:-1]))
    gradient = np.log(np.divide(history.gradient[:-1], history.gradient[1:]))
    return [float(np.exp(np.mean(logs[first::2]))) for logs in (signal, gradient)
            for first in (0, 1)]


def judge(histories):
    narrowing, widening = 2 * WIDE / (WIDE + NARROW), 2 * NARROW / (WIDE + NARROW)
    return dict(
        the_limit_is_the_largest_weight=suite_finds(
            "Uniform Xavier weights reach up to their limit (largest weight relative to it)",
            smallest(weight / theory.glorot_limit(*shape) for weight, shape in zip(
                histories["GlorotUniform"].largest, SHAPES)), near(1, within=0.01),
            "the definition; 1,000 numbers or more"),
        it_is_a_compromise_where_fan_in_is_not_fan_out=suite_finds(
            f"Xavier weights are a compromise where fan-in is not fan-out: from {WIDE} units to "
            f"{NARROW} they multiply a signal by {narrowing:g} and its gradient by {widening:g}, "
            f"from {NARROW} to {WIDE} the other way round, so that both shrink over the two layers "
            "(largest relative difference)",
            largest(np.abs(np.divide(factors_in_turn(histories[IN_TURN]),
                                     (widening, narrowing, narrowing, widening)) - 1)),
            near(0, within=0.1), "2 fan_in/(fan_in + fan_out)"),
    )
