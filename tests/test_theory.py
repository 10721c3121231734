"""The closed forms against numbers that do not come from them."""
import numpy as np
import pytest

from lib import theory

X = np.random.RandomState(7).randn(400000)
TARGET = np.maximum(X, 0)


@pytest.mark.parametrize("c", [0.0, 0.3, 1.0, -0.3])
@pytest.mark.parametrize("w", [-2.0, -0.1, 0.1, 1.5])
def test_the_loss_of_a_unit_is_that_of_a_large_sample(w, c):
    output = np.where(w * X > 0, w * X, c * w * X)
    sampled = np.mean((output - TARGET) ** 2)
    assert theory.unit_loss(w, c) == pytest.approx(sampled, rel=0.02)


@pytest.mark.parametrize("c", [0.0, 0.3, 1.0, -0.3])
@pytest.mark.parametrize("w", [-2.0, -0.1, 0.1, 1.5])
def test_the_gradient_is_the_slope_of_the_loss(w, c):
    step = 1e-6
    slope = (theory.unit_loss(w + step, c) - theory.unit_loss(w - step, c)) / (2 * step)
    assert theory.unit_gradient(w, c) == pytest.approx(slope, abs=1e-6)


@pytest.mark.parametrize("c", [0.1, 0.3, 1.0, -0.3, -1.5])
def test_the_gradient_vanishes_at_the_right_minimum(c):
    w, loss = theory.right_minimum(c)
    assert (theory.unit_gradient(w, c), theory.unit_loss(w, c)) == pytest.approx((0, loss))


@pytest.mark.parametrize("c", [-0.1, -0.3, -1.0, -1.5])
def test_the_gradient_vanishes_at_the_left_minimum_of_a_negative_slope(c):
    w, loss = theory.left_minimum(c)
    assert w < 0
    assert (theory.unit_gradient(w, c), theory.unit_loss(w, c)) == pytest.approx((0, loss))


def test_expected_training_with_momentum_is_polyaks_recursion():
    _, weights = theory.expected_training(-1, 0.05, epochs=3, steps_per_epoch=10, momentum=0.3)
    before, w = -1.0, -1.0
    for _ in range(30):
        before, w = w, w + 0.3 * (w - before) - 0.05 * w
    assert weights[-1] == pytest.approx(w)


def crosses_zero(rate, momentum, steps=20000):
    w, velocity = -1.0, 0.0
    for _ in range(steps):
        velocity = momentum * velocity - rate * w
        w += velocity
        if w > 0:
            return True
        if w > -1e-250:
            return False
    return False


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 0.5])
@pytest.mark.parametrize("off, crosses", [(-0.01, False), (0.01, True)])
def test_a_heavy_ball_crosses_exactly_above_the_escape_momentum(rate, off, crosses):
    assert crosses_zero(rate, theory.escape_momentum(rate) + off) is crosses


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_escape_rate_and_escape_momentum_are_inverse(momentum):
    assert theory.escape_momentum(theory.escape_rate(momentum)) == pytest.approx(momentum)


def runs_away(start, rate):
    w = start
    for _ in range(20000):
        w -= rate * float(theory.unit_gradient(w))
        if abs(w) > 1e9:
            return True
    return False


@pytest.mark.parametrize("start", [-10.0, -4.0, -2.0, -1.0, -0.137])
@pytest.mark.parametrize("off, diverges", [(-0.01, False), (0.01, True)])
def test_plain_descent_diverges_exactly_above_the_divergence_rate(start, off, diverges):
    assert runs_away(start, float(theory.divergence_rate(start)) + off) is diverges


@pytest.mark.parametrize("w, b", [(1, 0.5), (-1, 0.5), (-1, -0.5), (0.5, -1), (0, 0.4), (-2, 3)])
def test_the_loss_with_a_bias_is_that_of_a_large_sample(w, b):
    sampled = np.mean((np.maximum(w * X + b, 0) - TARGET) ** 2)
    assert float(theory.relu_loss_with_bias(w, b)) == pytest.approx(sampled, rel=0.02)


def test_the_loss_with_a_bias_is_zero_at_the_solution():
    assert float(theory.relu_loss_with_bias(1, 0)) == pytest.approx(0, abs=1e-12)


def test_expected_training_decays_geometrically_on_the_flat_side():
    _, weights = theory.expected_training(-10, 0.01, epochs=2, steps_per_epoch=100)
    assert weights == pytest.approx([-10 * 0.99 ** 100, -10 * 0.99 ** 200])
