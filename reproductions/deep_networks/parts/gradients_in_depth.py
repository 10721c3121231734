"""The gradient that reaches each of 20 layers, in chains like the four networks of claim 15.

The chains are 256 units wide, so that the closed form for infinitely wide layers is near.
"""
import numpy as np

from lib import theory
from lib.claims import largest, near, suite_finds
from lib.compat import forget_models, keras
from lib.data import NormalKernels
from lib.measure.signals import DEPTH, WIDTH, factor_per_layer, signals_in_depth
from lib.show.plotting import GREY, THEORY, label, name_curve
from reproductions.deep_networks.parts.four_networks import (LOOKS, NETWORKS, UNBOUNDED,
                                                             VANISHING)

BELOW = {UNBOUNDED: -24, VANISHING: -14}     # points, of names that stand below their curves
DRAWS = 4       # ours: of the kernels of each chain


def run(seed, draws=DRAWS):
    """The signals of each chain: {label: History}."""
    def signals_of(network):
        forget_models()     # those of the chains before, which slow TensorFlow 1 down
        return signals_in_depth(NormalKernels(seed, network.gain(WIDTH)),
                                lambda: keras.layers.Activation(network.activation), seed,
                                draws=draws)

    return {f"depth: {name}": signals_of(network) for name, network in NETWORKS.items()}


def first_to_last(histories, name):
    """Root mean square of the gradient at the first layer relative to that at the last."""
    gradient = histories[f"depth: {name}"].gradient
    return (gradient[0] / gradient[-1]) ** 0.5


def closed_form(name):
    """Mean square of the gradient at each layer, for one of mean square 1 at the output."""
    network = NETWORKS[name]
    return theory.wide_chain(network.activation, network.gain(WIDTH), DEPTH)[1]


def judge(histories):
    return dict(
        the_factors_are_those_of_the_closed_form=suite_finds(
            "The factor per layer is that of the closed form (largest relative difference of the "
            "four networks)",
            largest(abs(factor_per_layer(histories[f"depth: {name}"].gradient)
                        / factor_per_layer(closed_form(name)) - 1) for name in NETWORKS),
            near(0, within=0.1), "for infinitely wide layers; these have 256 units"),
    )


def draw(panel, histories):
    """The gradient at each layer, named at the layer where it ends, on the closed form."""
    layers = np.arange(1, DEPTH + 1)
    for name, look in LOOKS.items():
        sizes = np.sqrt(histories[f"depth: {name}"].gradient)
        panel.semilogy(layers, np.sqrt(closed_form(name)), **THEORY)
        panel.semilogy(layers, sizes, markevery=2, **look)
        name_curve(panel, 1, sizes[0], name, look["color"], ha="right",
                   xytext=(0, BELOW.get(name, 12)))
    name_curve(panel, 9, np.sqrt(closed_form(VANISHING))[8], "grey road:\nclosed form", GREY,
               xytext=(-10, -12), ha="right")
    label(panel, f"Layer, from the output ({DEPTH}) to the input (1)",
          "Root mean square of the gradient", "On its way back a gradient vanishes or explodes")
    panel.margins(y=0.08)
    panel.set_xticks(range(2, DEPTH + 1, 6))
    panel.invert_xaxis()
