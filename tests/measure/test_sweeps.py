"""A unit of a sweep goes the way that it goes alone."""
import json
import os
import subprocess
import sys

import numpy as np
import pytest
from optimizers import OPTIMIZERS

from lib import PROJECT
from lib.compat import engine, keras
from lib.data import ReLUBatches, SeededMoments
from lib.measure import sweeps
from lib.measure.sweeps import train_basin, train_ring, train_units
from lib.models import single_unit
from lib.training import fit, fit_compiled, train

EPOCHS, STEPS = 3, 20


def alone(start, optimizer, batches, slope=0.0):
    return train(single_unit(keras.layers.LeakyReLU(negative_slope=slope), start), batches,
                 optimizer, "mean_squared_error", EPOCHS, STEPS)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_unit_of_a_sweep_follows_its_single_run(name):
    """One of six; test_single_runs.py has many."""
    starts, rates = np.array([-0.1, 0.5, 3.0]), np.array([[0.003], [0.2]])
    sweep = train_units(ReLUBatches(1), starts, rates, OPTIMIZERS[name], EPOCHS, STEPS,
                        negative_slopes=0.2)
    single = alone(-0.1, OPTIMIZERS[name](0.2), ReLUBatches(1), 0.2).weight
    assert sweep.weights[:, 1, 0] == pytest.approx(single, rel=1e-5, abs=1e-5)
    assert single[-1] > 0


def test_units_do_not_touch_each_other():
    """One that diverges to NaN leaves its neighbours as they are."""
    sweep = train_units(ReLUBatches(1), -1.0, np.array([0.02, 5000.0]), OPTIMIZERS["SGD"],
                        EPOCHS, STEPS)
    assert np.isnan(sweep.weights[-1, 1])
    assert sweep.weights[:, 0] == pytest.approx(
        alone(-1.0, keras.optimizers.SGD(0.02), ReLUBatches(1)).weight, rel=1e-5)


def test_the_loss_of_a_sweep_is_the_sum_of_those_of_its_units(monkeypatch):
    losses, starts = [], (-0.5, 0.5, 3.0)

    def keep_the_loss(fit):
        def fit_and_keep_the_loss(*words, **named):
            history, weights = fit(*words, **named)
            losses.append(np.array(history.loss))
            return history, weights
        return fit_and_keep_the_loss

    # the second where this Keras' optimizers take a single rate
    monkeypatch.setattr(sweeps, "fit", keep_the_loss(fit))
    monkeypatch.setattr(sweeps, "fit_compiled", keep_the_loss(fit_compiled))
    for some in [np.array(starts)] + [np.array([start]) for start in starts]:
        train_units(ReLUBatches(1), some, 0.05, OPTIMIZERS["SGD"], EPOCHS, STEPS,
                    negative_slopes=0.2)
    assert losses[0] == pytest.approx(sum(losses[1:]), rel=1e-5)
    for start, loss in zip(starts, losses[1:]):
        single = alone(start, keras.optimizers.SGD(0.05), ReLUBatches(1), 0.2)
        assert loss == pytest.approx(single.loss, rel=1e-5)


def test_each_unit_has_its_own_momentum():
    sweep = train_units(ReLUBatches(1), -1.0, 0.02, heavy_ball, EPOCHS, STEPS,
                        momenta=np.array([0.0, 0.3, 0.9]))
    assert sweep.settings["momentum"] == "one for each unit"
    for weights, momentum in zip(sweep.weights.T, (0.0, 0.3, 0.9)):
        single = alone(-1.0, heavy_ball(0.02, momentum), ReLUBatches(1)).weight
        assert weights == pytest.approx(single, rel=1e-4, abs=1e-5)
    assert np.abs(np.diff(sweep.weights[0])).min() > 0.05


def test_each_unit_has_its_own_rate_and_momentum():
    rates, momenta = np.array([[0.01], [0.1]]), np.array([0.3, 0.9])
    sweep = train_units(ReLUBatches(1), -1.0, rates, heavy_ball, EPOCHS, STEPS, momenta=momenta)
    assert sweep.weights.shape == (EPOCHS, 2, 2)
    for row, column in ((0, 1), (1, 0)):
        single = alone(-1.0, heavy_ball(rates[row, 0], momenta[column]), ReLUBatches(1)).weight
        assert sweep.weights[:, row, column] == pytest.approx(single, rel=1e-4, abs=1e-5)


def heavy_ball(rate, momentum):
    return keras.optimizers.SGD(rate, momentum=momentum)


def test_each_seed_has_its_own_column():
    class Columns:
        """The batches of two seeds, as many columns as a SeededMoments of them would have."""

        def moments(self, steps):
            return np.concatenate([ReLUBatches(seed).moments(steps) for seed in (1, 2)], axis=-1)

        def settings(self):
            return {}

    sweep = train_units(Columns(), np.array([[-1.0], [2.0]]), 0.02, OPTIMIZERS["SGD"], EPOCHS,
                        STEPS)
    assert sweep.weights.shape == (EPOCHS, 2, 2)
    for column, seed in enumerate((1, 2)):
        single = alone(2.0, keras.optimizers.SGD(0.02), ReLUBatches(seed)).weight
        assert sweep.weights[:, 1, column] == pytest.approx(single, rel=1e-5)


def test_the_settings_name_what_the_units_share():
    settings = train_units(SeededMoments(3, 4, size=32), -1.0, np.array([[0.01], [0.02]]),
                           OPTIMIZERS["momentum"], 2, 5).settings
    assert "learning_rate" not in settings
    assert {name: settings[name] for name in ("optimizer", "momentum", "seed", "seeds")} == {
        "optimizer": "SGD", "momentum": 0.7, "seed": 3, "seeds": 4}


STARTS = np.array([[-1.0, 0.5], [0.5, -0.3], [2.0, 1.0], [-0.3, 0.6], [0.0, 0.5], [0.0, -0.5],
                   [0.0, 0.0]])


def test_a_unit_of_the_ring_follows_its_single_run():
    _, paths = train_ring(ReLUBatches(2), STARTS, 0.02, EPOCHS, STEPS)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, activation="relu")])
    model.set_weights([STARTS[1:2, :1].astype("float32"), STARTS[1, 1:].astype("float32")])
    _, weights = fit(model, ReLUBatches(2), keras.optimizers.SGD(0.02), "mean_squared_error",
                     EPOCHS, STEPS)
    single = np.array([[kernel[0, 0], bias[0]] for kernel, bias in weights])
    assert paths[:, 1] == pytest.approx(single, rel=1e-4, abs=1e-5)


def test_a_unit_of_the_basin_follows_that_of_the_ring():
    """From either side, and from w = 0, where it is a constant."""
    starts = np.concatenate([STARTS, np.random.RandomState(0).uniform(-3, 3, (50, 2))])
    _, ends = train_basin(ReLUBatches(2), starts, 0.02, EPOCHS, STEPS)
    _, paths = train_ring(ReLUBatches(2), starts, 0.02, EPOCHS, STEPS)
    assert ends == pytest.approx(paths[-1], rel=1e-5, abs=1e-5)


SHARDED = """
import json
import numpy as np
from lib.measure import sweeps
from lib.compat import keras
from lib.data import ReLUBatches
fitted, found = [], []
fit, sweeps.fit = sweeps.fit, lambda model, *rest, **named: (fitted.append(model),
                                                             fit(model, *rest, **named))[1]
for optimizer in (keras.optimizers.SGD, keras.optimizers.Adam):
    sweep = sweeps.train_units(ReLUBatches(1), np.linspace(-3, -0.1, 8),
                               np.logspace(-2, 0, 5)[:, None], optimizer, 2, 20)
    model = fitted.pop()
    variables = model.variables + model.optimizer.variables
    found.append([[variable.value.sharding.shard_shape(variable.shape)
                   for variable in variables if len(variable.shape) == 2],
                  sweep.weights.tolist()])
print(json.dumps(found))
"""


def test_the_units_are_spread_over_all_devices_with_the_same_numbers():
    """By Keras' distribution, over one and four virtual devices."""
    if engine() != "jax":
        pytest.skip("Keras' distribution is for JAX")
    found = {}
    for devices in (1, 4):
        ran = subprocess.run(
            [sys.executable, "-c", SHARDED], cwd=PROJECT, stdout=subprocess.PIPE,
            universal_newlines=True, check=True, timeout=300, env=dict(
                os.environ, KERAS_BACKEND="jax",
                XLA_FLAGS=f"--xla_force_host_platform_device_count={devices}"))
        found[devices] = json.loads(ran.stdout.splitlines()[-1])
    assert len(found[1]) == 2
    for (shapes, weights), (parts, same) in zip(found[1], found[4]):
        assert all(shape == [5, 8] for shape in shapes) and shapes
        assert all(part == [5, 2] for part in parts) and parts
        assert weights == same
