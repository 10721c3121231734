"""A leak of slope 0 is ReLU, one of slope 1 the identity; beyond 1 gradients explode.

Claim    Slope c = 0 is ReLU; most people take c = 0.1 or 0.3; c = 1 is the identity; |c| > 1 makes
         gradients explode through many layers; the author has not seen c < 0 and would like to
         know its effect.
Source   https://stats.stackexchange.com/questions/379884, accepted answer (in words, no program).
Setup    The source's unit and SGD from w(0) = -10, with LeakyReLU(c). For the depth, a chain of 30
         Dense layers of 256, each with LeakyReLU(c) after it; the Keras model gives the gradient
         that reaches each layer, for 100 samples.
Theory   For w > 0 the loss of one unit is least at 1/(1 + c²), where it is c²/(2 (1 + c²)). For
         w < 0 it is stationary at c/(1 + c²), where it is 1/(2 (1 + c²)); if c < 0 that point lies
         left of zero and is a minimum too. For -1 < c < 0 the left minimum is the higher one, and a
         trap for every negative start; at c = -1 both are 1/4; for c < -1 the right minimum is the
         higher one, and a trap for positive starts. In depth, with weights of variance 1/fan-in, a
         layer multiplies the mean square of the gradient by (1 + c²)/2, which is 1 at c = 1.
Differs  The source trains no such runs: the starts, the slopes below zero, which answer its open
         question, and the chain are ours. Keras' own layer refuses c < 0; there a layer of ours
         computes the same function. What most people take is not judged.
"""
import functools
import math

from lib import theory
from lib.claims import above, apart, largest, near, smallest, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import leaky_relu, single_unit
from lib.show.plotting import new_figure
from lib.training import train, train_each
from reproductions.single_relu.parts import depth, slope_sweep

NUMBER = 4
OVER_SEEDS = 8              # ours: it takes ten seconds and more
# between releases and processors: 20 layers of slope 2 make more of a last bit
TOLERANCE = {"depth, c = 2": 1e-4, "depth, c = 2, He's variance": 1e-4}
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
START = -10.0               # the source's start on the flat side
SLOPES = {                  # the source's, and its open question on either side of -1
    "c = 0": 0.0, "c = 0.1": 0.1, "c = 0.3": 0.3, "c = 1": 1.0, "c = -0.3": -0.3, "c = -1.5": -1.5}
OTHER_STARTS = {            # ours: the weak leak from near by, those below zero from the right
    "c = 0.1, w(0) = -1": ("c = 0.1", -1.0),
    "c = -0.3, w(0) = 10": ("c = -0.3", 10.0),
    "c = -1.5, w(0) = 10": ("c = -1.5", 10.0)}
SAME = 1e-5                 # ours: the last bits of float32, as between releases


def run(seed=0, epochs=EPOCHS):
    """Single runs, the sweep over slopes, and the gradients in depth: {label: History}."""
    activations = {label: functools.partial(leaky_relu, slope) for label, slope in SLOPES.items()}
    activations["ReLU"] = keras.layers.ReLU
    activations["identity"] = functools.partial(keras.layers.Activation, "linear")

    def train_with(activation, start=START):
        return train(single_unit(activation(), start), ReLUBatches(seed),
                     keras.optimizers.SGD(learning_rate=LEARNING_RATE), "mean_squared_error",
                     epochs, STEPS_PER_EPOCH)

    histories = train_each(activations, train_with, "slopes")
    histories.update(train_each(
        OTHER_STARTS, lambda run: train_with(activations[run[0]], run[1]), "starts"))
    histories.update(slope_sweep.run(seed, epochs, STEPS_PER_EPOCH, LEARNING_RATE))
    histories.update(depth.run(seed))
    return histories


def largest_difference(one, other):
    """Of loss or weight, relative to max(1, |value|); NaN if the layer is one and the same."""
    if not apart(one, other, "activation"):
        return math.nan
    return largest(abs(mine - theirs) / max(1, abs(theirs)) for name in ("loss", "weight")
                   for mine, theirs in zip(one.series[name], other.series[name]))


def judge(histories):
    def final_loss_above(label, other):
        return histories[label].loss[-1] - histories[other].loss[-1]

    def left_minimum_above_right(slope):
        return theory.left_minimum(slope)[1] - theory.right_minimum(slope)[1]

    return dict(
        slope_zero_is_relu=source_says(
            "slope_zero", "c = 0 is ReLU (largest difference of loss or weight)",
            largest_difference(histories["c = 0"], histories["ReLU"]),
            near(0, within=SAME), "0, but for the last bits of float32"),
        slope_one_is_the_identity=source_says(
            "slope_one", "c = 1 is the identity (largest difference of loss or weight)",
            largest_difference(histories["c = 1"], histories["identity"]),
            near(0, within=SAME), "0, but for the last bits of float32"),
        slopes_beyond_one_explode_in_depth=source_says(
            "slopes_beyond_one",
            "|c| > 1 makes gradients explode through many layers (gradient of the first of 30 "
            "layers relative to the last, the smaller of c = 2 and -2)",
            smallest(depth.growth(histories, slope) for slope in (2, -2)), above(1000),
            "\"explode\": ours; (5/2)^(29/2) = 6e5 if a layer multiplies it by sqrt((1 + c²)/2)"),
        the_common_slopes_escape=suite_finds(
            "c = 0.1 and 0.3 escape to 1/(1 + c²), c = 0.1 from w(0) = -1 too (largest distance)",
            largest(abs(histories[label].weight[-1] - theory.right_minimum(slope)[0])
                    for label, slope in (
                        ("c = 0.1", 0.1), ("c = 0.1, w(0) = -1", 0.1), ("c = 0.3", 0.3))),
            near(0, within=0.005), "closed form"),
        the_identity_learns_half=suite_finds(
            "c = 1 can only learn the best straight line (final weight)",
            histories["c = 1"].weight[-1], near(0.5, within=0.02), "E[x y] / E[x²] = 1/2"),
        above_minus_one_a_negative_start_is_trapped=suite_finds(
            "At c = -0.3 a negative start is trapped (final loss from w(0) = -10 minus that from "
            "10)",
            final_loss_above("c = -0.3", "c = -0.3, w(0) = 10"),
            near(left_minimum_above_right(-0.3), within=0.02),
            "closed form (1 - c²)/(2 (1 + c²)): of the two minima the left one is higher"),
        below_minus_one_a_positive_start_is_trapped=suite_finds(
            "At c = -1.5 a positive start is trapped (final loss from w(0) = 10 minus that from "
            "-10)",
            final_loss_above("c = -1.5, w(0) = 10", "c = -1.5"),
            near(-left_minimum_above_right(-1.5), within=0.02),
            "closed form (c² - 1)/(2 (1 + c²)): of the two minima the right one is higher"),
        **slope_sweep.judge(histories),
        **depth.judge(histories),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.8))
    slope_sweep.draw(left, histories)
    depth.draw(right, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
