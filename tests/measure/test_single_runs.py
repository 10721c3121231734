"""Any unit of a sweep is the run that ``model.fit`` makes alone."""
import numpy as np
import pytest
from optimizers import OPTIMIZERS

from lib.compat import (compile_model, engine, fit_in_turn, forget_models, keras, set_state,
                        state_of)
from lib.data import ReLUBatches
from lib.measure.sweeps import WORTH_COMPILING, train_units
from lib.models import single_unit

EPOCHS, STEPS = 5, 20


def each_alone(starts, rate, slope, optimizer):
    """The weight of a single unit after each epoch of ``model.fit``, from each start.

    One model, put back to its first state, so that it is compiled once: an array (epochs, starts).
    """
    x, y = ReLUBatches(1).stacked(EPOCHS * STEPS)
    columns = []
    for start in starts:
        if not columns or engine() == "graph":  # whose optimizers make their state later
            forget_models()
            unit = single_unit(keras.layers.LeakyReLU(negative_slope=slope), 0.0)
            compile_model(unit, optimizer(rate), "mean_squared_error", STEPS)
            first_state = state_of(unit)
        set_state(unit, [np.array([[start]], "float32")] + first_state[1:])
        column = []
        fit_in_turn(unit, x, y, EPOCHS, STEPS,
                    lambda: column.append(unit.get_weights()[0][0, 0]))
        columns.append(column)
    return np.array(columns).T


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_unit_of_a_sweep_follows_its_single_run(name):
    """Fifty units at random of 10,000, ten at each of five rates and slopes; some cross zero."""
    random_state = np.random.RandomState(0)
    rates, slopes = 10 ** random_state.uniform(-2.5, -0.5, 5), random_state.uniform(0, 0.5, 5)
    starts = random_state.uniform(-3, 3, (5, WORTH_COMPILING // 5))
    starts[:, :2] = -0.1
    sweep = train_units(ReLUBatches(1), starts, rates[:, None], OPTIMIZERS[name], EPOCHS, STEPS,
                        negative_slopes=slopes[:, None])
    starts = starts[:, :10]
    for row, (rate, slope) in enumerate(zip(rates, slopes)):
        weights = each_alone(starts[row], rate, slope, OPTIMIZERS[name])
        crossing = np.concatenate([[starts[row]], weights[:-1]]) * weights < 0
        difference = np.abs(sweep.weights[:, row, :10] - weights) / np.maximum(1, np.abs(weights))
        assert difference[~crossing].max() < 1e-5 and difference.max() < 1e-3
    assert (sweep.weights[-1, :, 0] > 0).any()
