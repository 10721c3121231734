"""Weights from the standard normal distribution inflate a signal through the layers.

Claim    With weights drawn from the standard normal distribution, a signal of unit variance grows
         very large on its way through the layers.
Source   https://www.heiqu.com/wppjwj.html, the section on initial weights (in words, no program).
Setup    x ~ N(0, 1) through chains of 10 Dense layers of 64 to 512 units, kernels from Keras'
         RandomNormal of standard deviation 1, linear, ReLU and tanh: mean square of what goes into
         each layer's activation.
Theory   A unit sums fan-in terms of unit variance: the mean square is multiplied by fan-in a layer,
         by half of that after a ReLU, which drops half of it. A bounded activation holds it at
         fan-in at most, but not the gradient.
Differs  The source gives no sizes: widths, depth and activations are ours.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (above, below, largest, near, not_finite, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import factor_per_layer, signals_in_depth

NUMBER = 16
TOLERANCE = {"tanh, 256": 0.02}     # between releases: gradients through saturated units
WIDTHS = (64, 128, 256, 512)    # ours: fan-in of every layer
DEPTH = 10                      # ours
DRAWS = 4                       # ours: chance moves the factor of a layer of 64 by some 20 %
DEEPER = 32                     # ours: where 512 units overflow
ACTIVATIONS = OrderedDict((     # ours, with the share of a signal's mean square that they pass
    ("linear", 1.0), ("ReLU", 0.5)))
DEEP, BOUNDED = "linear, 512, 32 layers", "tanh, 256"


def run(seed=0):
    """Signals in depth for each activation and width: {label: History}."""
    def chain(activation, width, depth=DEPTH):
        return signals_in_depth(
            keras.initializers.RandomNormal(stddev=1.0, seed=keras.random.SeedGenerator(seed)),
            lambda: keras.layers.Activation(activation.lower()), seed, width, depth, draws=DRAWS)

    histories = OrderedDict((label_of(activation, width), chain(activation, width))
                            for activation in ACTIVATIONS for width in WIDTHS)
    histories[BOUNDED] = chain("tanh", 256)
    histories[DEEP] = chain("linear", 512, DEEPER)
    return histories


def label_of(activation, width):
    return "{}, {}".format(activation, width)


def growth(histories, activation):
    """The factor of a layer for each width, as far as it is off the closed form, relatively."""
    return [factor_per_layer(histories[label_of(activation, width)].signal)
            / (width * ACTIVATIONS[activation]) - 1 for width in WIDTHS]


def judge(histories):
    bounded = histories[BOUNDED]
    _, closed_gradient = theory.wide_chain("tanh", 256, DEPTH)
    return OrderedDict(
        the_signal_grows_very_large=source_says(
            "unit_normal_inflates",
            "A signal of unit variance grows very large (mean square after 10 layers of 64, linear "
            "and of ReLUs, the smaller)",
            smallest(histories[label_of(activation, 64)].signal[-1] for activation in ACTIVATIONS),
            above(1e6), "\"very large\": ours"),
        a_linear_layer_multiplies_it_by_fan_in=suite_finds(
            "A linear layer multiplies it by fan-in (largest relative distance, 64 to 512)",
            largest(np.abs(growth(histories, "linear"))), near(0, within=0.1), "closed form"),
        a_relu_layer_by_half_of_it=suite_finds(
            "A layer of ReLUs by half of fan-in (the same)",
            largest(np.abs(growth(histories, "ReLU"))), near(0, within=0.15), "closed form"),
        thirty_layers_overflow=suite_finds(
            "After 32 linear layers of 512 it is beyond all numbers of float32",
            histories[DEEP].signal[-1], not_finite(), "512^(29/2) > 3.4e38, its largest"),
        a_bounded_activation_bounds_the_signal=suite_finds(
            "With tanh it stays below fan-in (mean square after 10 layers of 256)",
            bounded.signal[-1], below(256), "each of 256 outputs is below 1"),
        but_not_the_gradient=suite_finds(
            "… but its gradient grows all the same (factor of a layer, mean square)",
            1 / factor_per_layer(bounded.gradient),
            near(1 / factor_per_layer(closed_gradient), within=1), "closed form"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.8))
    left.set_title("A signal of unit variance on its way")
    layers = np.arange(DEPTH + 1)
    shown = [label_of(activation, width) for activation in ACTIVATIONS for width in (64, 512)]
    for index, label in enumerate(shown + [BOUNDED]):
        left.semilogy(layers, [1] + histories[label].signal, label=label, **line_style(index))
        activation, width = label.split(", ")
        closed, _ = theory.wide_chain(activation, int(width), DEPTH)
        left.semilogy(layers, [1] + closed, **dict(
            THEORY, label="closed form" if label == BOUNDED else None))
    left.set_xlabel("Layer")
    left.set_ylabel("Mean square of the signal")
    left.legend(title="activation, fan-in")
    right.set_title("What a layer multiplies it by")
    for index, (activation, passed) in enumerate(ACTIVATIONS.items()):
        factors = [factor_per_layer(histories[label_of(activation, width)].signal)
                   for width in WIDTHS]
        right.loglog(WIDTHS, factors, label=activation,
                     **dict(line_style(index), linestyle="none", markersize=8))
        right.loglog(WIDTHS, np.multiply(WIDTHS, passed), **dict(
            THEORY, label=None if index else "fan-in, and half of it"))
    right.set_xlabel("Fan-in")
    right.set_ylabel("Factor of a layer")
    for axis, numbers in ((right.xaxis, WIDTHS), (right.yaxis, (32,) + WIDTHS)):
        axis.set_ticks(numbers, [str(number) for number in numbers])
    right.minorticks_off()
    right.legend()
    for panel in (left, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
