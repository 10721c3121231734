"""Signals in depth: what is measured on chains whose answer is known."""
import numpy as np
import pytest

from lib.compat import keras
from lib.data import NormalKernels
from lib.measure.signals import (InitializersKernels, factor_per_layer, signals_in_depth,
                                 values_and_derivatives)
from lib.models import deep_chain, tap


def linear():
    return keras.layers.Activation("linear")


def identity(gain=1.0):
    return InitializersKernels(keras.initializers.Identity(gain=gain))


def test_a_chain_of_multiples_of_the_identity_multiplies_by_their_square():
    history = signals_in_depth(identity(3.0), linear, 0, width=8, depth=4, samples=5)
    assert np.divide(history.signal[1:], history.signal[:-1]) == pytest.approx([9] * 3)
    assert np.divide(history.gradient[:-1], history.gradient[1:]) == pytest.approx([9] * 3)
    assert (history.settings["activation"], history.settings["initializer"]) == (
        "linear", "Identity")


def test_the_gradient_that_comes_in_is_of_unit_variance():
    history = signals_in_depth(identity(), linear, 0, width=64, depth=2, samples=200)
    assert history.gradient[-1] == pytest.approx(1, abs=0.05)


def test_a_relu_passes_half_of_a_gradient_and_the_share_of_the_dead_is_counted():
    history = signals_in_depth(identity(-1.0), keras.layers.ReLU, 0, width=64, depth=3,
                               samples=200)
    # -x, then -max(-x, 0) <= 0: from the second layer on no unit gets anything above zero
    assert history.dead == [0, 1, 1]
    assert history.settings["activation"] == "ReLU"
    assert history.gradient[0] == 0


def test_a_chain_has_a_kernel_a_tap_and_an_activation_for_each_layer():
    model = deep_chain(keras.layers.ReLU, widths=[6, 5, 4], samples=2)
    assert [[weight.shape for weight in layer.get_weights()] for layer in model.layers] == [
        [(6, 5)], [(2, 5)], [], [(5, 4)], [(2, 4)], []]


def test_every_layer_of_a_chain_has_kernels_of_its_own():
    kernels = InitializersKernels(
        keras.initializers.GlorotNormal(seed=keras.random.SeedGenerator(0)))
    one, two, three = (kernels((6, 6)) for _ in range(3))
    assert not np.array_equal(one, two) and not np.array_equal(two, three)


def test_each_layer_of_each_draw_asks_for_a_kernel_of_its_shape():
    class Ones:
        def __init__(self):
            self.shapes = []

        def __call__(self, shape):
            self.shapes.append(tuple(shape))
            return np.ones(shape)

        def settings(self):
            return {}

    kernels = Ones()
    signals_in_depth(kernels, linear, 0, width=[3, 4, 2], depth=2, samples=5, draws=2)
    assert kernels.shapes == [(3, 4), (4, 2)] * 2


def test_signals_and_gradients_are_those_of_numpy():
    history = signals_in_depth(NormalKernels(7, gain=2), linear, 3, width=[8, 6, 4], depth=2,
                               samples=50, draws=2)
    kernels, random_state = NormalKernels(7, gain=2), np.random.RandomState(3)
    signal, spread, gradient = np.zeros((3, 2, 2))
    for draw in range(2):
        one, two = kernels((8, 6)), kernels((6, 4))
        x, outgoing = random_state.randn(50, 8), random_state.randn(50, 4)
        for layer, z in enumerate((x.dot(one), x.dot(one).dot(two))):
            signal[draw, layer], spread[draw, layer] = np.mean(z ** 2), np.mean(np.var(z, axis=0))
        gradient[draw] = np.mean(outgoing.dot(two.T) ** 2), np.mean(outgoing ** 2)
    for ours, theirs in ((history.signal, signal), (history.spread, spread),
                         (history.gradient, gradient)):
        assert ours == pytest.approx(theirs.mean(axis=0), rel=1e-4)
    assert {name: history.settings[name] for name in ("gain", "width", "draws", "seed")} == {
        "gain": 2, "width": [8, 6, 4], "draws": 2, "seed": 3}


def test_a_tap_changes_nothing():
    layer = tap((2, 3))
    x = np.arange(6, dtype="float32").reshape(2, 3)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(x)), x)


def test_values_and_derivatives_of_the_square():
    class Square(keras.layers.Layer):
        def call(self, x):
            return x * x

    assert values_and_derivatives(Square(), [-3, 0, 2]) == ([9, 0, 4], [-6, 0, 4])


def test_the_factor_is_the_geometric_mean_from_the_second_layer_on():
    assert factor_per_layer([7, 1, 2, 16]) == pytest.approx(4)


def test_layers_may_have_widths_of_their_own():
    history = signals_in_depth(InitializersKernels(keras.initializers.Constant(1.0)), linear, 0,
                               width=[3, 4, 2], depth=2, samples=5)
    # each of the units of a layer has the sum of all in the layer before, so 4² times the square
    assert history.signal[1] / history.signal[0] == pytest.approx(16)
    assert history.settings["width"] == [3, 4, 2]


def test_each_draw_has_kernels_and_inputs_of_its_own():
    def draw(draws):
        initializer = keras.initializers.RandomNormal(
            stddev=1.0, seed=keras.random.SeedGenerator(0))
        return signals_in_depth(InitializersKernels(initializer), linear, 0, width=64, depth=2,
                                draws=draws)

    one, many = draw(1), draw(20)
    assert many.signal[0] != one.signal[0]
    assert many.signal == pytest.approx([64, 64 ** 2], rel=0.15)
    assert abs(many.signal[0] / 64 - 1) < 0.06
