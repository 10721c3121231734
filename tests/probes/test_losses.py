"""Losses against float64 on each release, and a network that has gone numb."""
from dataclasses import replace

import numpy as np
import pytest

from lib.compat import engine, is_keras_3
from lib.compat.loading import tensorflow_release
from lib.probes import losses
from lib.suite.probing import measure
from lib.suite.records import CRASHED, MEASURED, NOT_THERE

BY_NAME = {probe.name: probe for probe in losses.PROBES}
SATURATED = [f"{name}, saturated" for name in losses.CROSS_ENTROPIES]


def knows_the_logits():
    """Whether a loss finds them behind a softmax, in a function of its own and in ``fit``."""
    if is_keras_3():
        found = engine() == "tensorflow"
        return found, found
    of_function = (1, 14) <= tensorflow_release() < (2, 0) or tensorflow_release() >= (2, 4)
    return of_function, tensorflow_release() >= (1, 14)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_loss_is_as_in_float64_but_where_a_release_is_known_not_to_be(name):
    probe, result = BY_NAME[name], measure(BY_NAME[name])
    first = engine() == "graph" and tensorflow_release() == (1, 13)
    if first and name.startswith("categorical_crossentropy of logits"):
        assert result.state == CRASHED
    elif first and name.startswith(("huber", "sparse_categorical_crossentropy of logits")):
        assert result.state == NOT_THERE
    else:
        assert result.state == MEASURED, result.reason
        missed = name in SATURATED and not all(knows_the_logits())
        assert (result.error > probe.tolerance) == missed, result.error


@pytest.mark.parametrize("name", SATURATED)
def test_a_saturated_network_learns_only_where_the_logits_are_known(name):
    series = measure(BY_NAME[name]).measured.series
    of_function, of_fit = knows_the_logits()
    right = {key: np.ravel(values) for key, values in BY_NAME[name].reference().items()}
    before = np.ravel(right["after a step"] + losses.RATE * right["gradient"])
    assert np.any(np.array(series["gradient"])) == of_function
    assert (series["value"] == pytest.approx(right["value"], rel=1e-6)) == of_function
    assert (series["loss of fit"] == pytest.approx(right["loss of fit"], rel=1e-6)) == of_fit
    assert series["after a step"] == pytest.approx(right["after a step"] if of_fit else before)


@pytest.mark.parametrize("name, series, change", [
    ("categorical_crossentropy, saturated", "gradient", lambda right: 0 * right),
    ("binary_crossentropy", "value", lambda right: right + 1e-4),
    ("mean_squared_error", "loss of fit", lambda right: right / 2),
    ("huber", "after a step", lambda right: right - 0.01)])
def test_an_error_that_is_put_in_is_seen(name, series, change):
    right = BY_NAME[name].reference()
    for changed in (lambda now: now, change):
        wrong = dict(right, **{series: changed(np.asarray(right[series]))})
        error = measure(replace(BY_NAME[name], measure=lambda: wrong)).error
        assert (error > BY_NAME[name].tolerance) == (changed is change)


def test_the_float64_losses_at_known_places():
    zeros = np.zeros((2, 3))
    assert losses.categorical(losses.ONE_OF_THREE, zeros) == pytest.approx(np.log(3))
    assert losses.sparse(np.array([[1], [2]]), zeros) == pytest.approx(np.log(3))
    assert losses.binary(1, np.array([[0.0]])) == pytest.approx(np.log(2))
    assert losses.binary(0, np.array([[200.0]])) == pytest.approx(200)
    assert losses.huber(0, np.array([0.5, 3.0])) == pytest.approx((0.125 + 2.5) / 2)
    assert losses.hinge(-1, np.array([0.5, -3.0])) == pytest.approx(1.5 / 2)
