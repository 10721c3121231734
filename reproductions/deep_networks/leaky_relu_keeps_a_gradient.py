"""A leaky ReLU is max(a x, x), keeps a gradient below zero, and revives dead units.

Claim    Leaky ReLU is max(a x, x): it keeps a little of the negative side.
Source   https://www.heiqu.com/wppjwj.html, the section on leaky ReLU; its program takes a = 0.01.
Setup    Keras' LeakyReLU, its values and its derivatives from automatic differentiation, against
         that formula. Then the network of relu_units_die, most of its ReLUs killed by ten steps at
         too large a rate (of its five starts, the one that loses the most units), goes on at 0.01:
         with a leaky ReLU in the place of each ReLU, and with the ReLUs as they are.
Theory   For 0 < a < 1, x > a x where x > 0, and a x > x where x < 0. Below zero the slope is a, so
         a unit with only negative inputs still has a gradient, a times that of a living one.
Differs  The source revives nothing: the network and the rates are ours, and so are all slopes but
         0.01.
"""
import numpy as np

from lib.claims import History, exactly, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.measure.signals import values_and_derivatives
from lib.show.plotting import GREY, THEORY, label, name_curve, new_figure
from reproductions.deep_networks.parts import revived_units

NUMBER = 20
# between releases: of the revived units, two or three cross zero a step earlier
TOLERANCE = {"a = 0.01": 3, "a = 0.1": 3}
EPOCHS = 40                         # ours: of 50 steps
GRID = np.linspace(-5, 5, 201)      # ours; 0 is on it
SLOPES = (0.01, 0.1, 0.3, 0.9)      # the source's, and others between 0 and 1
BEYOND = 1.5                        # ours: a slope for which max(a x, x) is no leaky ReLU


def run(seed=0, epochs=EPOCHS):
    """Values and derivatives of the layer, and the dead network going on: {label: History}."""
    histories = {}
    for slope in SLOPES + (BEYOND,):
        values, derivatives = values_and_derivatives(
            keras.layers.LeakyReLU(negative_slope=slope), GRID)
        histories[label_of(slope)] = History({"negative_slope": slope}, x=GRID.tolist(), y=values,
                                             derivative=derivatives)
    histories.update(revived_units.run(seed, epochs))
    return histories


def label_of(slope):
    return f"formula, a = {slope:g}"


def distance_from(formula, histories, slopes, series):
    """The largest distance of a series of the layer from a formula of (a, x), over ``slopes``."""
    return largest(np.max(np.abs(
        np.array(getattr(histories[label_of(slope)], series))
        - formula(np.float32(slope), GRID.astype("float32")))) for slope in slopes)


def larger_line(a, x):
    return np.maximum(a * x, x)


def judge(histories):
    rows = dict(
        it_is_the_larger_of_two_lines=source_says(
            "leaky_formula",
            "Keras' layer is max(a x, x) (largest difference of values, 0 < a < 1)",
            distance_from(larger_line, histories, SLOPES, "y"), exactly(0)),
        it_keeps_a_little_of_the_negative_side=source_says(
            "leaky_keeps_a_little",
            "A leaky ReLU keeps a little of the negative side: its slope there is a (largest "
            "difference of slopes, 0 < a < 1)",
            distance_from(lambda a, x: np.where(x > 0, 1, a), histories, SLOPES, "derivative"),
            exactly(0)),
        the_formula_is_wrong_beyond_one=suite_finds(
            "For a > 1 Keras' layer is not max(a x, x) (largest difference of values, a = 1.5, "
            "|x| <= 5)", distance_from(larger_line, histories, (BEYOND,), "y"),
            near(2.5, within=1e-5), "(a - 1) x at x = 5; the same at x = -5"),
    )
    return dict(rows, **revived_units.judge(histories))


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.6))
    for slope in SLOPES:
        name, y = f"a = {slope:g}", histories[label_of(slope)].y
        look = revived_units.LOOKS.get(name, {"color": GREY})
        left.plot(GRID, larger_line(slope, GRID), **THEORY)
        left.plot(GRID, y, markevery=20, **look)
        name_curve(left, GRID[0], y[0], name, look["color"], ha="right", xytext=(-7, 0))
    name_curve(left, 3, 3, "grey roads:\nmax(a x, x)", GREY, ha="right", xytext=(-12, 10))
    left.set_xlim(left=1.7 * GRID[0])
    left.set_xticks(range(-4, 5, 2))
    label(left, "x", "Output", "Keras' layer is max(a x, x)")
    revived_units.draw(middle, right, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
