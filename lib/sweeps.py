"""Many independent units trained as one Keras model.

The loss is the sum of the units' losses and the optimizers work element by element, so each
unit follows the trajectory that it would follow alone.
"""
from collections import namedtuple

import numpy as np

from lib.compat import (keras, optimizer_settings, rate_per_unit, units_over_devices)
from lib.data import FixedBatches, batch_sums
from lib.training import fit

# What became of a unit, as a letter of a phase diagram. One that escaped has the letter of the
# epoch in which it did: "a" is the first, "Z" the 52nd, and LATER.
FLAT, DIVERGED, RESTLESS, LATER = ".", "!", "~", "+"
EPOCHS = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + LATER))
LIMIT = 1e6  # a weight beyond it is on its way to infinity

# settings: what the units share; weights: of each unit after each epoch, float32 of shape (epochs,)
# + that of the units; losses: the mean loss of each unit over each epoch, if asked for, as weights
Sweep = namedtuple("Sweep", "settings weights losses")


def train_units(batches, starts, learning_rates, optimizer, epochs, steps_per_epoch,
                negative_slopes=0.0, loss_of_each=False):
    """Train bias-free units, each with its own start, rate and slope. Returns a Sweep.

    batches: ReLUBatches, which all units see, or SeededMoments: then the last axis of the units is
    that of the seeds. They enter through their moments, so the cost does not depend on their size.
    starts, learning_rates, negative_slopes: arrays that broadcast to the shape of the units.
    optimizer: a function from a learning rate (here a schedule that gives one rate a unit) to a
    Keras optimizer.
    """
    moments = batches.moments(epochs * steps_per_epoch)
    shape = np.broadcast(starts, learning_rates, negative_slopes, moments[0, 0]).shape
    rows = FixedBatches(moments.reshape(len(moments), -1), np.zeros((len(moments), 1)),
                        batch_size=1)
    with units_over_devices(shape):
        model = keras.Sequential([keras.layers.Input((rows.x.shape[1],)),
                                  _unit_losses_layer(shape, negative_slopes)])
        model.set_weights([np.broadcast_to(starts, shape).astype("float32")])
        optimizer = optimizer(rate_per_unit(learning_rates))
        metrics = [_loss_of_each_unit(shape)] if loss_of_each else []
        _, weights = fit(model, rows, optimizer, _sum_over_units, epochs, steps_per_epoch,
                         metrics, jit_compile=True)
    losses = model.history.history[metrics[0].name] if loss_of_each else None
    return Sweep(_shared_settings(batches, optimizer, epochs, steps_per_epoch),
                 np.array([weight for weight, in weights]), losses and np.array(losses))


def escaped(weights):
    """Whether a unit is where a ReLU learns a ReLU: within 0.1 of 1 for the last five epochs.

    weights: after each epoch, of shape (epochs,) + that of the units, which is returned.
    """
    with np.errstate(invalid="ignore"):
        return np.all(np.abs(weights[-5:] - 1) < 0.1, axis=0)


def fates(weights):
    """What became of ReLU units that started below zero: a letter for each, in their shape.

    weights: as for ``escaped``. FLAT: never above 0; if it escaped, the letter of the epoch since
    which it is above 0; DIVERGED; or RESTLESS, none of these.
    """
    with np.errstate(invalid="ignore"):
        letters = np.full(weights.shape[1:], RESTLESS)
        letters[np.all(weights <= 0, axis=0)] = FLAT
        there = escaped(weights)
        above = np.cumprod(weights[::-1] > 0, axis=0, dtype="int64").sum(axis=0)
        letters[there] = EPOCHS[np.minimum(len(weights) - above, len(EPOCHS) - 1)][there]
        letters[~(np.abs(weights[-1]) < LIMIT)] = DIVERGED
    return letters


def as_rows(letters):
    """The ``state`` of a grid in a history: one string a row, one letter a unit."""
    return ["".join(row) for row in letters]


def letters_of(history):
    """The ``state`` of a grid as an array of single letters."""
    return np.array([list(row) for row in history.state])


def epochs_of_escape(letters):
    """Of those that ``fates`` gave: the epoch, from 1, in which a unit escaped; 0 if it did not."""
    order = np.argsort(EPOCHS)
    places = order[np.minimum(np.searchsorted(EPOCHS, letters, sorter=order), len(EPOCHS) - 1)]
    return np.where(EPOCHS[places] == letters, places + 1, 0)


def train_ring(batches, starts, learning_rate, epochs, steps_per_epoch):
    """Train ReLU units with a bias by plain gradient descent: one ``Dense(R)`` on one input.

    starts: array of shape (R, 2), the weight and the bias of each unit.
    Returns the settings that they share, and both after each epoch: float32 (epochs, R, 2).
    """
    starts = np.asarray(starts, "float32")
    model = keras.Sequential([keras.layers.Input((1,)),
                              keras.layers.Dense(len(starts), activation="relu")])
    model.set_weights([starts[None, :, 0], starts[:, 1]])

    def squared_errors(y, prediction):
        return keras.ops.sum(keras.ops.square(prediction - y), axis=-1)

    optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
    _, weights = fit(model, batches, optimizer, squared_errors, epochs, steps_per_epoch)
    return (_shared_settings(batches, optimizer, epochs, steps_per_epoch),
            np.array([np.stack([kernel[0], bias], axis=-1) for kernel, bias in weights]))


def train_basin(batches, starts, learning_rate, epochs, steps_per_epoch):
    """What ``train_ring`` does, for very many units, at a cost that hardly grows with the batch.

    A unit is active on one side of -b/w. So in the sorted batch its loss is a polynomial in w and b
    whose coefficients are sums over all samples up to a place, which a binary search finds (see
    ``lib.data.batch_sums``). Returns settings, and both after the last epoch: float32 (R, 2).
    """
    starts = np.asarray(starts, "float32")
    x, sums = batch_sums(batches, epochs * steps_per_epoch)
    columns = np.concatenate([x, sums.reshape(len(sums), -1)], axis=1)
    rows = FixedBatches(columns, np.zeros((len(columns), 1)), batch_size=1)
    model = keras.Sequential([keras.layers.Input((columns.shape[1],)),
                              _biased_losses_layer(len(starts), x.shape[1])])
    model.set_weights([starts[:, 0], starts[:, 1]])
    optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
    _, weights = fit(model, rows, optimizer, _sum_over_units, epochs, steps_per_epoch,
                     jit_compile=True)
    return (_shared_settings(batches, optimizer, epochs, steps_per_epoch),
            np.stack(weights[-1], axis=-1))


def _shared_settings(batches, optimizer, epochs, steps_per_epoch):
    return dict(optimizer_settings(optimizer), epochs=epochs, steps_per_epoch=steps_per_epoch,
                loss="mean squared error of each unit", **batches.settings())


def _sum_over_units(_, losses):
    return keras.ops.sum(losses)


def _unit_losses_layer(shape, slopes):
    """A layer that holds w of each unit and turns (m+, m-) into the exact loss of its batch."""

    class UnitLosses(keras.layers.Layer):
        def build(self, input_shape):
            self.columns = int(input_shape[-1]) // 2
            self.w = self.add_weight(shape=shape, initializer="zeros", name="w")

        def call(self, moments):
            w, c = self.w, keras.ops.convert_to_tensor(slopes, "float32")
            plus, minus = moments[0, :self.columns], moments[0, self.columns:]
            right = keras.ops.square(w - 1) * plus + keras.ops.square(c * w) * minus
            left = keras.ops.square(c * w - 1) * plus + keras.ops.square(w) * minus
            return keras.ops.where(w > 0, right, left)[None]

    return UnitLosses(name="units")


def _loss_of_each_unit(shape):
    """A metric: the mean over the steps of an epoch of what the layer of the units gives."""

    class LossOfEachUnit(keras.metrics.Metric):
        def __init__(self):
            super().__init__(name="loss_of_each_unit")
            self.total = self.add_weight(shape=shape, initializer="zeros", name="total")
            self.steps = self.add_weight(shape=(), initializer="zeros", name="steps")

        def update_state(self, _, losses, sample_weight=None):
            self.total.assign_add(losses[0])
            self.steps.assign_add(1.0)

        def result(self):
            return self.total / self.steps

    return LossOfEachUnit()


def _biased_losses_layer(units, samples):
    """A layer that holds (w, b) of each unit and turns a row of x and sums into their losses."""
    ops = keras.ops

    class BiasedLosses(keras.layers.Layer):
        def build(self, _):
            self.w = self.add_weight(shape=(units,), initializer="zeros", name="w")
            self.b = self.add_weight(shape=(units,), initializer="zeros", name="b")

        def call(self, row):
            w, b = ops.convert_to_tensor(self.w), ops.convert_to_tensor(self.b)
            x, sums = row[0, :samples], ops.reshape(row[0, samples:], (-1, samples + 1))
            edge, place = -b / ops.where(w == 0, 1e-30, w), ops.zeros((units,), "int32")
            for jump in (2 ** power for power in reversed(range(samples.bit_length()))):
                further = place + jump      # as many x may lie below the edge
                known = (further <= samples) & (ops.take(x, ops.minimum(further, samples) - 1)
                                                < edge)
                place = ops.where(known, further, place)
            below = ops.take(sums, place, axis=1)
            ones, x_sum, x_squares, y_sum, x_y = ops.unstack(
                ops.where(w >= 0, sums[:5, -1:] - below[:5], below[:5]), 5)
            y_squares = sums[4, -1]     # y is x or 0
            return (ops.square(w) * x_squares + 2 * w * b * x_sum + ops.square(b) * ones
                    - 2 * (w * x_y + b * y_sum) + y_squares)[None]

    return BiasedLosses()
