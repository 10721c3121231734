"""What the scripts of source 2 share, against NumPy and against networks trained alone."""
import hashlib

import numpy as np
import pytest

from lib.claims import History
from lib.compat import keras
from lib.data import FixedBatches
from lib.datasets import diabetes
from lib.measure import networks, regressions
from lib.training import fit
from reproductions.learning_rate.parts import diabetes_network, regression
from reproductions.learning_rate.parts.diabetes_network import STARTS, WIDTHS

STREAMS = 30


def test_training_the_regression_is_gradient_descent_on_its_batches_in_order():
    batches, w, losses = regression.data(seed=4), np.zeros(2), []
    x, y = (array.astype(float) for array in batches.stacked())
    for batch, target in zip(x, y[:, :, 0]):
        errors = batch.dot(w) - target
        losses.append(np.mean(errors ** 2))
        w = w - 1e-4 * 2 * batch.T.dot(errors) / len(batch)
    history = regression.train(batches, keras.optimizers.SGD(1e-4), epochs=1)
    assert len(x) == 20
    assert history.loss[0] == pytest.approx(np.mean(losses), rel=1e-4)
    assert [history.steep_weight[0], history.flat_weight[0]] == pytest.approx(w, rel=1e-3)


def numpy_steps(size, seed, rate, steps):
    """Which steps are good, and which of these raise, one stream at a time: (streams, steps)."""
    stream = regressions.batches(size, seed, STREAMS)
    data = [next(stream) for _ in range(steps + 1)]
    good, raising = np.zeros((2, STREAMS, steps), bool)
    for one in range(STREAMS):
        w = np.zeros(regressions.INPUTS)

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
def test_many_regressions_as_one_model_step_as_each_would_alone(size):
    for history in regressions.train_on_fresh_batches(size, 2, STREAMS, (0.02, 0.2), 20,
                                                      slice(12, 20)):
        good, raising = numpy_steps(size, 2, history.settings["learning_rate"], 20)
        # a change that float32 rounds away may go either way
        assert np.abs(history.good - good.sum(axis=0)).max() <= 1
        assert np.abs(history.raising - raising.sum(axis=0)).max() <= 1
        assert np.abs(history.good_of_stream - good[:, 12:].sum(axis=1)).sum() <= 2
        assert np.abs(history.raising_of_stream - raising[:, 12:].sum(axis=1)).sum() <= 2


def test_a_batch_is_learned_by_gradient_descent_on_it_alone():
    history = regressions.learn(20, seed=3, pairs=4, learning_rate=0.05, steps=30)
    stream = regressions.batches(20, 3, 4)
    (x, y), (new_x, new_y) = [[array.astype(float) for array in next(stream)] for _ in range(2)]
    for one in range(4):
        w = np.zeros(regressions.INPUTS)
        for _ in range(30):
            w = w - 0.05 * 2 * x[:, one].T.dot(x[:, one].dot(w) - y[:, 0, one]) / 20
        assert history.loss[one] == pytest.approx(
            np.mean((x[:, one].dot(w) - y[:, 0, one]) ** 2), rel=1e-4)
        assert history.new_loss[one] == pytest.approx(
            np.mean((new_x[:, one].dot(w) - new_y[:, 0, one]) ** 2), rel=1e-4)
        assert history.new_loss_before[one] == pytest.approx(np.mean(new_y[:, 0, one] ** 2))
        assert history.least[one] < history.loss[one]


def test_a_learned_batch_has_the_least_loss_that_it_can_have():
    history = regressions.learn(20, seed=3, pairs=4, learning_rate=0.05, steps=1000)
    assert history.loss == pytest.approx(history.least, abs=1e-4)


def test_the_batches_are_the_sum_of_the_inputs_with_noise():
    x, y = next(regressions.batches(4000, 0, STREAMS))
    noise = y[:, 0] - x.sum(axis=-1)
    assert x.std(axis=0) == pytest.approx(1, abs=0.06) and noise.std() == pytest.approx(1, abs=0.01)
    assert np.abs(np.corrcoef(x[:, :, 0].T) - np.eye(STREAMS)).max() < 0.1


def test_the_batches_of_another_seed_are_others():
    one, same, other = (next(regressions.batches(4, seed, 5))[0] for seed in (0, 0, 1))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_the_diabetes_table_is_as_published():
    x, y = diabetes.load()
    assert x.shape == (442, 10) and y.shape == (442, 1) and x.dtype == y.dtype == "float32"
    # the first patient; the means and the sum that the published table has
    assert x[0].tolist() == pytest.approx([59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
    assert y.sum(dtype=float) == 67243 and (y.min(), y.max()) == (25, 346)
    assert x[:, 0].sum(dtype=float) == 21445 and x[:, 1].sum(dtype=float) == 649
    with open(diabetes.TABLE, "rb") as file:
        text = file.read().replace(b"\r\n", b"\n")
    assert hashlib.sha256(text).hexdigest() == (
        "7dae9500120945f10f310cb7834fa7a4545e1aae0a4888012cd65f9102a828af")


def plain_network(kernels, start):
    """One of the networks as a reader would write it."""
    model = keras.Sequential([keras.layers.Input((WIDTHS[0],)),
                              keras.layers.Dense(WIDTHS[1], activation="relu"),
                              keras.layers.Dense(WIDTHS[2], activation="relu"),
                              keras.layers.Dense(1)])
    model.set_weights([one for kernel in kernels
                       for one in (kernel[start], np.zeros(kernel.shape[-1]))])
    return model


@pytest.mark.parametrize("make, penalty, loss", [
    (lambda: keras.optimizers.SGD(1e-6), networks.squared, "mean_squared_error"),
    (lambda: keras.optimizers.SGD(1e-6, momentum=0.9), networks.squared, "mean_squared_error"),
    (lambda: keras.optimizers.Adam(), networks.squared, "mean_squared_error"),
    (lambda: keras.optimizers.RMSprop(), networks.squared, "mean_squared_error"),
    (lambda: keras.optimizers.SGD(1e-4), networks.absolute, "mean_absolute_error"),
], ids=["SGD", "momentum", "Adam", "RMSprop", "absolute error"])
def test_many_networks_as_one_model_learn_as_each_would_alone(make, penalty, loss):
    x, y = diabetes.load()
    batches = FixedBatches(x[:96], y[:96], 32)
    kernels = networks.drawn_kernels(5, 3, WIDTHS)
    history = networks.train_networks(kernels, batches, make(), 2, penalty)
    for start in range(3):
        alone = plain_network(kernels, start)
        _, weights = fit(alone, batches, make(), loss, 2, 3)
        for epoch, after in enumerate(weights):
            signal = batches.x.astype(float)
            for kernel, bias in zip(after[:4:2], after[1:4:2]):
                signal = np.maximum(signal.dot(kernel) + bias, 0)
            expected = np.mean((signal.dot(after[4]) + after[5] - batches.y) ** 2)
            assert history.losses[epoch][start] == pytest.approx(expected, rel=1e-3)
    assert not np.any(history.dead)


@pytest.mark.parametrize("error, penalty", [(0.0, 0.0), (0.5, 0.125), (-1.0, 0.5), (1.5, 1.0),
                                            (-3.0, 2.5), (3.0, 2.5)])
def test_huber_is_a_square_up_to_one_and_linear_beyond(error, penalty):
    value = networks.huber(keras.ops.convert_to_tensor(np.array([error], "float32")))
    assert keras.ops.convert_to_numpy(value)[0] == pytest.approx(penalty)


def test_each_start_has_kernels_of_its_own_that_no_other_number_of_starts_changes():
    few, many = (networks.drawn_kernels(7, starts, WIDTHS) for starts in (2, 5))
    other = networks.drawn_kernels(8, 2, WIDTHS)
    for one, same, another in zip(few, many, other):
        assert np.array_equal(one, same[:2])
        assert not np.array_equal(one[0], one[1]) and not np.array_equal(one, another)
        limit = np.sqrt(6 / sum(one.shape[1:]))
        assert 0.9 * limit < np.abs(one).max() <= limit


def test_a_network_is_dead_if_a_layer_is_and_its_loss_is_finite():
    kernels = networks.drawn_kernels(7, 4, (1, 2, 2, 1))
    weights = [one for kernel in kernels for one in (
        np.abs(kernel).astype("float32"), np.zeros(kernel.shape[::2], "float32"))]
    weights[-2], weights[-1] = weights[-2][:, :, 0], weights[-1][:, 0]
    weights[1][1] = weights[3][2] = -100        # the first layer, or the second, below zero
    weights[1][3], weights[-1][3] = -100, np.inf
    losses, dead = networks.measure(np.ones((5, 1), "float32"), np.full((5, 1), 3, "float32"),
                                    weights)
    assert dead.tolist() == [False, True, True, False]
    assert losses[1:3].tolist() == [9, 9] and losses[3] == np.inf


def test_the_fates_of_the_starts_are_counted():
    history = History(
        {"variance": 10.0}, losses=[[np.nan, 1, 1, 1]] + [[np.nan, np.inf, 20, 5]] * 5,
        dead=[[0, 0, 0, 0], [0, 0, 1, 0]])
    assert networks.share_lost(history, 0) == 0.25 and networks.share_lost(history) == 0.5
    assert networks.share_dead(history) == 0.25 and networks.share_alive(history) == 0.25
    assert networks.share_learned(history) == 0.25


def test_the_network_is_trained_on_whole_batches_of_the_table():
    history = diabetes_network.train(3, keras.optimizers.SGD(1e-6), 2)
    assert (history.settings["samples"], history.settings["steps_per_epoch"]) == (416, 13)
    assert np.shape(history.losses) == np.shape(history.dead) == (2, STARTS)
    assert diabetes_network.EPOCHS == 20
