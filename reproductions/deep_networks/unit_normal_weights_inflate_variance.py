"""Weights from the standard normal distribution inflate a signal through the layers.

Claim    With weights drawn from the standard normal distribution, a signal of unit variance grows
         very large on its way through the layers.
Source   https://www.heiqu.com/wppjwj.html, the section on initial weights (in words, no program).
Setup    x ~ N(0, 1) through chains of 10 Dense layers of 64 to 512 units, with kernels of standard
         deviation 1, for linear, ReLU and tanh layers: the mean square of what goes into the
         activation of each layer.
Theory   A unit sums fan-in terms of unit variance, so a layer multiplies the mean square by fan-in;
         by half of that after a ReLU, which drops half of the signal. A bounded activation keeps
         the signal below fan-in, but not the gradient.
Differs  The source gives no sizes: widths, depth and activations are ours.
"""
import numpy as np

from lib import theory
from lib.claims import above, below, largest, near, not_finite, smallest, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import NormalKernels
from lib.measure.signals import factor_per_layer, signals_in_depth
from lib.show.plotting import FAILS, GREY, THEORY, label, name_curve, new_figure

NUMBER = 16
WIDTHS = (64, 128, 256, 512)    # ours: fan-in of every layer
DEPTH = 10                      # ours
DRAWS = 4                       # ours: chance moves the factor of a layer of 64 by some 20 %
DEEPER = 32                     # ours: where 512 units overflow
# Ours, with the share of a signal's mean square that they pass on
ACTIVATIONS = {"linear": 1.0, "ReLU": 0.5}
DEEP, BOUNDED = "linear, 512, 32 layers", "tanh, 256"
# How their curves are drawn: what grows in colour, what a bounded activation holds in grey
LOOKS = {"linear": {"color": FAILS, "marker": "o", "markersize": 5},
         "ReLU": {"color": FAILS, "marker": "s", "markersize": 5, "linestyle": "--"},
         "tanh": {"color": GREY, "marker": "v", "markersize": 5}}
# Between releases and processors: a last bit of every weight moves the gradient through saturated
# units by up to 0.11, and with ReLUs one input of another sign moves it by 1e-5
TOLERANCE = dict({f"ReLU, {width}": 1e-4 for width in WIDTHS}, **{BOUNDED: 0.3})


def run(seed=0):
    """Signals in depth for each activation and width: {label: History}."""
    def chain(activation, width, depth=DEPTH):
        return signals_in_depth(
            NormalKernels(seed, gain=None), lambda: keras.layers.Activation(activation.lower()),
            seed, width, depth, draws=DRAWS)

    histories = {label_of(activation, width): chain(activation, width)
                 for activation in ACTIVATIONS for width in WIDTHS}
    histories[BOUNDED] = chain("tanh", 256)
    histories[DEEP] = chain("linear", 512, DEEPER)
    return histories


def label_of(activation, width):
    return f"{activation}, {width}"


def distances_from_closed_form(histories, activation):
    """How far the factor per layer is from the closed form, relative to it, for each width."""
    return [factor_per_layer(histories[label_of(activation, width)].signal)
            / (width * ACTIVATIONS[activation]) - 1 for width in WIDTHS]


def judge(histories):
    bounded = histories[BOUNDED]
    _, closed_gradient = theory.wide_chain("tanh", 256, DEPTH)
    return dict(
        the_signal_grows_very_large=source_says(
            "unit_normal_inflates",
            "A signal of unit variance grows very large (mean square after 10 layers of 64, linear "
            "and ReLU, the smaller)",
            smallest(histories[label_of(activation, 64)].signal[-1] for activation in ACTIVATIONS),
            above(1e6), "\"very large\": ours"),
        a_linear_layer_multiplies_it_by_fan_in=suite_finds(
            "A linear layer multiplies the mean square by fan-in (largest relative difference, "
            "widths of 64 to 512)",
            largest(np.abs(distances_from_closed_form(histories, "linear"))), near(0, within=0.1),
            "closed form"),
        a_relu_layer_by_half_of_it=suite_finds(
            "A ReLU layer multiplies the mean square by half of fan-in (largest relative "
            "difference, widths of 64 to 512)",
            largest(np.abs(distances_from_closed_form(histories, "ReLU"))), near(0, within=0.15),
            "closed form"),
        thirty_layers_overflow=suite_finds(
            "After 32 linear layers of 512 the signal overflows float32 (mean square)",
            histories[DEEP].signal[-1], not_finite(), "512^(29/2) > 3.4e38, its largest number"),
        a_bounded_activation_bounds_the_signal=suite_finds(
            "With tanh the signal stays below fan-in (mean square after 10 layers of 256)",
            bounded.signal[-1], below(256), "each of 256 outputs is below 1"),
        but_not_the_gradient=suite_finds(
            "With tanh the gradient grows all the same (factor per layer of its mean square)",
            1 / factor_per_layer(bounded.gradient),
            near(1 / factor_per_layer(closed_gradient), within=1), "closed form"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(10.4, 4.8))
    layers, shown = np.arange(DEPTH + 1), [(activation, width) for activation in ACTIVATIONS
                                           for width in (64, 512)]
    for activation, width in shown + [("tanh", 256)]:
        closed_signal, _ = theory.wide_chain(activation, width, DEPTH)
        signal = [1] + histories[label_of(activation, width)].signal
        left.semilogy(layers, [1] + closed_signal, **THEORY)
        left.semilogy(layers, signal, **LOOKS[activation])
        name_curve(left, DEPTH, signal[-1], f"{activation}, fan-in {width}",
                   LOOKS[activation]["color"], xytext=(7, 0))
    name_curve(left, 5, histories[BOUNDED].signal[4], "grey roads: closed forms", GREY,
               xytext=(0, -12))
    label(left, "Layer", "Mean square of the signal", "The signal grows very large; tanh bounds it")
    left.set_xlim(right=DEPTH * 1.36)
    left.set_xticks(range(0, DEPTH + 1, 2))
    for activation, passed in ACTIVATIONS.items():
        right.loglog(WIDTHS, np.multiply(WIDTHS, passed), **THEORY)
        right.loglog(WIDTHS, [factor_per_layer(histories[label_of(activation, width)].signal)
                              for width in WIDTHS],
                     **dict(LOOKS[activation], linestyle="none", markersize=8))
        name_curve(right, 128, 128 * passed, activation + (": half of fan-in" if passed < 1 else
                                                           ": fan-in"),
                   LOOKS[activation]["color"], xytext=(14, -12))
    label(right, "Fan-in of the layer", "Factor per layer",
          "A layer multiplies it by fan-in, or half of it")
    for axis, numbers in ((right.xaxis, WIDTHS), (right.yaxis, (32,) + WIDTHS)):
        axis.set_ticks(numbers, [str(number) for number in numbers])
    right.minorticks_off()
    return figure


if __name__ == "__main__":
    run_script(__file__)
