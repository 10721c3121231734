"""Small models give what their weights say."""
import numpy as np
import pytest

from lib import models
from lib.compat import keras

X = np.array([[1.0, -2.0], [3.0, 4.0]], "float32")


def test_a_unit_has_one_weight_and_its_activation():
    model = models.single_unit(keras.layers.ReLU(), -2.0)
    assert np.ravel(model(X[:, :1] * [[1], [-1]])).tolist() == [0, 6]


def test_a_linear_unit_weighs_its_inputs_and_two_layers_multiply():
    assert np.ravel(models.linear_unit([2.0, 0.5])(X)).tolist() == [1, 8]
    assert np.ravel(models.two_linear_layers(2.0, -3.0)(X[:, :1])).tolist() == [-6, -18]


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, -0.5])
def test_a_leaky_relu_has_its_slope_below_zero_only(slope):
    layer = models.leaky_relu(slope)
    assert np.allclose(layer(X), np.where(X > 0, X, slope * X))
    assert layer.negative_slope == pytest.approx(slope)


def test_a_product_is_the_sum_that_its_equation_says():
    layer = models.product("bi,io->bo", (2, 3))
    assert np.array(layer(X)).tolist() == np.zeros((2, 3)).tolist()
    kernel = np.arange(6.0).reshape(2, 3)
    layer.set_weights([kernel])
    assert np.allclose(layer(X), X @ kernel)


def test_a_chain_has_a_layer_without_a_bias_for_each_width():
    model = models.deep_chain(keras.layers.ReLU, [2, 3, 4], 5)
    assert model.input_shape == (None, 2) and model.output_shape == (None, 4)
    assert [tuple(weight.shape) for weight in model.weights] == [(2, 3), (5, 3), (3, 4), (5, 4)]
    kernels = [np.ones((2, 3)), np.zeros((5, 3)), np.ones((3, 4)), np.zeros((5, 4))]
    model.set_weights(kernels)
    x = np.tile(X[1:], (5, 1))
    assert np.array(model(x)).tolist() == np.full((5, 4), 21.0).tolist()
