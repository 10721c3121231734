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
    """Which steps are good, and which of these raise, one stream at a time: (streams, steps)."""
    stream = batches_claim.batches(size, seed)
    data = [next(stream) for _ in range(steps + 1)]
    good, raising = np.zeros((2, batches_claim.STREAMS, steps), bool)
    for one in range(batches_claim.STREAMS):
        w = np.zeros(batches_claim.INPUTS)

        def loss(step, weights):
            return np.mean((data[step][0][:, one].astype(float).dot(weights)
                            - data[step][1][:, 0, one]) ** 2)

        for step in range(steps):
            x, y = data[step][0][:, one].astype(float), data[step][1][:, 0, one]
            moved = w - rate * 2 * x.T.dot(x.dot(w) - y) / size
            good[one, step] = loss(step, moved) < loss(step, w)
            raising[one, step] = good[one, step] and loss(step + 1, moved) > loss(step + 1, w)
            w = moved
    return good, raising


@pytest.mark.parametrize("size", [4, 16])
def test_many_regressions_as_one_model_step_as_each_would_alone(size, monkeypatch):
    monkeypatch.setattr(batches_claim, "LAST", slice(12, 20))
    for history in batches_claim.train(size, seed=2, epochs=20):
        good, raising = numpy_steps(size, 2, history.settings["learning_rate"], 20)
        # a change that float32 rounds away may go either way
        assert np.abs(history.good - good.sum(axis=0)).max() <= 1
        assert np.abs(history.raising - raising.sum(axis=0)).max() <= 1
        assert np.abs(history.good_of_stream - good[:, 12:].sum(axis=1)).sum() <= 2
        assert np.abs(history.raising_of_stream - raising[:, 12:].sum(axis=1)).sum() <= 2


def test_the_batches_are_the_sum_of_the_inputs_with_noise():
    x, y = next(batches_claim.batches(4000, 0))
    noise = y[:, 0] - x.sum(axis=-1)
    assert x.std(axis=0) == pytest.approx(1, abs=0.06) and noise.std() == pytest.approx(1, abs=0.01)
    assert np.abs(np.corrcoef(x[:, :, 0].T) - np.eye(batches_claim.STREAMS)).max() < 0.1


def test_the_batches_of_another_seed_are_others():
    one, same, other = (next(batches_claim.batches(4, seed))[0] for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)
