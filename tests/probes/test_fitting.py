"""What fit trains on and reports, on each release, and samples that were left out on purpose."""
from dataclasses import replace

import numpy as np
import pytest

from lib.compat import engine, is_keras_3, keras
from lib.compat.loading import release, tensorflow_release
from lib.probes import fitting
from lib.suite.probing import measure
from lib.suite.records import CRASHED, MEASURED, NOT_THERE

BY_NAME = {probe.name: probe for probe in fitting.PROBES}
# Those whose last batch is smaller: Keras 3.0 and 3.1 give each batch the same weight
UNEQUAL = ["loss of unequal batches", "fit in order, with a smaller batch last",
           "fit with sample weights", "fit with class weights"]
ON_BATCH = ["losses that train_on_batch returns", "losses that test_on_batch returns"]


def misses():
    """The probes that are not as their reference here, by name."""
    version = release(keras)
    return ((UNEQUAL if (3, 0) <= version < (3, 2) else [])
            + (ON_BATCH if (3, 0) <= version < (3, 15) else []))


@pytest.mark.parametrize("name", BY_NAME)
def test_fit_is_as_in_float64_but_where_a_release_is_known_not_to_be(name):
    probe, result = BY_NAME[name], measure(BY_NAME[name])
    if name.startswith("steps_per_execution"):
        assert result.state == state_of_many_steps(more_than_batches="of 8" in name), result.reason
    else:
        assert result.state == MEASURED, result.reason
    if probe.reference:
        assert (result.error > probe.tolerance) == (name in misses()), result.error


def state_of_many_steps(more_than_batches):
    """Of more steps than batches Keras 3.3 to 3.6 on TensorFlow has no logs to go on with."""
    if engine() == "torch" or not is_keras_3() and tensorflow_release() < (2, 4):
        return NOT_THERE
    without_logs = engine() == "tensorflow" and (3, 3) <= release(keras) < (3, 7)
    return CRASHED if more_than_batches and without_logs else MEASURED


def test_the_loss_of_an_epoch_over_unequal_batches():
    """keras-team/keras pull request 19363, which Keras 3.2 has."""
    expected = [9 / 2 if (3, 0) <= release(keras) < (3, 2) else 9 / 3]
    series = measure(BY_NAME["loss of unequal batches"]).measured.series
    assert all(values == pytest.approx(expected) for values in series.values()), series


def test_the_logs_of_batches_have_a_mean_so_far():
    """From TensorFlow 2.2 on: tensorflow/tensorflow issue 39448."""
    each = np.square(fitting.IN_TURN)
    so_far = np.cumsum(each) / np.arange(1, 5)
    losses, = measure(BY_NAME["losses in the logs of batches"]).measured.series.values()
    assert losses == pytest.approx(so_far if is_keras_3() or tensorflow_release() >= (2, 2)
                                   else each)


@pytest.mark.parametrize("steps", [3, 8])
def test_many_steps_in_a_call_train_on_all_batches(steps):
    """Only what Keras 3.0 to 3.6 reports is wrong: the sum of five losses divided by six."""
    result = measure(BY_NAME[f"steps_per_execution of {steps} for 5 batches"])
    if result.state != MEASURED:
        pytest.skip(result.reason)
    model = fitting.unit(fitting.RATE)
    losses = model.fit(*map(fitting.column, (fitting.INPUTS, fitting.TARGETS)), batch_size=1,
                       epochs=fitting.EPOCHS, shuffle=False, verbose=0).history["loss"]
    assert result.measured.series["weight"] == pytest.approx([fitting.weight(model)])
    factor = 5 / 6 if engine() == "tensorflow" and (3, 0) <= release(keras) < (3, 7) else 1
    assert result.measured.series["loss"] == pytest.approx([factor * loss for loss in losses])


def test_a_generator_that_runs_out():
    """Keras 2 warns and stops; Keras 3.7 and later train on the first two batches again."""
    series = measure(BY_NAME["generator that runs out"]).measured.series
    again = [1.0, 2.0] if release(keras) >= (3, 7) else []
    w = 0.0
    for y in [1.0, 2.0, 3.0] + again:
        w -= fitting.RATE * 2 * (w - y)
    assert series["raised"] == ["nothing"]
    assert series["weight"] == pytest.approx([w])
    assert series["epochs in the history"] == [2 if is_keras_3() else 1]


@pytest.mark.parametrize("name, wrong", [
    ("fit in order, with a smaller batch last",         # without its last batch
     lambda: fitting.trained(fitting.INPUTS[:4], fitting.TARGETS[:4])),
    ("fit in order, with a smaller batch last",         # in another order
     lambda: fitting.trained(fitting.INPUTS[::-1], fitting.TARGETS[::-1])),
    ("fit with sample weights", fitting.trained),       # without them
    ("fit with class weights", lambda: fitting.trained(y=fitting.CLASSES)),
    ("losses that train_on_batch returns", lambda: {"loss": [9.0, 4.5, 10 / 3, 3.5]}),
    ("loss of unequal batches", lambda: {"loss of fit": 4.5, "loss of evaluate": 4.5,
                                         "validation loss": 4.5})])
def test_an_error_that_is_put_in_is_seen(name, wrong):
    assert measure(replace(BY_NAME[name], measure=wrong)).error > BY_NAME[name].tolerance
