"""Claim 4: where a unit ends at every slope of the leak from -1.5 to 1.5, from both sides of 0."""
import numpy as np

from lib import theory
from lib.claims import History, near, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.measure.sweeps import train_units
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, label, mark, name_curve

SLOPES = np.linspace(-1.5, 1.5, 121)    # ours: the slopes of the single runs and all between
STARTS = (-10.0, 10.0)                  # the source's far start, and ours on the other side


def run(seed, epochs, steps_per_epoch, learning_rate):
    """The final weight at each slope, from each start: {"sweep from -10": History, …}."""
    sweep = train_units(
        ReLUBatches(seed), np.array(STARTS)[:, None], learning_rate,
        lambda rate: keras.optimizers.SGD(learning_rate=rate), epochs, steps_per_epoch,
        negative_slopes=SLOPES)
    return {f"sweep from {start:g}": History(
        dict(sweep.settings, start=start, activation="leaks of each slope"),
        slope=SLOPES.tolist(), weight=final.tolist())
        for start, final in zip(STARTS, sweep.weights[-1])}


def slopes_and_final_weights(histories, start, lowest, highest):
    """Of the units whose slope is from ``lowest`` to ``highest``: two arrays."""
    history = histories[f"sweep from {start:g}"]
    slopes, weights = np.array(history.slope), np.array(history.weight)
    chosen = (slopes >= lowest) & (slopes <= highest)
    return slopes[chosen], weights[chosen]


def slope_of_equal_losses(histories):
    """The slope below zero at which both starts end at the same loss.

    Below it the negative start ends at the lower loss, above it the positive one; NaN if not.
    """
    (slopes, from_left), (_, from_right) = (
        slopes_and_final_weights(histories, start, -1.5, -0.1) for start in STARTS)
    excess = theory.unit_loss(from_left, slopes) - theory.unit_loss(from_right, slopes)
    after = int(np.argmax(excess > 0))
    if not after or np.any(excess[after:] < 0):
        return np.nan
    return np.interp(0, excess[after - 1:after + 1], slopes[after - 1:after + 1])


def judge(histories):
    def largest_distance(start, lowest, highest, minimum):
        slopes, weights = slopes_and_final_weights(histories, start, lowest, highest)
        return np.max(np.abs(weights - minimum(slopes)[0]))

    return dict(
        the_trap_changes_sides_at_minus_one=suite_finds(
            "The trap changes sides at c = -1 (slope at which both starts end at the same loss)",
            slope_of_equal_losses(histories), near(-1, within=0.02),
            "closed form: both minima are 1/4; less than the sweep's step of 0.025"),
        a_negative_start_stays_left_at_every_negative_slope=suite_finds(
            "From -10 the weight goes to c/(1 + c²) at every slope from -1.5 to -0.1 (largest "
            "distance)",
            largest_distance(-10, -1.5, -0.1, theory.left_minimum), near(0, within=0.03),
            "closed form, give or take batch noise"),
        a_positive_start_stays_right_at_every_slope=suite_finds(
            "From 10 the weight goes to 1/(1 + c²) at every slope from -1.5 to 1.5 (largest "
            "distance)",
            largest_distance(10, -1.5, 1.5, theory.right_minimum), near(0, within=0.03),
            "closed form, give or take batch noise"),
        every_positive_slope_escapes=suite_finds(
            "No start is trapped at slopes from 0.1 to 1.5: from -10 too the weight goes to "
            "1/(1 + c²) (largest distance)",
            largest_distance(-10, 0.1, 1.5, theory.right_minimum), near(0, within=0.03),
            "closed form, give or take batch noise"),
    )


def draw(panel, histories):
    """Final weights against slopes; a start is trapped where the other one ends at a lower loss."""
    below_zero = SLOPES[SLOPES <= 0]
    panel.plot(SLOPES, theory.right_minimum(SLOPES)[0], **THEORY)
    panel.plot(below_zero, theory.left_minimum(below_zero)[0], **THEORY)
    for start, marker in zip(STARTS, "os"):
        history = histories[f"sweep from {start:g}"]
        slopes, weights = np.array(history.slope), np.array(history.weight)
        trapped = (-1 < slopes) & (slopes <= 0) if start < 0 else slopes < -1
        for chosen, colour in ((~trapped, HOLDS), (trapped, FAILS)):
            panel.plot(slopes, np.where(chosen, weights, np.nan), color=colour, marker=marker,
                       markersize=4.5, markevery=(0 if start < 0 else 3, 6))
    for slope, weight, words, colour, place in (
            (-1.05, 0.63, "start at 10\nis trapped", FAILS, {"ha": "right", "xytext": (0, 0)}),
            (-0.27, -0.36, "start at -10\nis trapped", FAILS, {"va": "top"}),
            (-0.6, 0.74, "start at 10", HOLDS, {"ha": "right", "xytext": (-8, 4)}),
            (-1.25, -0.48, "start at -10", HOLDS, {"ha": "center", "xytext": (0, 14)}),
            (0.55, 0.77, "both starts", HOLDS, {"xytext": (8, 4)}),
            (0, 1, "c = 0: ReLU", "black", {"ha": "center", "xytext": (0, 14)}),
            (1, 0.5, "c = 1: identity", "black", {"ha": "right", "xytext": (-8, -8)}),
            (0.9, 0, "trapped: the other start\nends at a lower loss\n"
                     "grey road: minima\nin closed form", GREY, {"ha": "center"})):
        name_curve(panel, slope, weight, words, colour, **place)
    panel.plot([0, 1], theory.right_minimum(np.array([0, 1]))[0], "o", markersize=11,
               markerfacecolor="none", markeredgecolor="black")
    mark(panel, -1)
    panel.set_ylim(-0.6, 1.15)
    label(panel, "Slope c of the leak", "Final weight", "Every slope below 0 traps one start")
