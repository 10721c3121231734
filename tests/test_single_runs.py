"""Any unit of a sweep is the run that ``model.fit`` makes alone: its weight and its loss."""
import numpy as np
import pytest

from lib.callbacks import WeightHistory
from lib.compat import compile_model, keras, repeated_batches, set_state, state_of
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.sweeps import train_units

EPOCHS, STEPS = 5, 20
OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.7),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}


def each_alone(starts, rate, slope, optimizer):
    """The weight and the loss of a single unit after each epoch of ``model.fit``, from each start.

    One model, put back to its first state, so that it is compiled once: two arrays (epochs, starts)
    """
    unit = single_unit(keras.layers.LeakyReLU(negative_slope=slope), 0.0)
    compile_model(unit, optimizer(rate), "mean_squared_error", STEPS)
    first_state = state_of(unit)
    x, y = ReLUBatches(1).stacked(EPOCHS * STEPS)
    weights, losses = np.empty((2, EPOCHS, len(starts)))
    for number, start in enumerate(starts):
        set_state(unit, [np.array([[start]], "float32")] + first_state[1:])
        recorder = WeightHistory()
        log = unit.fit(repeated_batches(x, y), epochs=EPOCHS, steps_per_epoch=STEPS,
                       shuffle=False, verbose=0, callbacks=[recorder])
        losses[:, number] = log.history["loss"]
        weights[:, number] = [kernel[0, 0] for kernel, in recorder.weights]
    return weights, losses


def differences(values, expected, weights, starts):
    """|value - expected| / max(1, |expected|), 0 in the epochs in which a weight crosses zero."""
    before = np.concatenate([[starts], weights[:-1]])
    crossing = before * weights < 0
    return np.where(crossing, 0, np.abs(values - expected) / np.maximum(1, np.abs(expected)))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_unit_of_a_sweep_follows_its_single_run(name):
    """Fifty units at random, ten at each of five rates and slopes, some of which cross zero."""
    random_state = np.random.RandomState(0)
    rates, slopes = 10 ** random_state.uniform(-2.5, -0.5, 5), random_state.uniform(0, 0.5, 5)
    starts = np.concatenate([random_state.uniform(-3, 3, (5, 8)), np.full((5, 2), -0.1)], axis=1)
    sweep = train_units(ReLUBatches(1), starts, rates[:, None], OPTIMIZERS[name], EPOCHS, STEPS,
                        negative_slopes=slopes[:, None], loss_of_each=True)
    for row, (rate, slope) in enumerate(zip(rates, slopes)):
        weights, losses = each_alone(starts[row], rate, slope, OPTIMIZERS[name])
        assert differences(sweep.weights[:, row], weights, weights, starts[row]).max() < 1e-5
        assert differences(sweep.losses[:, row], losses, weights, starts[row]).max() < 1e-5
    assert (sweep.weights[-1, :, -1] > 0).any()
