"""The loss of a single ReLU has a kink at w = 0 and is not convex.

Claim    As a function of the weight the loss has a kink at w = 0. Left of it the gradient vanishes
         towards 0, which that of a leaky ReLU does not. w = 0 is worse than w = 1. The curve is not
         convex: some line meets it three times or more.
Source   https://stats.stackexchange.com/questions/379884, question and accepted answer.
Setup    One unit without a bias, ReLU or LeakyReLU(0.3), x ~ N(0, 1), target max(x, 0), mean
         squared error. The Keras model gives the loss and its framework differentiates it, at each
         weight of a grid, always on the same sample.
Theory   L(w) = (1 + w²)/2 for w <= 0 and (1 - w)²/2 for w >= 0: L'(0-) = 0, L'(0+) = -1. With a
         leak of slope c, L'(w) = (1 + c²) w - c for w < 0: at most -c, however near w is to 0.
Differs  The source shows the curve and names no sample; ours is 100,000 draws, so that the means
         of x² over each half-line are within 0.01 of 1/2.
"""
import numpy as np

from lib import theory
from lib.claims import History, at_least, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import gradient_function, keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, label, name_curve, new_figure
from reproductions.single_relu.parts.optimizers import ACTIVATIONS, NEGATIVE_SLOPE

NUMBER = 1
# Between releases: they sum 100,000 terms in different orders. None of a leaky unit's terms is 0,
# and today's TensorFlow is itself 7e-5 off the sum in float64.
TOLERANCE = {"ReLU": 5e-5, "LeakyReLU(0.3)": 1e-4}
SAMPLE = 100000                        # ours: see Differs
GRID = np.linspace(-2, 3, 101)         # ours: wide enough for both arms of the curve
BESIDE_ZERO = 1e-3                     # ours: where the slopes left and right of 0 are taken
LINE = ((-1.0, 1.0), (0.8, 0.02))      # ours: two points on the curve; their line meets it 4 times


def run(seed=0):
    """Loss and gradient at each weight, with each activation: {"ReLU": History, …}."""
    weights = np.sort(np.append(GRID, [-BESIDE_ZERO, BESIDE_ZERO]))
    # at 0 itself a leaky unit has two slopes, and frameworks differ in which they take
    grids = {"ReLU": weights, "LeakyReLU(0.3)": weights[weights != 0]}
    return {name: measure_curve(ACTIVATIONS[name](), grid, ReLUBatches(seed, SAMPLE))
            for name, grid in grids.items()}


def measure_curve(activation, weights, batches):
    """A History with w, loss and gradient at each weight, on the first of the batches."""
    x, y = (values[:, None] for values in next(iter(batches)))
    unit = single_unit(activation, start=0.0)
    measure = gradient_function(
        unit, loss=lambda y, output: keras.ops.mean(keras.ops.square(output - y)))
    losses, gradients = [], []
    for weight in weights:
        unit.set_weights([np.array([[weight]], "float32")])
        loss, (gradient,) = measure(x, y)
        losses.append(loss)
        gradients.append(float(gradient[0, 0]))
    settings = dict(batches.settings(), moments=batches.moments(1)[0, :, 0].tolist())
    return History(settings, w=weights.tolist(), loss=losses, gradient=gradients)


def height_of_line(w):
    (x0, y0), (x1, y1) = LINE
    return y0 + (y1 - y0) * (np.asarray(w) - x0) / (x1 - x0)


def crossings(w, loss):
    """Where the measured curve crosses the line: midpoints of two points of the grid."""
    above_line = np.asarray(loss) - height_of_line(w) > 0
    left = np.flatnonzero(above_line[1:] != above_line[:-1])
    return [(w[k] + w[k + 1]) / 2 for k in left]


def judge(histories):
    history, leaky = histories["ReLU"], histories["LeakyReLU(0.3)"]
    loss = dict(zip(history.w, history.loss))
    gradient = dict(zip(history.w, history.gradient))
    closed_form = theory.unit_loss(history.w, moments=history.settings["moments"])
    error = np.abs(history.loss - closed_form) / np.maximum(1, closed_form)
    return dict(
        the_loss_has_a_kink_at_zero=source_says(
            "kink", "The loss has a kink at w = 0 (jump of its slope from left to right of 0)",
            gradient[BESIDE_ZERO] - gradient[-BESIDE_ZERO], near(-1, within=0.03),
            "L'(0+) - L'(0-) of the closed form; 0 without a kink"),
        the_gradient_vanishes_left_of_zero=source_says(
            "vanishes_left",
            f"Left of w = 0 the gradient vanishes towards 0 (gradient at w = -{BESIDE_ZERO:g})",
            gradient[-BESIDE_ZERO], near(0, within=2 * BESIDE_ZERO), "L'(w) = w for w < 0"),
        zero_is_worse_than_one=source_says(
            "zero_is_suboptimal", "w = 0 is worse than w = 1 (difference of their losses)",
            loss[0.0] - loss[1.0], near(0.5, within=0.02), "L(0) - L(1) of the closed form"),
        some_line_meets_the_curve_three_times=source_says(
            "not_convex",
            "The curve is not convex: some line meets it three times or more (crossings of one)",
            len(crossings(history.w, history.loss)), at_least(3),
            "a line meets a convex curve at most twice"),
        a_leak_keeps_a_gradient=source_says(
            "leak_keeps_a_gradient",
            "With LeakyReLU(0.3) the gradient does not vanish left of w = 0 (the one nearest to 0)",
            largest(slope for w, slope in zip(leaky.w, leaky.gradient) if w < 0),
            near(-NEGATIVE_SLOPE, within=0.01), "L'(0-) = -c; 0 if it vanished like a ReLU's"),
        the_curve_is_the_closed_form=suite_finds(
            "The curve is the closed form with the sample's own moments (largest deviation)",
            np.max(error), near(0, within=1e-5), "rounding in float32"),
    )


def draw(histories):
    history, leaky = histories["ReLU"], histories["LeakyReLU(0.3)"]
    figure, (top, bottom) = new_figure(2, 1, size=(7.2, 6), sharex=True)
    fine = np.linspace(GRID[0], GRID[-1], 1001)
    top.plot(fine, theory.unit_loss(fine), **THEORY)
    top.plot(history.w, history.loss, "o", color=HOLDS, markersize=3)
    top.plot(fine, height_of_line(fine), color=FAILS, linestyle="--")
    meets = crossings(history.w, history.loss)
    top.plot(meets, height_of_line(meets), "s", color=FAILS, markerfacecolor="white", zorder=6)
    name_curve(top, -1.1, 1.8, f"a straight line meets the curve\n{len(meets)} times: not convex",
               FAILS)
    name_curve(top, 2.5, theory.unit_loss(2.5), "grey road:\nclosed form", GREY, ha="right",
               xytext=(-12, 0))
    top.annotate("kink at w = 0", (0, 0.5), (0.3, 1.2), arrowprops={"arrowstyle": "->"})
    top.set_ylim(-0.15, 2.6)
    for side in (fine[fine <= 0], fine[fine > 0]):
        bottom.plot(side, theory.unit_gradient(side), **THEORY)
        bottom.plot(side, theory.unit_gradient(side, NEGATIVE_SLOPE), **THEORY)
    bottom.plot(history.w, history.gradient, "o", color=HOLDS, markersize=3)
    bottom.plot(leaky.w, leaky.gradient, "^", color=GREY, markersize=3)
    name_curve(bottom, -1.2, theory.unit_gradient(-1.2), "ReLU", HOLDS, ha="right",
               xytext=(-4, 12))
    name_curve(bottom, -0.9, theory.unit_gradient(-0.9, NEGATIVE_SLOPE), "LeakyReLU(0.3)", GREY,
               xytext=(0, -18))
    bottom.annotate("0 on the left …", (0, 0), (-1.15, 0.9), arrowprops={"arrowstyle": "->"})
    bottom.annotate("… but -1 on the right", (0, -1), (0.45, -1.6),
                    arrowprops={"arrowstyle": "->"})
    for panel in (top, bottom):
        panel.margins(0, 0.05)
    label(top, y="Loss", title="The loss of a ReLU has a kink where its weight is 0")
    label(bottom, x="Weight w", y="Gradient", title="There its gradient jumps")
    return figure


if __name__ == "__main__":
    run_script(__file__)
