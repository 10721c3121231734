"""Many independent units trained as one Keras model.

The loss is the sum of the units' losses and the optimizers work elementwise, so each unit
follows the trajectory that it would follow alone.
"""
import contextlib
from collections import namedtuple

import numpy as np

from lib.compat import compile_model, engine, keras, start_again, takes_arrays
from lib.data import FixedBatches, batch_sums
from lib.progress import track
from lib.training import fit, fit_compiled

WORTH_COMPILING = 10 ** 4   # units: from here on XLA saves more than its second of compilation

# settings: what the units share; weights: those after each epoch, float32 of shape (epochs,) + that
# of the units
Sweep = namedtuple("Sweep", "settings weights")


def train_units(batches, starts, learning_rates, make_optimizer, epochs, steps_per_epoch,
                negative_slopes=0.0, momenta=None):
    """Train bias-free units, each with its own start, rate, slope and momentum. Returns a Sweep.

    batches: ReLUBatches, which all units see, or SeededMoments, with one seed for each place on the
    last axis of the units. Only their moments are used, so the cost does not depend on the batch
    size. starts, learning_rates, negative_slopes, momenta: arrays that broadcast, with the seeds,
    to the shape of the units. make_optimizer: a function from a learning rate, and a momentum if
    there are momenta, to a Keras optimizer. If this Keras' optimizers take only a single rate and
    momentum, the units of each rate and momentum are trained separately.
    """
    moments = batches.moments(epochs * steps_per_epoch)
    shape = np.broadcast(starts, learning_rates, negative_slopes, moments[0, 0],
                         0.0 if momenta is None else momenta).shape
    units = _Units(*(np.broadcast_to(one, shape) for one in (starts, negative_slopes)), moments,
                   epochs, steps_per_epoch)
    if momenta is None:
        values = learning_rates,
    else:
        values = learning_rates, momenta
    values = [np.asarray(one, "float32") for one in values]
    if takes_arrays():
        history, weights = units.train(lambda: _with_arrays(make_optimizer, *values))
    else:
        history, weights = units.train_one_by_one(make_optimizer, values)
    settings = _settings_of(history, batches)
    settings.pop("learning_rate", None)
    if np.size(learning_rates) == 1:
        settings["learning_rate"] = float(np.ravel(learning_rates)[0])
    if momenta is not None:
        settings["momentum"] = "one for each unit"
    return Sweep(settings, weights)


def _settings_of(history, batches):
    """The settings of a training whose rows of moments or sums stand for ``batches``."""
    settings = dict(history.settings, **batches.settings())
    del settings["samples"]
    return settings


class _Units:
    """Units of one shape and their data, to be trained with any optimizer."""

    def __init__(self, starts, slopes, moments, epochs, steps_per_epoch):
        self.starts, self.slopes, self.moments = starts, slopes, moments
        self.lengths = epochs, steps_per_epoch

    def train(self, make_optimizer):
        """Train all at once. Returns the History of the sum of their losses, and the weights.

        make_optimizer: a function without arguments.
        """
        with _spread_over_devices(self.starts.shape):
            model = self._model()
            history, weights = fit(model, self._rows(), make_optimizer(), _sum_over_units,
                                   *self.lengths, jit_compile=self.starts.size >= WORTH_COMPILING,
                                   loss_name="mean_squared_error")
        return history, np.array([weight for weight, in weights])

    def _model(self):
        width = self._rows().x.shape[1]
        model = keras.Sequential([keras.layers.Input((width,)),
                                  _unit_losses_layer(self.starts.shape, self.slopes)])
        model.set_weights([self.starts.astype("float32")])
        return model

    def _rows(self):
        """The moments as batches, one a step."""
        return FixedBatches(self.moments.reshape(len(self.moments), -1),
                            np.zeros((len(self.moments), 1)), batch_size=1)

    def train_one_by_one(self, make_optimizer, values):
        """Train the units of each learning rate and momentum separately.

        One model serves all rates of a momentum: to compile another takes longer than to train.
        """
        shape, (epochs, steps) = self.starts.shape, self.lengths
        of_units = np.stack([np.broadcast_to(one, shape) for one in values], axis=-1)
        seeds = np.broadcast_to(np.arange(self.moments.shape[-1]), shape)
        weights, history, models = np.empty((epochs,) + shape, "float32"), None, {}
        for pair in track(np.unique(of_units.reshape(-1, len(values)), axis=0), "rates"):
            chosen = np.all(of_units == pair, axis=-1)
            some = _Units(self.starts[chosen], self.slopes[chosen],
                          self.moments if self.moments.shape[-1] == 1
                          else self.moments[:, :, seeds[chosen]], *self.lengths)
            rate, *momentum = (float(str(one)) for one in pair)
            which = tuple(momentum), some.slopes.tobytes()
            if which not in models:
                models[which] = some._model()
                compile_model(models[which], make_optimizer(rate, *momentum), _sum_over_units,
                              steps)
            start_again(models[which], [some.starts.astype("float32")], rate)
            history, after = fit_compiled(models[which], some._rows(), epochs, steps,
                                          "mean_squared_error")
            weights[:, chosen] = [weight for weight, in after]
        return history, weights


def _with_arrays(make_optimizer, rates, momenta=None):
    """An optimizer with a rate, and a momentum, for each unit, in a form that Keras accepts."""
    if momenta is None:
        return make_optimizer(rate_per_unit(rates))
    optimizer = make_optimizer(rate_per_unit(rates), 0.5)
    optimizer.momentum = momenta.view(_Momenta)
    return optimizer


class _Momenta(np.ndarray):
    """An array that Keras' SGD accepts as its momentum: it only asks whether that is 0."""

    def __ne__(self, other):
        return bool(np.any(np.asarray(self) != other))


def rate_per_unit(rates):
    """A learning rate for ``keras.optimizers`` that is different for each weight.

    rates: an array that broadcasts to the shape of the weights. Needs ``takes_arrays``.
    """
    rates = np.asarray(rates, "float32")

    class RatePerUnit(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return keras.ops.convert_to_tensor(rates)

        def get_config(self):
            return {"rates": rates.tolist()}

    return RatePerUnit()


@contextlib.contextmanager
def _spread_over_devices(shape):
    """Inside it the weights of a layer "units", of ``shape``, are spread over all devices.

    Uses ``keras.distribution``, on JAX, along the first axis that the number of devices divides.
    """
    devices = keras.distribution.list_devices() if engine() == "jax" else ()
    axis = next((axis for axis, length in enumerate(shape) if length % len(devices) == 0), None
                ) if len(devices) > 1 else None
    if axis is None:
        yield
        return
    distribution = keras.distribution
    mesh = distribution.DeviceMesh((1, len(devices)), ("batch", "units"), devices)
    layout = distribution.LayoutMap(mesh)
    # the weights, and the optimizer's variables for each of them
    layout[".*units.w.*"] = tuple("units" if one == axis else None for one in range(len(shape)))
    with distribution.ModelParallel(layout_map=layout, batch_dim_name="batch").scope():
        yield


def train_ring(batches, starts, learning_rate, epochs, steps_per_epoch):
    """Train ReLU units with a bias by plain gradient descent: one ``Dense(R)`` on one input.

    starts: array of shape (R, 2), the weight and the bias of each unit. Returns the settings that
    they share, and the weights and biases after each epoch: float32 (epochs, R, 2).
    """
    starts = np.asarray(starts, "float32")
    model = keras.Sequential([keras.layers.Input((1,)),
                              keras.layers.Dense(len(starts), activation="relu")])
    model.set_weights([starts[None, :, 0], starts[:, 1]])

    def squared_errors(y, prediction):
        return keras.ops.sum(keras.ops.square(prediction - y), axis=-1)

    history, weights = fit(model, batches, keras.optimizers.SGD(learning_rate=learning_rate),
                           squared_errors, epochs, steps_per_epoch, loss_name="mean_squared_error")
    return history.settings, np.array([np.stack([kernel[0], bias], axis=-1)
                                       for kernel, bias in weights])


def train_basin(batches, starts, learning_rate, epochs, steps_per_epoch):
    """Like ``train_ring``, for very many units, at a cost that hardly grows with the batch size.

    A unit is active on one side of -b/w. So on a sorted batch its loss is a polynomial in w and b
    whose coefficients are sums over all samples up to a position, which a binary search finds (see
    ``lib.data.batch_sums``). Returns the settings, and the weights and biases after the last
    epoch: float32 (R, 2).
    """
    starts = np.asarray(starts, "float32")
    x, sums = batch_sums(batches, epochs * steps_per_epoch)
    columns = np.concatenate([x, sums.reshape(len(sums), -1)], axis=1)
    rows = FixedBatches(columns, np.zeros((len(columns), 1)), batch_size=1)
    model = keras.Sequential([keras.layers.Input((columns.shape[1],)),
                              _biased_losses_layer(len(starts), x.shape[1])])
    model.set_weights([starts[:, 0], starts[:, 1]])
    # Compiled however few units there are: op by op on several threads, TensorFlow sometimes takes
    # the gradient with respect to w at the new b
    history, weights = fit(model, rows, keras.optimizers.SGD(learning_rate=learning_rate),
                           _sum_over_units, epochs, steps_per_epoch, jit_compile=True,
                           loss_name="mean_squared_error")
    return _settings_of(history, batches), np.stack(weights[-1], axis=-1)


def _sum_over_units(_, losses):
    return keras.ops.sum(losses)


def _unit_losses_layer(shape, slopes):
    """A layer that holds each unit's w and turns a batch's (m+, m-) into the unit's exact loss."""

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


def _biased_losses_layer(units, samples):
    """A layer that holds each unit's (w, b) and turns a row of x and sums into their losses."""
    ops = keras.ops

    class BiasedLosses(keras.layers.Layer):
        def build(self, _):
            self.w = self.add_weight(shape=(units,), initializer="zeros", name="w")
            self.b = self.add_weight(shape=(units,), initializer="zeros", name="b")

        def call(self, row):
            w, b = ops.convert_to_tensor(self.w), ops.convert_to_tensor(self.b)
            x, sums = row[0, :samples], ops.reshape(row[0, samples:], (-1, samples + 1))
            # a unit with w = 0 is constant: active for all x or for none
            constant = ops.square(w) <= 0       # w == 0, in a form that every release has
            edge = ops.where(constant, ops.where(b > 0, -1e30, 1e30),
                             -b / ops.where(constant, 1.0, w))
            below = ops.take(sums, _how_many_below(edge, x, samples), axis=1)
            ones, x_sum, x_squares, y_sum, x_y = ops.unstack(
                ops.where(w >= 0, sums[:, -1:] - below, below), 5)
            y_squares = sums[4, -1]     # y is x or 0, so y² = x y
            return (ops.square(w) * x_squares + 2 * w * b * x_sum + ops.square(b) * ones
                    - 2 * (w * x_y + b * y_sum) + y_squares)[None]

    return BiasedLosses()


def _how_many_below(edges, x, samples):
    """How many of the sorted ``x`` lie below each edge. By bisection: XLA's search tries them all.
    """
    ops = keras.ops
    count = ops.cast(edges < edges, "int32")    # zeros
    for jump in (2 ** power for power in reversed(range(samples.bit_length()))):
        further = count + jump
        last = ops.take(x, ops.minimum(further, samples) - 1, axis=0)
        count = count + jump * ops.cast((further <= samples) & (last < edges), "int32")
    return count
