"""The only file that knows TensorFlow and Keras versions.

``keras`` is Keras, imported when first used, so that importing a reproduction costs nothing.
"""
import contextlib
import functools
import importlib
import logging
import os
import platform
import sys

import numpy as np


@contextlib.contextmanager
def _silent_stderr():
    """Drop what is written to file descriptor 2: TensorFlow logs before it reads its level."""
    sys.stderr.flush()
    terminal = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


@functools.lru_cache(maxsize=None)
def _load(name):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever keras.json says: the one supported so far
    with _silent_stderr():
        module = importlib.import_module(name)
    # it warns of functions that are compiled again for each new model, which is what a suite does
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    if name == "keras":
        module.config.set_floatx("float32")
    return module


class _ImportedOnFirstUse:
    """A module's stand-in, which imports the module when one of its names is asked for."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, attribute):
        return getattr(_load(self._name), attribute)


keras = _ImportedOnFirstUse("keras")


def as_written(number):
    """The decimal that a person wrote for a float32: 0.01, not 0.009999999776482582."""
    return float(str(np.float32(number)))


def optimizer_settings(optimizer):
    """What is in force in a compiled ``optimizer``: its name, learning rate and own constants.

    A learning rate that is a schedule, one rate a unit, is left to whoever made it.
    """
    config = optimizer.get_config()
    settings = {"optimizer": type(optimizer).__name__}
    rate = keras.ops.convert_to_numpy(optimizer.learning_rate)
    if rate.ndim == 0:
        settings["learning_rate"] = as_written(rate)
    for name in ("momentum", "nesterov", "beta_1", "beta_2", "epsilon", "amsgrad"):
        if name in config:
            settings[name] = config[name]
    return settings


def gradient_function(model, loss, weights=None):
    """A function of (x, y) that gives the loss and its gradient with respect to each weight.

    model: a Keras model; loss: a function of (y, prediction) that returns a scalar tensor;
    weights: variables of the model, by default all that are trained.
    Returns ``function(x, y) -> (float, [numpy array in the shape of each weight])``.
    """
    tensorflow = _load("tensorflow")

    def function(x, y):
        x, y = tensorflow.constant(x, "float32"), tensorflow.constant(y, "float32")
        with tensorflow.GradientTape() as tape:
            value = loss(y, model(x))
        gradients = tape.gradient(value, weights or model.trainable_variables)
        return float(value), [gradient.numpy() for gradient in gradients]

    return function


def hessian_function(model, loss):
    """A function of (x, y) that gives the loss, its gradient and its Hessian, all at once.

    model, loss: as for ``gradient_function``. The Hessian comes from a Hessian-vector product with
    each unit vector: H v is the gradient of g·v.
    Returns ``function(x, y) -> (float, array (n,), array (n, n))`` in float64, for the n numbers of
    the trained weights in the order of the model.
    """
    tensorflow = _load("tensorflow")
    weights = model.trainable_variables

    def flat(arrays):
        return tensorflow.concat([tensorflow.reshape(array, [-1]) for array in arrays], 0)

    @tensorflow.function
    def derivatives(x, y):
        def product(vector):
            with tensorflow.GradientTape() as outer:
                with tensorflow.GradientTape() as inner:
                    value = loss(y, model(x))
                along = tensorflow.tensordot(flat(inner.gradient(value, weights)), vector, 1)
            return flat(outer.gradient(along, weights, unconnected_gradients="zero"))

        with tensorflow.GradientTape() as tape:
            value = loss(y, model(x))
        gradient = flat(tape.gradient(value, weights))
        return value, gradient, tensorflow.map_fn(product, tensorflow.eye(len(gradient)))

    def function(x, y):
        value, gradient, hessian = derivatives(tensorflow.constant(x, "float32"),
                                               tensorflow.constant(y, "float32"))
        return float(value), gradient.numpy().astype(float), hessian.numpy().astype(float)

    return function


def descent_function(model, loss, optimizer):
    """A function that takes many steps of a training in one call, far faster than ``fit``.

    model, loss: as for ``gradient_function``; optimizer: a Keras optimizer.
    Returns ``function(x, y, steps, enough) -> (int, float)``. x, y: the batches to train on in
    turn, again and again, of shape (batches, samples, features) and (batches, samples, 1). It ends
    after ``steps`` steps, or where the loss of the next batch is at most ``enough`` or NaN, and
    gives the steps taken and that loss.
    """
    tensorflow = _load("tensorflow")
    weights = model.trainable_variables
    optimizer.build(weights)

    @tensorflow.function(jit_compile=True)
    def descend(x, y, steps, enough):
        def loss_of_batch(step):
            batch = step % len(x)
            return loss(y[batch], model(x[batch]))

        def take_step(step, _):
            with tensorflow.GradientTape() as tape:
                value = loss_of_batch(step)
            optimizer.apply(tape.gradient(value, weights), weights)
            return step + 1, loss_of_batch(step + 1)

        return tensorflow.while_loop(lambda step, value: (step < steps) & (value > enough),
                                     take_step, (0, loss_of_batch(0)))

    def function(x, y, steps, enough):
        step, value = descend(tensorflow.constant(x, "float32"), tensorflow.constant(y, "float32"),
                              tensorflow.constant(steps), tensorflow.constant(enough, "float32"))
        return int(step), float(value)

    return function


def repeated_batches(x, y):
    """Batches for ``fit``, in turn, again and again, faster than from a Python generator.

    x, y: of shape (batches, samples, features) and (batches, samples, 1).
    """
    return _load("tensorflow").data.Dataset.from_tensor_slices((x, y)).repeat()


def ordered_batches(x, y, batch_size):
    """A function from an order of the rows to an epoch of them in batches, for ``fit``.

    The rows are gathered where the framework trains, which no Python generator is as fast as.
    order: the row numbers, a multiple of ``batch_size`` of them.
    """
    tensorflow = _load("tensorflow")
    x, y = tensorflow.constant(x), tensorflow.constant(y)

    def epoch(order):
        rows = np.reshape(order, (-1, batch_size))
        return tensorflow.data.Dataset.from_tensor_slices(
            (tensorflow.gather(x, rows), tensorflow.gather(y, rows)))

    return epoch


def graph_uniform(shape, graph_seed, op_seed):
    """What ``tf.random_uniform`` of a TensorFlow 1 graph drew first: float32 in [0, 1).

    graph_seed: of ``tf.set_random_seed``; op_seed: the number that the graph gave to the operation.
    Outside a new session the operation would go on where its last call stopped.
    """
    tensorflow = _load("tensorflow")
    with tensorflow.Graph().as_default():
        uniform = tensorflow.raw_ops.RandomUniform(shape=shape, dtype="float32", seed=graph_seed,
                                                   seed2=op_seed)
        with tensorflow.compat.v1.Session() as session:
            return session.run(uniform)


def environment():
    """The versions that a record names. Imports TensorFlow and Keras."""
    return {"python": platform.python_version(),
            "tensorflow": _load("tensorflow").__version__,
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "numpy": np.__version__,
            "platform": "{} {}".format(platform.system(), platform.machine())}
