"""What the scripts of source 2 share or build themselves, against NumPy."""
import numpy as np
import pytest

from lib.compat import keras
from reproductions.learning_rate import another_batch_raises_the_loss as batches_claim
from reproductions.learning_rate import regression, train_regression


def test_training_the_regression_is_gradient_descent_on_its_batches_in_order():
    batches, w, losses = regression(seed=4), np.zeros(2), []
    x, y = (array.astype(float) for array in batches.stacked())
    for batch, target in zip(x, y[:, :, 0]):
        errors = batch.dot(w) - target
        losses.append(np.mean(errors ** 2))
        w = w - 1e-4 * 2 * batch.T.dot(errors) / len(batch)
    history = train_regression(batches, keras.optimizers.SGD(1e-4), epochs=1)
    assert len(x) == 20
    assert history.loss[0] == pytest.approx(np.mean(losses), rel=1e-4)
    assert [history.steep_weight[0], history.flat_weight[0]] == pytest.approx(w, rel=1e-3)


def numpy_steps(size, seed, rate, steps):
    """How many good steps there are, and raising ones among them, one stream at a time."""
    stream = batches_claim.batches(size, seed)
    data = [next(stream) for _ in range(steps + 1)]
    good, raising = np.zeros(steps, int), np.zeros(steps, int)
    for one in range(batches_claim.STREAMS):
        w = np.zeros(batches_claim.INPUTS)

        def loss(step, weights):
            return np.mean((data[step][0][:, one].astype(float).dot(weights)
                            - data[step][1][:, 0, one]) ** 2)

        for step in range(steps):
            x, errors = data[step][0][:, one].astype(float), -data[step][1][:, 0, one]
            errors = errors + x.dot(w)
            moved = w - rate * 2 * x.T.dot(errors) / size
            if loss(step, moved) < loss(step, w):
                good[step] += 1
                raising[step] += loss(step + 1, moved) > loss(step + 1, w)
            w = moved
    return good, raising


@pytest.mark.parametrize("size", [1, 16])
def test_many_regressions_as_one_model_step_as_each_would_alone(size):
    histories = batches_claim.train(size, seed=2, epochs=20)
    for rate, history in zip(batches_claim.RATES[:2], histories):
        good, raising = numpy_steps(size, 2, rate, 20)
        # a change that float32 rounds away may go either way
        assert np.abs(np.array(history.good) - good).max() <= 1
        assert np.abs(np.array(history.raising) - raising).max() <= 1


def test_the_batches_of_another_seed_are_others():
    one, same, other = (next(batches_claim.batches(4, seed))[0] for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
