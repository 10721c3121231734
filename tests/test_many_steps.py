"""Many steps in one compiled call are those of ``fit``."""
import numpy as np
import pytest

from lib import many_steps
from lib.compat import keras
from lib.data import FixedBatches, linear_data
from lib.measure.descents import mean_squared_error
from lib.models import linear_unit
from lib.training import fit

pytestmark = pytest.mark.skipif(not many_steps.available(),
                                reason="needs Keras 3 on TensorFlow or JAX")
BATCHES = FixedBatches(*linear_data(0, 60, (3.0, 1.0), (2.0, 1.0)), batch_size=20)
OPTIMIZERS = {"SGD": lambda: keras.optimizers.SGD(0.02),
              "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9),
              "Adam": lambda: keras.optimizers.Adam(0.02)}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_they_are_the_optimizers_own_steps(name):
    model, fitted = linear_unit([0, 0]), linear_unit([0, 0])
    take_steps = many_steps.many_steps(model, mean_squared_error, OPTIMIZERS[name]())
    taken, loss = take_steps(*BATCHES.stacked(), learning_rate=0.02, steps=31, enough=-np.inf)
    fit(fitted, BATCHES, OPTIMIZERS[name](), mean_squared_error, 1, 31)
    assert taken == 31
    assert model.get_weights()[0] == pytest.approx(fitted.get_weights()[0], rel=1e-5)
    x, y = (part[31 % 3].astype(float) for part in BATCHES.stacked())
    assert loss == pytest.approx(np.mean((x.dot(fitted.get_weights()[0]) - y) ** 2), rel=1e-4)


def test_the_batches_take_turns():
    """Of one sample each, y = 3 x: each step leaves 1 - 2 rate x² of the error."""
    model, batches = linear_unit([0.0]), FixedBatches([[1.0], [2.0], [3.0]], [[3.0], [6.0], [9.0]],
                                                      batch_size=1)
    take_steps = many_steps.many_steps(model, mean_squared_error, keras.optimizers.SGD(1.0))
    _, loss = take_steps(*batches.stacked(), learning_rate=0.01, steps=4, enough=-np.inf)
    left = 3 * 0.98 * 0.92 * 0.82 * 0.98
    assert model.get_weights()[0].ravel() == pytest.approx([3 - left], rel=1e-5)
    assert loss == pytest.approx((2 * left) ** 2, rel=1e-5)


def test_the_rate_is_that_of_the_call():
    ends = []
    for first, later in ((0.02, 0.01), (0.01, 0.02)):
        model = linear_unit([0, 0])
        take_steps = many_steps.many_steps(model, mean_squared_error, keras.optimizers.SGD(first))
        take_steps(*BATCHES.stacked(), learning_rate=later, steps=30, enough=-np.inf)
        ends.append(model.get_weights()[0])
    assert np.abs(ends[0] - ends[1]).max() > 1e-3


@pytest.mark.parametrize("steps, enough, taken", [
    (0, -np.inf, 0), (100, 0.01, 11), (100, 1.0, 0), (5, 0.01, 5)])
def test_they_end_where_the_next_loss_is_good_enough_and_not_after_it(steps, enough, taken):
    """On w² from w = 1 at the rate 0.1: w = 0.8^k."""
    bowl = FixedBatches([[1.0], [-1.0]], [[0.0], [0.0]])
    take_steps = many_steps.many_steps(linear_unit([1.0]), mean_squared_error,
                                       keras.optimizers.SGD(1.0))
    assert take_steps(*bowl.stacked(), learning_rate=0.1, steps=steps, enough=enough) == (
        taken, pytest.approx(0.8 ** (2 * taken)))
