"""What automatic differentiation gives, against closed forms and against differences."""
import numpy as np
import pytest

from lib import theory
from lib.compat import keras
from lib.measure.curvature import LossSurface
from lib.measure.descents import mean_squared_error
from lib.models import linear_unit, two_linear_layers

RANDOM = np.random.RandomState(3)
X = RANDOM.randn(40, 2) * [5, 1]
Y = RANDOM.randn(40, 1)


def tanh_network():
    random_state = np.random.RandomState(1)
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(3, activation="tanh"),
                              keras.layers.Dense(1)])
    model.set_weights([random_state.randn(*weight.shape) for weight in model.get_weights()])
    return model


def tanh_loss(flat, x):
    """The same network in NumPy, from its 13 weights in the order of the model."""
    first, bias, second, last = np.split(flat, [6, 9, 12])
    output = np.tanh(x.dot(first.reshape(2, 3)) + bias).dot(second) + last
    return np.mean((output - Y[:, 0]) ** 2)


def test_gradient_and_hessian_of_a_regression_are_those_of_least_squares():
    w = np.array([0.5, -2.0])
    loss, gradient, hessian = LossSurface(linear_unit(w), mean_squared_error, X, Y).derivatives()
    errors = X.dot(w) - Y[:, 0]
    assert loss == pytest.approx(np.mean(errors ** 2), rel=1e-5)
    assert gradient == pytest.approx(2 * X.T.dot(errors) / len(X), rel=1e-5)
    assert hessian == pytest.approx(theory.least_squares_hessian(X), rel=1e-5)


@pytest.mark.parametrize("u, v", [(0.5, 0.2), (1.0, 1.0), (-2.0, 0.3)])
def test_the_hessian_of_two_linear_layers_is_its_closed_form(u, v):
    x = X[:, :1]
    m = np.mean(x ** 2)
    loss, gradient, hessian = LossSurface(two_linear_layers(u, v), mean_squared_error, x,
                                          x).derivatives()
    assert loss == pytest.approx(m * (u * v - 1) ** 2, rel=1e-5, abs=1e-6)
    assert gradient == pytest.approx(2 * m * (u * v - 1) * np.array([v, u]), rel=1e-4, abs=1e-4)
    assert hessian == pytest.approx(2 * m * np.array([[v * v, 2 * u * v - 1],
                                                      [2 * u * v - 1, u * u]]), rel=1e-4)


def test_the_hessian_of_a_network_with_biases_is_that_of_differences():
    model, step = tanh_network(), 1e-4
    x = X / [5, 1]
    flat = np.concatenate([weight.ravel() for weight in model.get_weights()]).astype(float)
    units = step * np.eye(len(flat))
    differences = [[(tanh_loss(flat + a + b, x) - tanh_loss(flat + a - b, x)
                     - tanh_loss(flat - a + b, x) + tanh_loss(flat - a - b, x)) / (4 * step ** 2)
                    for a in units] for b in units]
    slopes = [(tanh_loss(flat + a, x) - tanh_loss(flat - a, x)) / (2 * step) for a in units]
    loss, gradient, hessian = LossSurface(model, mean_squared_error, x, Y).derivatives()
    assert loss == pytest.approx(tanh_loss(flat, x), rel=1e-5)
    assert gradient == pytest.approx(np.array(slopes), abs=1e-4)
    assert hessian == pytest.approx(np.array(differences), abs=1e-3)


def test_a_hessian_is_symmetric():
    _, _, hessian = LossSurface(tanh_network(), mean_squared_error, X, Y).derivatives()
    assert hessian == pytest.approx(hessian.T, abs=1e-4 * np.abs(hessian).max())


def test_the_largest_curvature_is_the_largest_eigenvalue():
    # H = diag(2 · 9, 2)
    corners = np.array([[3, 1], [3, -1], [-3, 1], [-3, -1]])
    surface = LossSurface(linear_unit([1, 1]), mean_squared_error, corners, np.zeros((4, 1)))
    assert surface.largest_curvature() == pytest.approx(18)


def test_the_largest_curvature_of_what_is_not_finite_is_not_a_number():
    surface = LossSurface(two_linear_layers(np.nan, 1.0), mean_squared_error, X[:, :1], X[:, :1])
    assert np.isnan(surface.largest_curvature())


def test_the_surface_is_that_of_the_weights_of_the_moment():
    model = linear_unit([0, 0])
    surface = LossSurface(model, mean_squared_error, X, 0 * Y)
    before, _, _ = surface.derivatives()
    model.set_weights([np.ones((2, 1), "float32")])
    after, _, _ = surface.derivatives()
    assert (before, after) == (0, pytest.approx(np.mean(X.sum(axis=1) ** 2), rel=1e-5))


def test_steps_that_are_tried_leave_the_weights_as_they_are():
    model = two_linear_layers(0.5, 0.2)
    surface = LossSurface(model, mean_squared_error, X[:, :1], X[:, :1])
    loss, _, _ = surface.derivatives()
    solved, further = surface.changes_by([np.array([0.5, 0.8]), np.array([0.0, -0.2])])
    m = np.mean(X[:, 0] ** 2)
    assert (solved, further) == (pytest.approx(-loss, rel=1e-5), pytest.approx(0.19 * m, rel=1e-4))
    assert [float(weight[0, 0]) for weight in model.get_weights()] == pytest.approx([0.5, 0.2])
