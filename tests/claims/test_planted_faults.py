"""Faults planted in what is trained: each leaves the record, and the history is named.

test_reference.py holds every history of every claim to its record in this way. Here it is seen to
fail.
"""
import numpy as np
import pytest
from claims.against_record import differences
from made_up import result

from lib import data, training
from lib.claims import History
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.training import FROM_THE_START
from reproductions.learning_rate.parts import diabetes_network
from reproductions.single_relu import leaky_relu_escapes, relu_gets_stuck
from reproductions.single_relu.parts import phase_diagrams, random_starts, seeds

LABEL = leaky_relu_escapes.LABEL


@pytest.fixture
def result_of(claims, reference_of):
    return lambda stem: reference_of(claims[stem])


class ShuffledLabels(ReLUBatches):
    def __iter__(self):
        for x, y in super().__iter__():
            yield x, np.roll(y, 1)


class OneHundred(ReLUBatches):
    def __init__(self, seed):
        super().__init__(seed, 100)


def of_the_epoch_before(*settings):
    """The loss of each epoch is recorded one epoch later."""
    history = training.train(*settings)
    return history.plus(loss=[history.loss[0]] + history.loss[:-1])


FAULTS = {
    "slope 0": ("NEGATIVE_SLOPE", 0.0, "negative_slope"),
    "sign of w(0)": ("START", 10.0, "start"),
    "rate times 10": ("LEARNING_RATE", 0.1, "learning_rate"),
    "batches of 100": ("ReLUBatches", OneHundred, "batch_size"),
    "shuffled labels": ("ReLUBatches", ShuffledLabels, "epoch 1: "),
    "loss off by an epoch": ("train", of_the_epoch_before, "loss, epoch 2"),
}


def test_without_a_fault_nothing_differs(result_of):
    result = result_of("leaky_relu_escapes")
    assert differences(leaky_relu_escapes.run(), result) == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_the_history_named(result_of, monkeypatch, fault):
    name, replacement, named = FAULTS[fault]
    monkeypatch.setattr(leaky_relu_escapes, name, replacement)
    found = differences(leaky_relu_escapes.run(), result_of("leaky_relu_escapes"))
    assert list(found) == [LABEL] and named in str(found[LABEL]), found


@pytest.mark.parametrize("label, optimizer, named", [
    ("momentum 0.9, 0.01", lambda: keras.optimizers.SGD(0.01), "momentum"),
    ("Adam 0.01", lambda: keras.optimizers.Adam(0.1), "learning_rate"),
    ("AMSGrad 0.01", lambda: keras.optimizers.Adam(0.01), "amsgrad")])
def test_another_optimizer_under_the_same_label_is_found(result_of, label, optimizer, named):
    history = training.train(single_unit(keras.layers.ReLU(), -10.0), ReLUBatches(0), optimizer(),
                             "mean_squared_error", 20, 100)
    label = "ReLU, " + label
    found = differences({label: history}, result_of("far_start_resists_optimizers"), [label])
    assert named in str(found[label])


def test_another_start_under_the_same_label_is_found(result_of, monkeypatch):
    monkeypatch.setitem(relu_gets_stuck.STARTS, "w(0) = -1", -2.0)
    monkeypatch.setattr(random_starts, "run", lambda *_: {})
    histories = relu_gets_stuck.run()
    assert list(differences(histories, result_of("relu_gets_stuck"), histories)) == ["w(0) = -1"]


def normal(self, low, high, size):
    return self.normal(0, high / np.sqrt(3), size)


def test_random_starts_that_are_normal_for_uniform_are_found(result_of, monkeypatch):
    class Normal(np.random.RandomState):
        uniform = normal

    monkeypatch.setattr(random_starts.np.random, "RandomState", Normal)
    histories = random_starts.run(0, 20, 100, 0.01)
    found = differences(histories, result_of("relu_gets_stuck"), [random_starts.LABEL])
    assert "weight_at_start, number 1" in found[random_starts.LABEL]


def test_over_seeds_the_record_tells_the_optimizer_and_the_size_of_the_batches(
        result_of, monkeypatch):
    """With two seeds in the place of 1,000: so the settings are compared, and no numbers."""
    def settings_that_differ():
        histories = seeds.run(-10.0, 0, 20, 100, 2, FROM_THE_START)
        recorded = result_of("far_start_resists_optimizers").histories
        return {(label, name) for label, history in histories.items()
                for name, value in history.settings.items()
                if value != recorded[label].settings[name]}

    monkeypatch.setattr(seeds, "MOMENTA", seeds.MOMENTA[:2])
    of_the_number = {(label, "seeds") for label in ("seeds, SGD", "seeds, Adam", "seeds, AMSGrad")}
    assert settings_that_differ() == of_the_number
    monkeypatch.setitem(seeds.BY_RATE, "seeds, AMSGrad", lambda rate: keras.optimizers.Adam(rate))
    assert settings_that_differ() == of_the_number | {("seeds, AMSGrad", "amsgrad")}


@pytest.mark.parametrize("size", [1000, 100])
def test_seeded_moments_are_those_of_batches_of_so_many(size):
    """Their mean is 1/2 and their variance 5/(4 size): that of a mean of x² over half the x."""
    moments = data.SeededMoments(0, 50, size).moments(400)
    assert np.mean(moments) == pytest.approx(0.5, abs=0.005)
    assert np.var(moments) * size == pytest.approx(1.25, rel=0.05)
    assert data.SeededMoments(0, 2).size == 1000


def test_amsgrad_off_in_the_diagram_is_found(result_of, monkeypatch):
    def settings_of_diagrams():
        histories = phase_diagrams.run(0, 20, 100, 4, 4, 4, FROM_THE_START)
        return {label: history.settings for label, history in histories.items()}

    recorded = {label: history.settings for label, history in result_of(
        "large_steps_jump_over").histories.items() if "state" in history.series}
    assert settings_of_diagrams() == recorded
    monkeypatch.setitem(phase_diagrams.OPTIMIZERS, "AMSGrad", phase_diagrams.OPTIMIZERS["Adam"])
    now = settings_of_diagrams()
    assert [label for label in now if now[label] != recorded[label]] == ["AMSGrad"]


def test_the_networks_on_the_table_start_from_uniform_kernels_of_glorots_limit():
    """Their later losses are chaos, so that only the start can be held to anything."""
    for kernel in diabetes_network.drawn_kernels(0, 32, diabetes_network.WIDTHS):
        limit = np.sqrt(6 / sum(kernel.shape[1:]))
        shares, _ = np.histogram(kernel, bins=4, range=(-limit, limit))
        assert shares.sum() == kernel.size
        assert shares / kernel.size == pytest.approx(np.full(4, 0.25), abs=0.02)


@pytest.mark.parametrize("series, settings, named", [
    (dict(loss=[1.0, 2.0]), {"start": -1.0}, "number 2"),
    (dict(loss=[1.0]), {"start": -1.0}, "another length"),
    (dict(loss=[1.0, 1.0]), {}, "start"), (None, {}, "not run")])
def test_any_number_length_or_setting_that_differs_is_named(series, settings, named):
    recorded = result(histories={"run": {"loss": [1.0, 1.0]}})
    recorded.histories["run"].settings["start"] = -1.0
    histories = {} if series is None else {"run": History(settings, **series)}
    assert named in str(differences(histories, recorded)["run"])
    assert differences(recorded.histories, recorded) == {}
    assert differences(dict(recorded.histories, more=History({}, loss=[1.0])), recorded) == {
        "more": "not on record"}
