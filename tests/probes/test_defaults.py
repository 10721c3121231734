"""Defaults as they are written down, those that changed, and one that is changed here."""
import pytest

from lib.compat import is_keras_3, keras
from lib.compat.loading import own_keras, release, tensorflow_release
from lib.probes import defaults
from lib.suite.deviations import deviation
from lib.suite.probing import measure
from lib.suite.records import MEASURED, NOT_THERE

BY_NAME = {probe.subject[0]: probe for probe in defaults.PROBES}


def of(name):
    """{setting: its value, as a text}"""
    return {setting: text[0].partition("=")[2]
            for setting, text in measure(BY_NAME[name]).measured.series.items()}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_class_has_defaults_or_is_not_there(name):
    result = measure(BY_NAME[name])
    if result.state == NOT_THERE:
        assert release(keras) < ((2, 11) if name == "AdamW" else (2, 3)), result.reason
    else:
        assert result.state == MEASURED, result.reason
        for setting, texts in result.measured.series.items():
            assert texts[0].startswith(f"{setting}=") and len(texts) == 1
        assert any(not texts[0].endswith("=None") for texts in result.measured.series.values())


@pytest.mark.parametrize("name, setting, now, at_first, changed_at", [
    ("SGD", "learning_rate", "0.01", "0.01", (1, 13)),
    ("Adam", "learning_rate", "0.001", "0.001", (1, 13)),
    ("Adam", "epsilon", "1e-07", "1e-07", (1, 13)),
    ("Adadelta", "learning_rate", "0.001", "1.0", (1, 14)),
    ("Adagrad", "learning_rate", "0.001", "0.01", (1, 14)),
    ("Adagrad", "initial_accumulator_value", "0.1", "None", (1, 14)),
    ("Nadam", "learning_rate", "0.001", "0.002", (1, 14)),
    ("LSTM", "recurrent_activation", "sigmoid", "hard_sigmoid", (2, 0)),
    ("LSTM", "recurrent_initializer", "Orthogonal", "Orthogonal", (1, 13)),
    ("GRU", "reset_after", "True", "False", (2, 0)),
    ("LeakyReLU", "negative_slope", "0.3", "0.3", (1, 13)),
    ("RandomNormal", "stddev", "0.05", "0.05", (1, 13)),
    ("BatchNormalization", "momentum", "0.99", "0.99", (1, 13))])
def test_a_default_and_the_release_of_tensorflow_that_changed_it(name, setting, now, at_first,
                                                                 changed_at):
    old = not is_keras_3() and tensorflow_release() < changed_at
    assert of(name)[setting] == (at_first if old else now)


def test_a_default_that_changes_is_seen(monkeypatch):
    """However small it is: 1e-08 for 1e-07."""
    before = measure(BY_NAME["Adam"]).measured.series
    adam = own_keras().optimizers.Adam
    own = adam.get_config
    monkeypatch.setattr(adam, "get_config", lambda self: dict(own(self), epsilon=1e-8))
    after = measure(BY_NAME["Adam"]).measured.series
    moved = {setting for setting in before if deviation(after[setting], before[setting]) > 0}
    assert moved == {"epsilon"}


def test_a_default_that_is_not_in_the_configuration_comes_from_the_signature(monkeypatch):
    """That of Huber has no delta in Keras 3.0."""
    class Bare:
        def __init__(self, units, slope=0.25, scale=2.0):
            pass

        def get_config(self):
            return {"scale": 3.0}

    module = type("module", (), {"Bare": Bare})
    keras_like = type("keras", (), {"layers": module})
    monkeypatch.setattr(defaults, "own_keras", lambda: keras_like)
    found = defaults.defaults_of("layers", "Bare", {"units": 1}, ["slope", "scale", "rate"])
    assert found == {"slope": ["slope=0.25"], "scale": ["scale=3.0"], "rate": ["rate=None"]}
