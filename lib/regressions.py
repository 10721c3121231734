"""Many linear regressions side by side in one model, each on data of its own.

x ~ N(0, 1), INPUTS of them; the target is their sum, plus noise ~ N(0, NOISE²).
"""
import numpy as np

from lib.claims import History
from lib.compat import keras, outputs_of, rate_per_unit, step_function
from lib.data import FixedBatches
from lib.training import fit

INPUTS, NOISE = 10, 1.0


def batches(size, seed, streams):
    """Endless batches for all streams: x (size, streams, INPUTS) and y (size, 1, streams)."""
    random_state = np.random.RandomState(seed)
    while True:
        x = random_state.randn(size, streams, INPUTS).astype("float32")
        noise = NOISE * random_state.randn(size, streams)
        yield x, (x.sum(axis=-1) + noise)[:, None].astype("float32")


def sum_of_losses(y, prediction):
    """Of all regressions, each the mean squared error of its batch."""
    return keras.ops.sum(keras.ops.mean(keras.ops.square(prediction - y), axis=0))


def learn(size, seed, pairs, learning_rate, steps):
    """Learn the first batch of each pair by gradient descent: a History with a number for each.

    ``loss``: of that batch in the end; ``least``: the smallest that it can have; ``new_loss``: of
    the other batch in the end; ``new_loss_before``: at the start.
    """
    stream = batches(size, seed, pairs)
    (x, y), (new_x, new_y) = next(stream), next(stream)
    model = keras.Sequential([
        keras.layers.Input((pairs * INPUTS,)), keras.layers.Reshape((pairs, INPUTS)),
        keras.layers.EinsumDense("nsi,rsi->nrs", output_shape=(1, pairs),
                                 kernel_initializer="zeros"), keras.layers.Reshape((pairs,))])

    def losses(x, y):
        return np.mean(np.square(outputs_of(model, x.reshape(size, -1)) - y[:, 0]), axis=0)

    before = losses(new_x, new_y)
    fit(model, FixedBatches(x.reshape(size, -1), y[:, 0]), keras.optimizers.SGD(learning_rate),
        sum_of_losses, 1, steps)
    least = [np.mean((one.dot(np.linalg.lstsq(one, target, rcond=None)[0]) - target) ** 2)
             for one, target in zip(x.transpose(1, 0, 2).astype(float), y[:, 0].T.astype(float))]
    return History(
        {"optimizer": "SGD", "learning_rate": learning_rate, "steps": steps,
         "batch_size": size, "seed": seed, "inputs": INPUTS, "noise": NOISE, "pairs": pairs},
        loss=losses(x, y).tolist(), least=least, new_loss=losses(new_x, new_y).tolist(),
        new_loss_before=before.tolist())


def train_on_fresh_batches(size, seed, streams, rates, steps, last):
    """All streams at all rates, a fresh batch each step: a History for each rate.

    ``good``: in how many streams the step lowered the loss of its own batch; ``raising``: in how
    many of these it raised that of the next; ``loss``: of the batch before the step, the median
    over the streams. ``good_of_stream``, ``raising_of_stream``: the same over the steps
    ``last``, a slice.
    """
    model = keras.Sequential([
        keras.layers.Input((streams, INPUTS)),
        keras.layers.EinsumDense("nsi,rsi->nrs", output_shape=(len(rates), streams),
                                 kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(rate_per_unit(np.reshape(rates, (-1, 1, 1)))),
                  sum_of_losses)
    take_step = step_function(model)

    def losses(*batches):
        x, y = map(np.concatenate, zip(*batches))
        errors = np.square(outputs_of(model, x) - y)
        return errors.reshape((len(batches), size) + errors.shape[1:]).mean(axis=1)

    stream = batches(size, seed, streams)
    batch, upcoming, good, raising, loss = next(stream), next(stream), [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        before, next_before = losses(batch, upcoming)
        for _ in range(steps):
            later = next(stream)
            take_step(*batch)
            after, next_after, later_before = losses(batch, upcoming, later)
            good.append(after < before)
            raising.append(good[-1] & (next_after > next_before))
            loss.append(np.median(before, axis=-1))
            batch, upcoming = upcoming, later
            before, next_before = next_after, later_before
    good, raising, loss = (np.array(series) for series in (good, raising, loss))
    return [History(
        {"optimizer": "SGD", "learning_rate": rate, "batch_size": size, "seed": seed,
         "inputs": INPUTS, "noise": NOISE, "streams": streams, "epochs": steps},
        loss=loss[:, row].tolist(), good=good[:, row].sum(axis=1).tolist(),
        raising=raising[:, row].sum(axis=1).tolist(),
        good_of_stream=good[last, row].sum(axis=0).tolist(),
        raising_of_stream=raising[last, row].sum(axis=0).tolist())
        for row, rate in enumerate(rates)]
