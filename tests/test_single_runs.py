"""Any unit of a sweep is the run that ``model.fit`` makes alone: its weight and its loss."""
import numpy as np
import pytest
from optimizers import OPTIMIZERS

from lib.callbacks import WeightHistory
from lib.compat import compile_model, keras, repeated_batches, set_state, state_of
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.sweeps import WORTH_COMPILING, train_units

EPOCHS, STEPS = 5, 20


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


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_unit_of_a_sweep_follows_its_single_run(name):
    """Fifty units at random of 10,000, ten at each of five rates and slopes; some cross zero."""
    random_state = np.random.RandomState(0)
    rates, slopes = 10 ** random_state.uniform(-2.5, -0.5, 5), random_state.uniform(0, 0.5, 5)
    starts = random_state.uniform(-3, 3, (5, WORTH_COMPILING // 5))
    starts[:, :2] = -0.1
    sweep = train_units(ReLUBatches(1), starts, rates[:, None], OPTIMIZERS[name], EPOCHS, STEPS,
                        negative_slopes=slopes[:, None], loss_of_each=True)
    starts = starts[:, :10]
    for row, (rate, slope) in enumerate(zip(rates, slopes)):
        weights, losses = each_alone(starts[row], rate, slope, OPTIMIZERS[name])
        crossing = np.concatenate([[starts[row]], weights[:-1]]) * weights < 0
        for ours, theirs in ((sweep.weights[:, row, :10], weights),
                             (sweep.losses[:, row, :10], losses)):
            difference = np.abs(ours - theirs) / np.maximum(1, np.abs(theirs))
            assert difference[~crossing].max() < 1e-5 and difference.max() < 1e-3
    assert (sweep.weights[-1, :, 0] > 0).any()
