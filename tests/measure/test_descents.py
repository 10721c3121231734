"""Gradient descent step by step, against ``fit``, closed forms and NumPy."""
import numpy as np
import pytest

from lib import many_steps
from lib.compat import keras
from lib.data import FixedBatches, linear_data
from lib.measure.descents import many_descents, mean_squared_error, threshold_rate, watched_descent
from lib.models import linear_unit, two_linear_layers
from lib.training import fit

X, Y = linear_data(0, 60, (3.0, 1.0), (2.0, 1.0))
BOWL = FixedBatches([[1.0], [-1.0]], [[0.0], [0.0]])        # w², of curvature 2


def numpy_descent(batches, rate, steps):
    """The weights after so many steps from 0, written out."""
    w = np.zeros(2)
    x, y = (array.astype(float) for array in batches.stacked())
    for step in range(steps):
        batch = step % len(x)
        w = w - rate * 2 * x[batch].T.dot(x[batch].dot(w) - y[batch][:, 0]) / len(x[batch])
    return w


@pytest.mark.parametrize("size", [60, 20])
def test_many_steps_at_once_are_those_of_fit_and_of_numpy(size):
    batches, steps = FixedBatches(X, Y, size), 30
    model, fitted = linear_unit([0, 0]), linear_unit([0, 0])
    start = model.get_weights()
    taken, _ = many_descents(model)(start, batches, 0.02, steps)
    fit(fitted, batches, keras.optimizers.SGD(0.02), mean_squared_error, 1, steps)
    assert taken == steps
    assert model.get_weights()[0] == pytest.approx(fitted.get_weights()[0], rel=1e-5)
    assert model.get_weights()[0][:, 0] == pytest.approx(numpy_descent(batches, 0.02, steps),
                                                         rel=1e-4)


def test_a_descent_ends_where_it_is_good_enough():
    descend = many_descents(linear_unit([1.0]))
    # w = 0.8^k, and w² <= 0.01 from k = 11 on
    assert descend([np.ones((1, 1))], BOWL, 0.1, 100, 0.01) == (11, pytest.approx(0.8 ** 22))


def test_steps_by_fit_are_known_to_two_per_cent():
    descend = many_descents(linear_unit([1.0]))
    # w = 0.998^k, and w² <= 0.01 from k = 1151 on
    steps, loss = descend([np.ones((1, 1))], BOWL, 0.001, 10000, 0.01)
    assert steps == 1151 if many_steps.available() else 1151 <= steps <= 1.02 * 1151
    assert loss == pytest.approx(0.998 ** (2 * steps), rel=1e-3)


def test_a_descent_starts_anew_at_another_rate():
    descend = many_descents(linear_unit([1.0]))
    start = [np.ones((1, 1))]
    one = descend(start, BOWL, 0.1, 5)
    descend(start, BOWL, 0.4, 5)
    assert descend(start, BOWL, 0.1, 5) == one == (5, pytest.approx(0.8 ** 10))


def test_a_descent_is_followed_to_nan_and_the_next_knows_nothing_of_it():
    """It ends with the NaN where many steps are one compiled call."""
    descend, start = many_descents(linear_unit([1.0])), [np.ones((1, 1))]
    steps, loss = descend(start, BOWL, 10.0, 1000)
    assert np.isnan(loss)
    assert 25 < steps < 100 if many_steps.available() else steps == 1000
    assert descend(start, BOWL, 0.1, 5) == (5, pytest.approx(0.8 ** 10))


# from w = 0 the first batch has a loss of 0, and the second moves w
FIRST_IS_SOLVED = FixedBatches([[1.0], [2.0]], [[0.0], [1.0]], batch_size=1)


@pytest.mark.parametrize("rate, steps", [(0.1, 6), (3.0, 400)])
def test_a_first_loss_of_zero_ends_no_descent_that_fit_goes_on_with(rate, steps):
    model, fitted = linear_unit([0.0]), linear_unit([0.0])
    taken, loss = many_descents(model)([np.zeros((1, 1))], FIRST_IS_SOLVED, rate, steps)
    fit(fitted, FIRST_IS_SOLVED, keras.optimizers.SGD(rate), mean_squared_error, 1, steps)
    w = fitted.get_weights()[0]
    assert np.isfinite(w).all() == np.isfinite(loss)
    assert model.get_weights()[0] == pytest.approx(w, rel=1e-5, nan_ok=True)
    assert taken == steps or np.isnan(loss)


def test_a_first_loss_of_zero_that_rises_at_every_rate_has_no_threshold():
    with pytest.raises(ValueError):
        threshold_rate(many_descents(linear_unit([0.0])), [np.zeros((1, 1))], FIRST_IS_SOLVED,
                       0.01, 3.0, 400)


@pytest.mark.parametrize("risen", [1e-30, np.inf, np.nan])
def test_a_loss_that_rises_from_zero_has_grown(risen):
    def descend(start, batches, rate, steps):
        return steps, risen if steps and rate > 0.5 else 0.0

    rate, tried = threshold_rate(descend, [], BOWL, 0.1, 2.0, steps=10)
    assert rate == pytest.approx(0.5, rel=1e-3)
    assert {ratio for one, ratio in tried if one > 0.5} == {np.inf}
    assert {ratio for one, ratio in tried if one <= 0.5} == {1.0}


def test_the_threshold_of_a_bowl_is_two_over_its_curvature():
    rate, tried = threshold_rate(many_descents(linear_unit([1.0])), [np.ones((1, 1))], BOWL,
                                 0.1, 5.0, steps=200)
    assert rate == pytest.approx(1, rel=2e-4)
    assert len(tried) > 10
    assert all((ratio <= 1) == (one < 1) for one, ratio in tried if abs(one - 1) > 2e-4)


def test_a_threshold_that_is_not_between_the_two_is_an_error():
    with pytest.raises(ValueError):
        threshold_rate(many_descents(linear_unit([1.0])), [np.ones((1, 1))], BOWL, 0.1, 0.5, 200)


def test_a_threshold_is_of_whole_epochs():
    batches = FixedBatches(X, Y, 20)
    with pytest.raises(ValueError, match="100 steps are no whole number of epochs"):
        threshold_rate(many_descents(linear_unit([0, 0])), [np.zeros((2, 1))], batches, 0.01, 1.0,
                       100)


def test_each_watched_step_changes_the_loss_by_both_terms_on_a_bowl():
    history = watched_descent(linear_unit([1.0]), BOWL, 0.1, 5, trials=(0.5, 1.5))
    k = np.arange(5)
    w = 0.8 ** k
    assert history.loss == pytest.approx(w ** 2, rel=1e-5)
    assert history.squared_gradient == pytest.approx((2 * w) ** 2, rel=1e-5)
    assert history.curvature_along == pytest.approx(2 * (2 * w) ** 2, rel=1e-5)
    assert history.largest_curvature == pytest.approx([2] * 5)
    assert history.change == pytest.approx((0.8 ** 2 - 1) * w ** 2, rel=1e-4)
    # half of 2/curvature ends at 0, one and a half times at -2 w
    assert np.array(history.trial_change) == pytest.approx(
        np.stack([-w ** 2, 3 * w ** 2], axis=1), rel=1e-4)


def test_a_watched_descent_ends_where_it_is_solved():
    # w² is 1, 1.6e-3, 2.6e-6, 4e-9
    history = watched_descent(linear_unit([1.0]), BOWL, 0.48, 100)
    assert len(history.loss) == 3 and "trial_change" not in history.series


def test_a_watched_descent_ends_with_the_step_to_infinity():
    history = watched_descent(linear_unit([1e15]), BOWL, 100.0, 100)
    assert len(history.loss) < 5 and history.change[-1] == np.inf


def test_a_watched_descent_sees_the_surface_of_each_step():
    # on x = 1 and x = -1 with the target x the cost is (u v - 1)²
    data = FixedBatches([[1.0], [-1.0]], [[1.0], [-1.0]])
    history = watched_descent(two_linear_layers(0.5, 0.2), data, 0.2, 8)
    w, expected = np.array([0.5, 0.2]), []
    for _ in range(8):
        u, v = w
        gradient = 2 * (u * v - 1) * np.array([v, u])
        hessian = 2 * np.array([[v * v, 2 * u * v - 1], [2 * u * v - 1, u * u]])
        expected.append([(u * v - 1) ** 2, gradient.dot(gradient),
                         gradient.dot(hessian).dot(gradient), np.linalg.eigvalsh(hessian)[-1]])
        w = w - 0.2 * gradient
    names = "loss", "squared_gradient", "curvature_along", "largest_curvature"
    measured = np.array([history.series[name] for name in names]).T
    assert measured == pytest.approx(np.array(expected), rel=1e-3, abs=1e-5)


def test_a_watched_descent_does_not_begin_where_the_hessian_is_infinite():
    data = FixedBatches([[1.0]], [[1.0]])
    assert watched_descent(two_linear_layers(1e20, 2e-20), data, 0.1, 5).loss == []
