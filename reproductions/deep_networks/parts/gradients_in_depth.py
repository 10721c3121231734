"""The gradient that reaches each of 20 layers, in chains like the four networks of claim 15.

The chains are 256 units wide, so that the closed form for infinitely wide layers is near.
"""
import numpy as np

from lib import theory
from lib.claims import largest, near, suite_finds
from lib.compat import forget_models, keras
from lib.data import NormalKernels
from lib.measure.signals import DEPTH, WIDTH, factor_per_layer, signals_in_depth
from lib.show.plotting import THEORY, label, line_style
from reproductions.deep_networks.parts.four_networks import NETWORKS, UNBOUNDED

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
    """The gradient at each layer against the closed form."""
    layers = np.arange(1, DEPTH + 1)
    for index, name in enumerate(NETWORKS):
        panel.semilogy(layers, np.sqrt(histories[f"depth: {name}"].gradient), label=name,
                       markevery=2, **line_style(index))
        panel.semilogy(layers, np.sqrt(closed_form(name)), **dict(
            THEORY, label="closed form" if name == UNBOUNDED else None))    # the last one
    label(panel, f"Layer, from the output ({DEPTH}) to the input (1)",
          "Root mean square of the gradient", "A gradient on its way back")
    panel.set_xticks(range(1, DEPTH + 1, 3))
    panel.invert_xaxis()
