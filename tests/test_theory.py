"""The closed forms against numbers that do not come from them."""
import numpy as np
import oracle
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


@pytest.mark.parametrize("momentum", [0.3, 0.7, 0.9, 0.97])
@pytest.mark.parametrize("times, crosses", [(0.9, False), (1.1, True)])
def test_a_heavy_ball_crosses_exactly_above_the_escape_rate(momentum, times, crosses):
    assert crosses_zero(times * theory.escape_rate(momentum), momentum) is crosses


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


def descend(start, rate, moments):
    """w after each step of plain descent, one row a step: arrays of shape (steps, runs).

    moments: of each batch, of shape (steps, 2, runs).
    """
    way, w = np.empty((len(moments), moments.shape[2])), start
    for step, batch in enumerate(moments):
        w = w - rate * theory.unit_gradient(w, moments=batch)
        w = np.where(np.abs(w) < 1e9, w, np.inf)
        way[step] = w
    return way


def share_alive(start, rate):
    """Of 4,000 runs of 2000 steps on batches of 1000, drawn as lib.data draws their moments."""
    random_state, shape = np.random.RandomState(0), (2000, 4000)
    positive = random_state.binomial(1000, 0.5, shape)
    moments = np.stack([2 * random_state.standard_gamma(half / 2) / 1000
                        for half in (positive, 1000 - positive)], axis=1)
    with np.errstate(invalid="ignore"):
        return np.mean(np.isfinite(descend(start, rate, moments)[-1]))


def test_batch_noise_carries_many_a_far_start_past_the_divergence_rate():
    assert theory.divergence_rate(-10) == pytest.approx(2.1)
    assert share_alive(-10, 2.12) == pytest.approx(0.41, abs=0.03)


def test_batch_noise_drives_many_a_near_start_out_below_it():
    assert theory.divergence_rate(-1) == pytest.approx(2.618, abs=1e-3)
    assert share_alive(-1, 2.5) == pytest.approx(0.10, abs=0.03)


@pytest.mark.parametrize("rate, left_out", [(2.05, 0.95), (2.5, 0.0)])
def test_what_wanders_comes_down_to_the_farthest_place_but_not_to_all_between(rate, left_out):
    a, expected = rate - 1, np.full((3000, 2, 500), 0.5)
    start = np.random.RandomState(0).uniform(-0.9, -0.1, 500)
    way = descend(start, rate, expected)[1000:]
    visited, _ = np.histogram(way, 1000, (1 - a ** 2, 1 + a))
    assert way.min() == pytest.approx(1 - a ** 2, abs=1e-4)
    assert np.mean(visited == 0) == pytest.approx(left_out, abs=0.02)


@pytest.mark.parametrize("w, b", [(1, 0.5), (-1, 0.5), (-1, -0.5), (0.5, -1), (0, 0.4), (-2, 3)])
def test_the_loss_with_a_bias_is_that_of_a_large_sample(w, b):
    sampled = np.mean((np.maximum(w * X + b, 0) - TARGET) ** 2)
    assert float(theory.relu_loss_with_bias(w, b)) == pytest.approx(sampled, rel=0.02)


def test_the_loss_with_a_bias_is_zero_at_the_solution():
    assert float(theory.relu_loss_with_bias(1, 0)) == pytest.approx(0, abs=1e-12)


def test_expected_training_decays_geometrically_on_the_flat_side():
    _, weights = theory.expected_training(-10, 0.01, epochs=2, steps_per_epoch=100)
    assert weights == pytest.approx([-10 * 0.99 ** 100, -10 * 0.99 ** 200])


@pytest.mark.parametrize("activation, gain, signal, gradient", [
    ("linear", 2.0, 2.0, 2.0), ("ReLU", 2.0, 1.0, 1.0), ("ReLU", 1.0, 0.5, 0.5)])
def test_signals_in_depth_of_scale_free_activations_grow_by_a_factor(activation, gain, signal,
                                                                     gradient):
    signals, gradients = theory.wide_chain(activation, gain, 6)
    assert np.divide(signals[1:], signals[:-1]) == pytest.approx([signal] * 5, rel=1e-6)
    assert np.divide(gradients[:-1], gradients[1:]) == pytest.approx([gradient] * 5, rel=1e-3)


def test_a_small_signal_goes_through_tanh_as_through_a_line():
    """Its next term: q -> q - 2 q², and a gradient loses 2 q."""
    signals, gradients = theory.wide_chain("tanh", 1e-3, 2)
    assert signals[1] / 1e-3 == pytest.approx(1e-3 * (1 - 2e-3), rel=1e-4)
    assert gradients[1] == pytest.approx(1 - 2 * signals[1], rel=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "ReLU"])
def test_signals_in_depth_are_what_random_numbers_give(activation):
    f, slope = theory.ACTIVATIONS[activation]
    z = np.random.RandomState(0).randn(10 ** 6) * 1.5 ** 0.5
    signals, gradients = theory.wide_chain(activation, 1.5, 2)
    assert signals[1] == pytest.approx(1.5 * np.mean(f(z) ** 2), rel=0.01)
    assert gradients[0] / gradients[1] == pytest.approx(1.5 * np.mean(slope(z) ** 2), rel=0.01)


@pytest.mark.parametrize("activation", theory.ACTIVATIONS)
def test_the_slope_of_an_activation_is_its_derivative(activation):
    f, slope = theory.ACTIVATIONS[activation]
    x = np.array([-2.0, -0.3, 0.4, 1.7])
    assert slope(x) == pytest.approx((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, abs=1e-6)


def test_xavier_uniform_weights_have_the_variance_of_their_definition():
    limit = theory.glorot_limit(300, 100)
    assert limit ** 2 / 3 == pytest.approx(2 / 400)


def test_the_hessian_of_least_squares_is_twice_the_mean_square_of_the_inputs():
    x = np.random.RandomState(0).randn(50000, 2) * [35, 1]
    assert theory.least_squares_hessian(x) == pytest.approx(np.diag([2450, 2]), rel=0.02, abs=2)


def test_the_threshold_of_equal_batches_is_two_over_their_curvature():
    assert theory.threshold_of_batches([8.0] * 5) == pytest.approx(0.25)


def test_at_the_threshold_of_batches_an_epoch_leaves_the_error_as_it_was():
    curvatures = np.random.RandomState(0).uniform(1.5, 2.5, 20)
    rate = theory.threshold_of_batches(curvatures)
    assert rate > 2 / curvatures.mean()
    assert np.prod(np.abs(1 - rate * curvatures)) == pytest.approx(1)


def test_the_threshold_of_batches_that_differ_little_is_its_expansion():
    curvatures = np.array([0.95, 1.05, 1.0, 1.0])
    assert theory.threshold_of_batches(curvatures) == pytest.approx(
        2 + 2 * curvatures.var(), abs=1e-4)


def test_the_steps_to_a_share_leave_that_share():
    steps = theory.steps_to_share(0.01, rate=0.01, curvature=2)
    assert (1 - 0.02) ** (2 * steps) == pytest.approx(0.01)


@pytest.mark.parametrize("gradient", [(1.0, 1e-6), (1e-3, 1.0), (0.1, 1.0)])
def test_the_first_rise_is_that_of_descent_written_out(gradient):
    steep, flat, rate = 100.0, 1.0, 0.022
    w = np.array(gradient) / [steep, flat]
    losses = []
    for _ in range(60):
        losses.append(steep * w[0] ** 2 + flat * w[1] ** 2)
        w = w * [1 - rate * steep, 1 - rate * flat]
    written_out = 1 + int(np.argmax(np.diff(losses) > 0))
    assert theory.first_rise(steep, flat, gradient, rate) == written_out


@pytest.mark.parametrize("curvature", [0.1, 20.0])
def test_adam_on_a_bowl_is_adam_whatever_the_curvature(curvature):
    step, w = oracle.adam(0.01, epsilon=0.0), -2.0
    for _ in range(300):
        w = step(w, curvature * w)
    assert theory.adam_on_a_bowl(-2.0, 0.01, 300)[-1] == pytest.approx(w, rel=1e-9)


@pytest.mark.parametrize("gradient, rate", [
    ((0.01, 3.0), 0.25), ((1e-3, 3.0), 0.25), ((0.375, 3.0), 0.25)])
def test_the_flat_part_of_the_gradient_delays_the_first_rise(gradient, rate):
    """Steep 10, flat 1: the steep part grows by -1.5 a step, the flat one by 0.75."""
    a, b, step = *gradient, 1
    while rate / 2 * (10 * a ** 2 + b ** 2) <= a ** 2 + b ** 2:
        a, b, step = -1.5 * a, 0.75 * b, step + 1
    assert theory.first_rise(10, 1, gradient, rate) == step > 3


def test_the_tangent_of_the_sigmoid_meets_it_at_zero_and_has_its_slope_there():
    y, slope, tangent = theory.sigmoid([-1e-3, 0.0, 1e-3])
    assert y[1] == tangent[1] == 0.5
    assert np.diff(tangent) / 1e-3 == pytest.approx(slope[1]) == 0.25


def test_amsgrad_on_a_bowl_divides_by_the_largest_size_so_far():
    """From the first step on, which is as long as Adam's."""
    step, w = oracle.adam(0.05, epsilon=0.0, amsgrad=True), -1.0
    for _ in range(300):
        w = step(w, w)
    way = theory.adam_on_a_bowl(-1.0, 0.05, 300, amsgrad=True)
    assert (way[0], way[-1]) == (pytest.approx(-0.95), pytest.approx(w, rel=1e-9))


def test_what_is_left_out_is_a_relu_without_amsgrad_in_expectation():
    assert theory.unit_loss(-3.0) == theory.unit_loss(-3.0, 0.0, (0.5, 0.5)) == 5
    assert theory.adam_crossing_rate(200) == theory.adam_crossing_rate(200, amsgrad=False)
    assert theory.adam_crossing_rate(200) < theory.adam_crossing_rate(200, amsgrad=True)
