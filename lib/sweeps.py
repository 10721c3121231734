"""Many independent units trained as one Keras model.

The loss is the sum of the units' losses and the optimizers work element by element, so each
unit follows the trajectory that it would follow alone.
"""
from collections import namedtuple

import numpy as np

from lib.compat import (keras, optimizer_settings, rate_per_unit, units_over_devices)
from lib.data import FixedBatches, batch_sums
from lib.training import fit

WORTH_COMPILING = 10 ** 4   # units: XLA takes a second to compile their step, and then saves more

# settings: what the units share; weights: of each unit after each epoch, float32 of shape (epochs,)
# + that of the units; losses: the mean loss of each unit over each epoch, if asked for, as weights
Sweep = namedtuple("Sweep", "settings weights losses")


def train_units(batches, starts, learning_rates, make_optimizer, epochs, steps_per_epoch,
                negative_slopes=0.0, loss_of_each=False):
    """Train bias-free units, each with its own start, rate and slope. Returns a Sweep.

    batches: ReLUBatches, which all units see, or SeededMoments: then the last axis of the units is
    that of the seeds. They enter through their moments, so the cost does not depend on their size.
    starts, learning_rates, negative_slopes: arrays that broadcast to the shape of the units; where
    these have momenta of their own, that of the momenta has to be among them.
    make_optimizer: a function from a learning rate (here a schedule that gives one rate a unit) to
    a Keras optimizer. loss_of_each: whether the losses are kept, too, which takes Keras 3.
    """
    moments = batches.moments(epochs * steps_per_epoch)
    shape = np.broadcast(starts, learning_rates, negative_slopes, moments[0, 0]).shape
    rows = FixedBatches(moments.reshape(len(moments), -1), np.zeros((len(moments), 1)),
                        batch_size=1)
    with units_over_devices(shape):
        model = keras.Sequential([keras.layers.Input((rows.x.shape[1],)),
                                  _unit_losses_layer(shape, negative_slopes)])
        model.set_weights([np.broadcast_to(starts, shape).astype("float32")])
        optimizer = make_optimizer(rate_per_unit(learning_rates))
        metrics = [_loss_of_each_unit(shape)] if loss_of_each else []
        _, weights = fit(model, rows, optimizer, _sum_over_units, epochs, steps_per_epoch,
                         metrics, jit_compile=np.prod(shape) >= WORTH_COMPILING)
    losses = model.history.history[metrics[0].name] if loss_of_each else None
    return Sweep(_shared_settings(batches, optimizer, epochs, steps_per_epoch),
                 np.array([weight for weight, in weights]), losses and np.array(losses))


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
    # compiled however few they are: op by op, on several threads, TensorFlow 2.21 takes the
    # gradient by w at the new b now and then
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
            # a unit of w = 0 is a constant, active for all x or for none
            constant = ops.square(w) <= 0       # TensorFlow 1 has no w == 0
            edge = ops.where(constant, ops.where(b > 0, -1e30, 1e30),
                             -b / ops.where(constant, 1.0, w))
            below = ops.take(sums, _how_many_below(edge, x, samples), axis=1)
            ones, x_sum, x_squares, y_sum, x_y = ops.unstack(
                ops.where(w >= 0, sums[:, -1:] - below, below), 5)
            y_squares = sums[4, -1]     # y is x or 0
            return (ops.square(w) * x_squares + 2 * w * b * x_sum + ops.square(b) * ones
                    - 2 * (w * x_y + b * y_sum) + y_squares)[None]

    return BiasedLosses()


def _how_many_below(edges, x, samples):
    """How many of the sorted ``x`` lie below each edge, by bisection: XLA's search tries them all.
    """
    ops = keras.ops
    count = ops.cast(edges < edges, "int32")    # zeros
    for jump in (2 ** power for power in reversed(range(samples.bit_length()))):
        further = count + jump
        last = ops.take(x, ops.minimum(further, samples) - 1, axis=0)
        count = count + jump * ops.cast((further <= samples) & (last < edges), "int32")
    return count
