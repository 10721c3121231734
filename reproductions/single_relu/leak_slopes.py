"""A leak of slope 0 is ReLU, of slope 1 the identity; beyond 1 gradients explode.

Claim    Slope c = 0 is ReLU; most people take c = 0.1 or 0.3; c = 1 is the identity; |c| > 1 makes
         gradients explode through many layers; the author has not seen c < 0 and would like to
         know its effect.
Source   https://stats.stackexchange.com/questions/379884, accepted answer (in words, no program).
Setup    The source's unit and SGD, from w(0) = -10, with LeakyReLU(c); for the depth, a chain of
         Dense layers of 256 with LeakyReLU(c) after each, and the gradient that reaches each layer
         for 100 samples, through the Keras model.
Theory   For w > 0 the loss of one unit is least at 1/(1 + c²), where it is c²/(2 (1 + c²)). For
         w < 0 it is stationary at c/(1 + c²), with the loss 1/(2 (1 + c²)): if c < 0 that lies
         left of zero and is a minimum too. Between -1 and 0 it is the higher of the two, and a
         trap for every negative start; at -1 both are 1/4; below -1 the right one is the higher,
         and the trap is for positive starts. In depth, with weights of variance 1/fan-in, a layer
         multiplies the mean square of the gradient by (1 + c²)/2, 1 at c = 1.
Differs  The source trains no such runs: the starts, the slopes below zero and the chain are ours.
         Keras' own layer refuses c < 0; there the same function is a layer of ours. What most
         people take is not judged.
"""
import functools
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, above, apart, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import leaky_relu, single_unit
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import factor_per_layer, signals_in_depth
from lib.sweeps import train_units
from lib.training import train, train_each

NUMBER = 4
OVER_SEEDS = 8              # ours: it takes ten seconds and more
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
START = -10.0               # the source's start on the flat side
SLOPES = OrderedDict((      # the source's, and its open question on either side of -1
    ("c = 0", 0.0), ("c = 0.1", 0.1), ("c = 0.3", 0.3), ("c = 1", 1.0), ("c = -0.3", -0.3),
    ("c = -1.5", -1.5)))
ELSEWHERE = OrderedDict((   # ours: the weak leak from near by, those below zero from the right
    ("c = 0.1, w(0) = -1", ("c = 0.1", -1.0)),
    ("c = -0.3, w(0) = 10", ("c = -0.3", 10.0)),
    ("c = -1.5, w(0) = 10", ("c = -1.5", 10.0))))
SWEEP = np.linspace(-1.5, 1.5, 121)             # ours: every slope between
SWEEP_STARTS = (-10.0, 10.0)                    # ours: one on either side
SAME = 1e-5                                     # ours: as between releases, last bits of float32
DEPTH = 30                                      # ours
LINEAR = 1.0                                    # ours: weights that keep a linear net's variance
HE = "depth, c = 2, He's variance"
DEPTH_SLOPES = (0.0, 0.3, 1.0, -1.0, 2.0, -2.0)


def run(seed=0, epochs=EPOCHS):
    """Single runs, the sweep over slopes, and the gradients in depth: {label: History}."""
    activations = OrderedDict(
        (label, functools.partial(leaky_relu, slope))
        for label, slope in SLOPES.items())
    activations["ReLU"] = keras.layers.ReLU
    activations["identity"] = functools.partial(keras.layers.Activation, "linear")

    def train_with(activation, start=START):
        return train(single_unit(activation(), start), ReLUBatches(seed),
                     keras.optimizers.SGD(learning_rate=LEARNING_RATE), "mean_squared_error",
                     epochs, STEPS_PER_EPOCH)

    histories = train_each(activations, train_with, "slopes")
    histories.update(train_each(
        ELSEWHERE, lambda run: train_with(activations[run[0]], run[1]), "starts"))
    sweep = train_units(
        ReLUBatches(seed), np.array(SWEEP_STARTS)[:, None], LEARNING_RATE,
        lambda rate: keras.optimizers.SGD(learning_rate=rate), epochs, STEPS_PER_EPOCH,
        negative_slopes=SWEEP)
    for start, final in zip(SWEEP_STARTS, sweep.weights[-1]):
        histories["sweep from {:g}".format(start)] = History(
            dict(sweep.settings, start=start, activation="leaks of each slope"),
            slope=SWEEP.tolist(), weight=final.tolist())
    for slope in DEPTH_SLOPES:
        histories["depth, c = {:g}".format(slope)] = gradients_in_depth(slope, LINEAR, seed)
    histories[HE] = gradients_in_depth(2.0, 2 / (1 + 2.0 ** 2), seed)
    return histories


def gradients_in_depth(slope, variance, seed):
    """Root mean square of the gradient that reaches each layer, from the last to the first.

    variance: of the weights, times fan-in.
    """
    history = signals_in_depth(
        keras.initializers.VarianceScaling(variance, "fan_in", "untruncated_normal",
                                           seed=keras.random.SeedGenerator(seed)),
        functools.partial(leaky_relu, slope), seed, depth=DEPTH)
    return History(dict(history.settings, negative_slope=slope, gain=variance),
                   gradient=np.sqrt(history.gradient[::-1]).tolist())


def end_of_sweep(histories, start, slopes):
    """Slopes of the sweep within ``slopes``, and the final weights of those units."""
    history = histories["sweep from {:g}".format(start)]
    slope, weight = np.array(history.slope), np.array(history.weight)
    chosen = (slope >= slopes[0]) & (slope <= slopes[1])
    return slope[chosen], weight[chosen]


def where_the_trap_changes_sides(histories):
    """The slope below zero at which both starts of the sweep end at the same loss; NaN if none."""
    (slope, left), (_, right) = (end_of_sweep(histories, start, (-1.5, -0.1))
                                 for start in SWEEP_STARTS)
    excess = theory.unit_loss(left, slope) - theory.unit_loss(right, slope)
    after = int(np.argmax(excess > 0))
    if not after or np.any(excess[after:] < 0):
        return np.nan
    return np.interp(0, excess[after - 1:after + 1], slope[after - 1:after + 1])


def largest_difference(one, other):
    """Of loss or weight, relative to max(1, |value|); NaN if the layer is one and the same."""
    if not apart(one, other, "activation"):
        return np.nan
    return largest(abs(mine - theirs) / max(1, abs(theirs)) for name in ("loss", "weight")
                   for mine, theirs in zip(one.series[name], other.series[name]))


def judge(histories):
    left, left_end = end_of_sweep(histories, -10, (-1.5, -0.1))
    right, right_end = end_of_sweep(histories, -10, (0.1, 1.5))
    every, every_end = end_of_sweep(histories, 10, (-1.5, 1.5))

    def excess(label, other):
        return histories[label].loss[-1] - histories[other].loss[-1]

    def excess_of_left(slope):
        return theory.left_minimum(slope)[1] - theory.right_minimum(slope)[1]

    return OrderedDict(
        slope_zero_is_relu=source_says(
            "slope_zero", "c = 0 is ReLU (largest difference of loss or weight)",
            largest_difference(histories["c = 0"], histories["ReLU"]),
            near(0, within=SAME), "0, but for the last bits of float32"),
        slope_one_is_the_identity=source_says(
            "slope_one", "c = 1 is the identity (largest difference of loss or weight)",
            largest_difference(histories["c = 1"], histories["identity"]),
            near(0, within=SAME), "as above"),
        slopes_beyond_one_explode_in_depth=source_says(
            "slopes_beyond_one",
            "|c| > 1 makes gradients explode: first layer against last of 30 (c = 2 and -2)",
            smallest(histories[label].gradient[-1] / histories[label].gradient[0]
                     for label in ("depth, c = 2", "depth, c = -2")), above(1000),
            "\"explode\": ours; (5/2)^(29/2) = 6e5 by the factor below"),
        the_common_slopes_escape=suite_finds(
            "c = 0.1, from near by too, and 0.3 escape to 1/(1 + c²) (largest distance)",
            largest(abs(histories[label].weight[-1] - theory.right_minimum(slope)[0])
                    for label, slope in (
                        ("c = 0.1", 0.1), ("c = 0.1, w(0) = -1", 0.1), ("c = 0.3", 0.3))),
            near(0, within=0.005), "closed form"),
        the_identity_learns_half=suite_finds(
            "c = 1 can only learn the best straight line",
            histories["c = 1"].weight[-1], near(0.5, within=0.02), "E[x y] / E[x²] = 1/2"),
        above_minus_one_a_negative_start_is_trapped=suite_finds(
            "c < 0, the open question: at c = -0.3 w(0) = -10 ends at a higher loss than 10, by",
            excess("c = -0.3", "c = -0.3, w(0) = 10"), near(excess_of_left(-0.3), within=0.02),
            "closed form (1 - c²)/(2 (1 + c²)): two minima, the left one is higher"),
        below_minus_one_a_positive_start_is_trapped=suite_finds(
            "… and at c = -1.5 w(0) = 10 ends at a higher loss than -10, by",
            excess("c = -1.5, w(0) = 10", "c = -1.5"), near(-excess_of_left(-1.5), within=0.02),
            "closed form (c² - 1)/(2 (1 + c²)): the right one is higher"),
        the_trap_changes_sides_at_minus_one=suite_finds(
            "… so the trap changes sides: the slope at which both starts end at the same loss",
            where_the_trap_changes_sides(histories), near(-1, within=0.02),
            "closed form: both minima are 1/4; less than the sweep's step of 0.025"),
        a_negative_start_stays_left_at_every_negative_slope=suite_finds(
            "From -10 it ends at c/(1 + c²) at every slope from -1.5 to -0.1 (largest distance)",
            np.max(np.abs(left_end - theory.left_minimum(left)[0])), near(0, within=0.03),
            "closed form; batch noise"),
        a_positive_start_stays_right_at_every_slope=suite_finds(
            "… and from 10 at 1/(1 + c²) at every slope from -1.5 to 1.5 (largest distance)",
            np.max(np.abs(every_end - theory.right_minimum(every)[0])), near(0, within=0.03),
            "closed form; batch noise"),
        every_positive_slope_escapes=suite_finds(
            "From 0.1 to 1.5 no start is trapped: from -10 it ends there too (largest distance)",
            np.max(np.abs(right_end - theory.right_minimum(right)[0])), near(0, within=0.03),
            "closed form; batch noise"),
        a_layer_multiplies_the_gradient=suite_finds(
            "At c = 2 a layer multiplies the gradient by sqrt((1 + c²)/2)",
            factor_per_layer(histories["depth, c = 2"].gradient),
            near(np.sqrt(2.5), within=0.05), "closed form, weights of variance 1/fan-in"),
        weights_made_for_the_slope_keep_the_gradient=suite_finds(
            "At c = 2 weights of He's variance, 2/((1 + c²) fan-in), keep it: factor of a layer",
            factor_per_layer(histories[HE].gradient), near(1, within=0.05),
            "He et al. 2015, section 2.2"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.8))
    left.set_title("Where a unit ends after {} epochs".format(len(histories["c = 1"].weight)))
    for index, start in enumerate(SWEEP_STARTS):
        history = histories["sweep from {:g}".format(start)]
        left.plot(history.slope, history.weight, label="Keras, w(0) = {:g}".format(start),
                  markevery=4 + 2 * index, **line_style(index))
    below = SWEEP[SWEEP <= 0]
    left.plot(SWEEP, theory.right_minimum(SWEEP)[0], label="minima, closed form", **THEORY)
    left.plot(below, theory.left_minimum(below)[0], **THEORY)
    left.axvline(-1, color="#555555", linewidth=1, linestyle=(0, (6, 3)), zorder=1)
    left.annotate("c < -1: a positive\nstart is trapped", (-1.25, 0.39), (-1.45, 0.85),
                  arrowprops={"arrowstyle": "->"})
    left.annotate("-1 < c < 0:\na negative start\nis trapped", (-0.6, -0.44), (-0.95, -0.05),
                  arrowprops={"arrowstyle": "->"})
    left.set_xlabel("Slope c of the leak")
    left.set_ylabel("Final weight")
    right.set_title("A gradient on its way back")
    layers = np.arange(DEPTH)
    for index, slope in enumerate(DEPTH_SLOPES):
        history = histories["depth, c = {:g}".format(slope)]
        right.semilogy(layers, history.gradient, label="c = {:g}".format(slope), markevery=3,
                       **line_style(index))
        right.semilogy(layers, history.gradient[0] * ((1 + slope ** 2) / 2) ** (layers / 2),
                       label=None if index < len(DEPTH_SLOPES) - 1 else "closed form", **THEORY)
    right.set_xlabel("Layers back from the output")
    right.set_ylabel("Root mean square of the gradient")
    for panel in (left, right):
        panel.grid(True)
        panel.margins(0, 0.05)
        panel.legend()
    return figure


if __name__ == "__main__":
    run_script(__file__)
