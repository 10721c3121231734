"""Many independent units trained as one Keras model.

The loss is the sum of the units' losses and the optimizers work element by element, so each
unit follows the trajectory that it would follow alone.
"""
import numpy as np

from lib.compat import keras, optimizer_settings, rate_per_unit
from lib.data import FixedBatches, batch_moments
from lib.training import fit

# What became of a unit, as a letter of a phase diagram
ESCAPED, FLAT, DIVERGED, RESTLESS = "e", "f", "d", "r"
LIMIT = 1e6  # a weight beyond it is on its way to infinity


def train_units(batches, starts, learning_rates, optimizer, epochs, steps_per_epoch,
                negative_slopes=0.0):
    """Train bias-free units that see the same batches, each with its own start, rate and slope.

    starts, learning_rates, negative_slopes: arrays that broadcast to one shape.
    optimizer: a function from a learning rate (here a schedule that gives one rate a unit) to a
    Keras optimizer. The batches enter through their moments, so the cost does not depend on their
    size (see ``lib.data.batch_moments``).
    Returns the settings that the units share, and the weight of each unit after each epoch:
    float32 of shape (epochs,) + the shape of the units.
    """
    starts, rates, slopes = np.broadcast_arrays(starts, learning_rates, negative_slopes)
    moments = batch_moments(batches, epochs * steps_per_epoch)
    model = keras.Sequential([keras.layers.Input((2,)), _unit_losses_layer(slopes.ravel())])
    model.set_weights([starts.ravel().astype("float32")])
    optimizer = optimizer(rate_per_unit(rates.ravel()))
    rows = FixedBatches(moments, np.zeros((len(moments), 1)), batch_size=1)
    _, weights = fit(model, rows, optimizer, _sum_over_units, epochs, steps_per_epoch)
    return (_shared_settings(batches, optimizer, epochs, steps_per_epoch),
            np.array([weight for weight, in weights]).reshape((epochs,) + starts.shape))


def fates(weights):
    """What became of ReLU units that started below zero: one string a row, one letter a unit.

    weights: after each epoch, of shape (epochs, rows, columns). ESCAPED: within 0.1 of 1 for the
    last five epochs; FLAT: never above 0; DIVERGED; or RESTLESS, none of these.
    """
    with np.errstate(invalid="ignore"):
        letters = np.full(weights.shape[1:], RESTLESS)
        letters[np.all(weights <= 0, axis=0)] = FLAT
        letters[np.all(np.abs(weights[-5:] - 1) < 0.1, axis=0)] = ESCAPED
        letters[~(np.abs(weights[-1]) < LIMIT)] = DIVERGED
    return ["".join(row) for row in letters]


def letters_of(history):
    """The ``state`` of a grid, as ``fates`` gave it, as an array of single letters."""
    return np.array([list(row) for row in history.state])


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


def _shared_settings(batches, optimizer, epochs, steps_per_epoch):
    return dict(optimizer_settings(optimizer), epochs=epochs, steps_per_epoch=steps_per_epoch,
                loss="mean squared error of each unit", **batches.settings())


def _sum_over_units(_, losses):
    return keras.ops.sum(losses, axis=-1)


def _unit_losses_layer(slopes):
    """A layer that holds w of each unit and turns (m+, m-) into the exact loss of its batch."""

    class UnitLosses(keras.layers.Layer):
        def build(self, _):
            self.w = self.add_weight(shape=slopes.shape, initializer="zeros", name="w")

        def call(self, moments):
            w, c = self.w, keras.ops.convert_to_tensor(slopes, "float32")
            plus, minus = moments[:, :1], moments[:, 1:]
            right = keras.ops.square(w - 1) * plus + keras.ops.square(c * w) * minus
            left = keras.ops.square(c * w - 1) * plus + keras.ops.square(w) * minus
            return keras.ops.where(w > 0, right, left)

    return UnitLosses()
