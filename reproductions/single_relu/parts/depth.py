"""Claim 4: a gradient on its way back through 30 layers, by the slope of their leak.

A chain of Dense layers of 256, with the leak after each, and a random gradient at its output (see
``lib.measure.signals``).
"""
import functools

import numpy as np

from lib.claims import History, near, suite_finds
from lib.data import NormalKernels
from lib.measure.signals import factor_per_layer, signals_in_depth
from lib.models import leaky_relu
from lib.show.plotting import FAILS, GREY, THEORY, label, line_style, name_curve

DEPTH = 30                                      # ours
LINEAR = 1.0                                    # ours: weights that keep a linear net's variance
HE = "depth, c = 2, He's variance"
SLOPES = (0.0, 0.3, 1.0, -1.0, 2.0, -2.0)       # 0, 0.3 and 1: the source; the others: ours


def run(seed):
    """Gradients of every slope, and of c = 2 with He's weights: {"depth, c = 2": History, …}."""
    histories = {f"depth, c = {slope:g}": gradients_in_depth(slope, LINEAR, seed)
                 for slope in SLOPES}
    histories[HE] = gradients_in_depth(2.0, 2 / (1 + 2.0 ** 2), seed)
    return histories


def gradients_in_depth(slope, variance, seed):
    """Root mean square of the gradient that reaches each layer, from the last to the first.

    variance: of the weights, times fan-in.
    """
    history = signals_in_depth(
        NormalKernels(seed, variance), functools.partial(leaky_relu, slope), seed, depth=DEPTH)
    return History(dict(history.settings, negative_slope=slope),
                   gradient=np.sqrt(history.gradient[::-1]).tolist())


def growth(histories, slope):
    """The gradient of the first layer relative to that of the last."""
    gradient = histories[f"depth, c = {slope:g}"].gradient
    return gradient[-1] / gradient[0]


def judge(histories):
    return dict(
        a_layer_multiplies_the_gradient=suite_finds(
            "At c = 2 a layer multiplies the gradient by sqrt((1 + c²)/2) (mean factor)",
            factor_per_layer(histories["depth, c = 2"].gradient),
            near(np.sqrt(2.5), within=0.05), "closed form for weights of variance 1/fan-in"),
        weights_made_for_the_slope_keep_the_gradient=suite_finds(
            "At c = 2 weights of He's variance, 2/((1 + c²) fan-in), keep the gradient (mean "
            "factor of a layer)",
            factor_per_layer(histories[HE].gradient), near(1, within=0.05),
            "He et al. 2015, section 2.2"),
    )


def draw(panel, histories):
    """Gradients against layers, named where they end."""
    layers = np.arange(DEPTH)
    for index, slope in enumerate(SLOPES):
        gradient = histories[f"depth, c = {slope:g}"].gradient
        panel.semilogy(layers, gradient[0] * ((1 + slope ** 2) / 2) ** (layers / 2), **THEORY)
        panel.semilogy(layers, gradient, markevery=(index % 2 * 2, 4), **dict(
            line_style(index), color=FAILS if abs(slope) > 1 else GREY))
    for slope, layer, words, colour, place in (
            (2, 17, "c = 2 and c = -2: explodes", FAILS, {"ha": "right", "xytext": (-8, 4)}),
            (1, 20, "c = 1 and c = -1: stays", GREY, {"ha": "center", "xytext": (0, 12)}),
            (0.3, 18, "c = 0.3", GREY, {"xytext": (6, 6)}),
            (0, 16, "c = 0", GREY, {"ha": "right", "xytext": (-4, -8)})):
        gradient = histories[f"depth, c = {slope:g}"].gradient
        name_curve(panel, layer, gradient[layer], words, colour, **place)
    label(panel, "Layers back from the output", "Root mean square of the gradient",
          "Slopes beyond 1 make gradients explode")
