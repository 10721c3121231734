"""A start that is moved by one last bit is moved, and by no more."""
import numpy as np
import pytest
from last_bits import move_last_bits

from lib.compat import keras

START = np.array([[0.5], [-3.0]], "float32"), np.zeros(1, "float32")


@pytest.mark.parametrize("set_by", ["model", "layer"])
def test_each_weight_is_moved_whoever_sets_it(monkeypatch, set_by):
    for name in ("set_weights", "add_weight"):      # put back after the test
        monkeypatch.setattr(keras.layers.Layer, name, getattr(keras.layers.Layer, name))
    moves = move_last_bits(keras, np.random.RandomState(1))
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1)])
    {"model": model, "layer": model.layers[0]}[set_by].set_weights(START)
    kernel, bias = model.get_weights()
    assert np.abs(kernel - START[0]) == pytest.approx(np.spacing(np.abs(START[0])), rel=0.51)
    assert np.abs(bias) == pytest.approx(1e-7) and any(moves)
