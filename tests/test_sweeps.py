"""A unit of a sweep goes the way that it goes alone."""
import numpy as np
import pytest

from lib.compat import heavy_ball_per_unit, keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.sweeps import fates, train_ring, train_units
from lib.training import fit, train

EPOCHS, STEPS = 4, 50
STARTS = np.array([-10.0, -1.0, -0.2, 0.5, 3.0])
RATES = np.array([[0.003], [0.02]])
OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.7),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}


def alone(start, optimizer, slope=0.0):
    unit = single_unit(keras.layers.LeakyReLU(negative_slope=slope), start)
    return train(unit, ReLUBatches(1), optimizer, "mean_squared_error", EPOCHS, STEPS).weight


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_unit_of_a_sweep_follows_its_single_run(name):
    _, weights = train_units(ReLUBatches(1), STARTS, RATES, OPTIMIZERS[name], EPOCHS, STEPS,
                             negative_slopes=0.2)
    row, column = 1, 1
    single = alone(STARTS[column], OPTIMIZERS[name](float(RATES[row, 0])), 0.2)
    assert weights[:, row, column] == pytest.approx(single, rel=1e-5, abs=1e-5)


def test_units_do_not_touch_each_other():
    """One that diverges to NaN leaves its neighbours as they are."""
    _, weights = train_units(ReLUBatches(1), -1.0, np.array([0.02, 50.0]), OPTIMIZERS["SGD"],
                             EPOCHS, STEPS)
    assert np.isnan(weights[-1, 1])
    assert weights[:, 0] == pytest.approx(alone(-1.0, keras.optimizers.SGD(0.02)), rel=1e-5)


def test_each_unit_has_its_own_momentum():
    momenta = np.array([0.3, 0.9])
    _, weights = train_units(ReLUBatches(1), -1.0, np.full(2, 0.02), heavy_ball_per_unit(momenta),
                             EPOCHS, STEPS)
    single = alone(-1.0, keras.optimizers.SGD(0.02, momentum=0.9))
    assert weights[:, 1] == pytest.approx(single, rel=1e-4, abs=1e-5)
    assert abs(weights[0, 0] - weights[0, 1]) > 0.1


def test_a_unit_of_the_ring_follows_its_single_run():
    starts = np.array([[-1.0, 0.5], [0.5, -0.3], [2.0, 1.0]])
    _, paths = train_ring(ReLUBatches(2), starts, 0.02, EPOCHS, STEPS)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, activation="relu")])
    model.set_weights([starts[1:2, :1].astype("float32"), starts[1, 1:].astype("float32")])
    _, weights = fit(model, ReLUBatches(2), keras.optimizers.SGD(0.02), "mean_squared_error",
                     EPOCHS, STEPS)
    single = np.array([[kernel[0, 0], bias[0]] for kernel, bias in weights])
    assert paths[:, 1] == pytest.approx(single, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("weights, fate", [
    ([-4.0, -1.0, 0.5, 1.05, 1, 1, 1, 0.95], "e"),
    ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2], "r"),
    ([1.3, 0.4, 1.9, -0.2, 1.8, 0.3, 1.7, 1.0], "r"),
    ([-4.0, -2.0, -1.0, -0.5, -0.2, -0.1, -1e-9, 0.0], "f"),
    ([-4.0, -2.0, 1.9, -0.5, -0.2, -0.1, -0.1, -0.1], "r"),
    ([-4.0, -2.0, 1e3, -1e4, 1e5, -1e6, 1e7, -1e8], "d"),
    ([-4.0, -2.0, 1e3, -1e9, 1e20, np.inf, np.nan, np.nan], "d")])
def test_each_fate_has_its_letter(weights, fate):
    assert fates(np.reshape(weights, (-1, 1, 1))) == [fate]


def test_the_settings_name_what_the_units_share():
    settings, _ = train_units(ReLUBatches(6, size=32), -1.0, np.array([0.01, 0.02]),
                              OPTIMIZERS["momentum"], 2, 5)
    assert "learning_rate" not in settings
    assert {name: settings[name] for name in ("optimizer", "momentum", "seed", "batch_size")} == {
        "optimizer": "SGD", "momentum": 0.7, "seed": 6, "batch_size": 32}
