"""Units that are watched while they die, wake or stay."""
import numpy as np

from lib.compat import keras
from lib.data import SineBatches
from lib.measure.dead_units import UNITS, inputs_and_gradients, one_hidden_layer, train_and_watch

BATCHES = SineBatches(0, size=50, width=20, fresh=False)


def network(activation, biases):
    model = one_hidden_layer(activation, seed=0)
    weights = model.get_weights()
    weights[1] = np.resize(biases, UNITS).astype("float32")
    model.set_weights(weights)
    return model


def test_units_of_a_very_low_bias_are_dead_from_the_start_and_stay():
    history = train_and_watch(network(keras.layers.ReLU(), [0, -100]), BATCHES, 0.01, 3, 2)
    assert (history.dead, history.revived, history.woken) == ([0.5] * 3, [0] * 3, [0.0] * 3)


def test_a_unit_that_is_back_is_counted_once_and_at_once():
    """Biases just below the reach of the samples, a strong leak, and a large step."""
    model = network(keras.layers.LeakyReLU(negative_slope=0.9), [-7])
    assert max(inputs_and_gradients(model, BATCHES)["highest"]) < 0
    history = train_and_watch(model, BATCHES, 0.001, 4, 5)
    assert sum(history.revived) >= history.woken[-1] * UNITS > 0
    assert history.woken == sorted(history.woken)
    assert history.revived[0] == round(history.woken[0] * UNITS)


def test_where_none_was_dead_nothing_can_wake():
    history = train_and_watch(network(keras.layers.ReLU(), [0]), BATCHES, 0.001, 2, 2)
    assert np.all(np.isnan(history.woken)) and history.dead == [0, 0]


def test_dead_units_are_those_without_a_gradient():
    units = inputs_and_gradients(network(keras.layers.ReLU(), [0, -100]), BATCHES)
    assert [value > 0 for value in units["highest"]] == [True, False] * 50
    assert [value > 0 for value in units["gradient"]] == [True, False] * 50
    assert [value < 1 for value in units["below"]] == [True, False] * 50


def test_the_start_of_a_network_is_its_seed():
    one, same, other = (one_hidden_layer(keras.layers.ReLU(), seed).get_weights()[0]
                        for seed in ([3, 1], [3, 1], [3, 2]))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert abs(np.std(one) / (2 / 20) ** 0.5 - 1) < 0.06


def test_a_unit_is_dead_at_an_input_of_zero_and_just_below():
    model = one_hidden_layer(keras.layers.ReLU(), seed=0)
    kernel, _, *outgoing = model.get_weights()
    model.set_weights([0 * kernel, np.resize([-0.5, 0.0, 1e-3, 0.5], UNITS), *outgoing])
    assert train_and_watch(model, BATCHES, 0.0, 1, 1).dead == [0.5]
