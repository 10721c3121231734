"""Many linear regressions side by side in one model, each on its own data.

INPUTS features x ~ N(0, 1); the target is their sum plus noise ~ N(0, NOISE²).
"""
import numpy as np

from lib.claims import History
from lib.compat import keras, outputs_of, takes_arrays
from lib.data import FixedBatches
from lib.measure.sweeps import rate_per_unit
from lib.models import product
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
    """The sum over the regressions of the mean squared error of a batch."""
    return keras.ops.sum(keras.ops.mean(keras.ops.square(prediction - y), axis=0))


def learn(size, seed, pairs, learning_rate, steps):
    """Learn the first batch of each pair by gradient descent: a History with a number per pair.

    ``loss``: of that batch at the end; ``least``: the smallest possible; ``new_loss``: of the
    other batch at the end; ``new_loss_before``: of the other batch at the start.
    """
    stream = batches(size, seed, pairs)
    (x, y), (new_x, new_y) = next(stream), next(stream)
    model = keras.Sequential([
        keras.layers.Input((pairs * INPUTS,)), keras.layers.Reshape((pairs, INPUTS)),
        product("nsi,rsi->nrs", (1, pairs, INPUTS)), keras.layers.Reshape((pairs,))])

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
    """Train all streams at all rates, on a fresh batch each step: a History for each rate.

    For each step, ``good``: in how many streams it lowered the loss of its own batch; ``raising``:
    in how many of these it raised the loss of the next batch; ``loss``: of the batch before the
    step, the median over the streams. For each stream, ``good_of_stream`` and
    ``raising_of_stream``: the same counts over the steps ``last``, a slice.
    """
    together = [tuple(rates)] if takes_arrays() else [(rate,) for rate in rates]
    return [history for some in together
            for history in _train_at(some, size, seed, streams, steps, last)]


def _train_at(rates, size, seed, streams, steps, last):
    """``train_on_fresh_batches`` for these rates, in one model."""
    model = keras.Sequential([keras.layers.Input((streams, INPUTS)),
                              product("nsi,rsi->nrs", (len(rates), streams, INPUTS))])
    model.compile(keras.optimizers.SGD(
        rate_per_unit(np.reshape(rates, (-1, 1, 1))) if len(rates) > 1 else rates[0]),
        sum_of_losses)

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
            model.train_on_batch(*batch)
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
