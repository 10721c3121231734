"""A sigmoid is almost linear and sensitive near 0, and numb far out.

Claim    Near 0 the sigmoid is almost linear and sensitive to its input; far out, where the input is
         strong, the output hardly responds: it saturates.
Source   https://www.heiqu.com/wppjwj.html, the section on saturation, and its figure.
Setup    Keras' sigmoid activation and its derivative, from automatic differentiation, on a grid of
         inputs.
Theory   y = 1/(1 + e^-x) has the slope y (1 - y), at most 1/4, at 0; the tangent there is
         1/2 + x/4; the asymptotes are 0 and 1.
Differs  Nothing is trained. The numbers are float32, as in networks; how near "near" is and how far
         "far" is are ours.
"""
import math

import numpy as np

from lib import theory
from lib.claims import History, below, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.measure.signals import values_and_derivatives
from lib.show.plotting import GREY, HOLDS, SHADE, THEORY, label, name_curve, new_figure

NUMBER = 17
ONE_SEED = "nothing is drawn at random"
GRID = np.linspace(-10, 10, 401)        # ours
FAR = np.linspace(-90, 30, 1201)        # ours: beyond where float32 ends on both sides
NEAR, OUT = 1.0, 6.0                    # ours: "near 0" ends, "far out" begins
LABEL, FAR_LABEL = "sigmoid", "sigmoid, far out"


def run(seed=0):
    """The activation's values and derivatives: {label: History}. Nothing is drawn at random."""
    histories = {}
    for name, grid in ((LABEL, GRID), (FAR_LABEL, FAR)):
        values, derivatives = values_and_derivatives(keras.layers.Activation("sigmoid"), grid)
        histories[name] = History({"activation": "sigmoid"}, x=grid.tolist(), y=values,
                                  derivative=derivatives)
    return histories


def judge(histories):
    history, far = histories[LABEL], histories[FAR_LABEL]
    x, y, slope = (np.array(series) for series in (history.x, history.y, history.derivative))
    far_x, far_slope = np.array(far.x), np.array(far.derivative)
    closed_y, closed_slope, tangent = theory.sigmoid(x)
    return dict(
        it_is_almost_linear_near_zero=source_says(
            "sigmoid_almost_linear",
            "Near 0 the sigmoid is almost linear (largest distance from its tangent, |x| <= 1)",
            largest(np.abs(y - tangent)[np.abs(x) <= NEAR]), below(0.05), "\"almost\": ours"),
        it_is_sensitive_near_zero=source_says(
            "sigmoid_sensitive",
            "Near 0 the sigmoid is sensitive to its input (slope at 0)",
            slope[np.argmin(np.abs(x))], near(0.25, within=1e-6), "closed form"),
        it_is_numb_far_out=source_says(
            "sigmoid_numb",
            "Far out the sigmoid is numb (largest slope at |x| >= 6, relative to that at 0)",
            largest(slope[np.abs(x) >= OUT]) / 0.25, below(0.05), "\"numb\": ours"),
        its_derivative_is_the_closed_form=suite_finds(
            "Values and derivatives are those of the closed forms (largest difference)",
            largest([np.max(np.abs(y - closed_y)), np.max(np.abs(slope - closed_slope))]),
            near(0, within=1e-6), "float32"),
        the_positive_side_dies_first=suite_finds(
            "In float32 the slope is exactly 0 from some positive x on (last x where it is not)",
            largest(far_x[far_slope > 0]), near(16.64, within=0.2),
            "1 + e^-x rounds to 1 where e^-x = 2^-24"),
        the_negative_side_lives_on=suite_finds(
            "In float32 the slope is not 0 even far below 0 (slope at x = -80, relative to e^-80)",
            far_slope[np.argmin(np.abs(far_x + 80))] / math.exp(-80), near(1, within=1e-3),
            "there the slope is y itself, and float32 ends at e^-87"),
    )


def draw(histories):
    history = histories[LABEL]
    x = np.array(history.x)
    _, closed_slope, tangent = theory.sigmoid(x)
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.6))
    for panel, ours, closed in ((left, history.y, tangent),
                                (right, history.derivative, closed_slope)):
        panel.plot(x, closed, **THEORY)
        panel.plot(x, ours, color=HOLDS, marker="o", markersize=4.5, markevery=20)
        panel.axvspan(-NEAR, NEAR, color="#d9e8f5", zorder=0)
        for start, end in ((x[0], -OUT), (OUT, x[-1])):
            panel.axvspan(start, end, color=SHADE, zorder=0)
        panel.margins(0, 0.05)
    left.set_ylim(-0.25, 1.25)
    right.set_ylim(0, 0.3)
    for panel, height in ((left, 1.18), (right, 0.285)):
        name_curve(panel, 0, height, "sensitive", HOLDS, ha="center", xytext=(0, 0))
        for place in (-8, 8):
            name_curve(panel, place, height, "numb", GREY, ha="center", xytext=(0, 0))
    name_curve(left, 2, 0.88, "Keras' sigmoid", HOLDS, xytext=(10, -10))
    name_curve(left, -2, 0, "grey road: its tangent at 0,\nof slope 1/4", GREY, xytext=(8, -22))
    name_curve(right, 2, 0.105, "Keras' derivative", HOLDS, xytext=(10, 0))
    name_curve(right, 1.4, 0.16, "grey road: y (1 - y)", GREY, xytext=(10, 0))
    label(left, "Input", "Output y", "Near 0 it is almost linear, far out almost flat")
    label(right, "Input", "Slope", "Its slope is 1/4 at 0 and almost nothing far out")
    return figure


if __name__ == "__main__":
    run_script(__file__)
