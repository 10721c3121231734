"""Keras and its backends, whichever release is installed. Only this package tells releases apart.

``keras`` is Keras with the names and defaults of Keras 3, imported when first used, so that
importing a reproduction costs nothing. KERAS_BACKEND chooses the backend, TF_USE_LEGACY_KERAS=1 the
Keras 2 of the package tf-keras, as they do for Keras itself.

Below it: ``loading`` finds out what is installed; ``keras_2`` gives an older Keras the new names;
``fitting`` trains in the way that is quickest on each release; ``on_tensorflow``, ``on_graph``,
``on_jax`` and ``on_torch`` have the same functions, one module for each engine.
"""
import functools
import importlib
import numbers

import numpy as np

from lib.compat import fitting, machine, on_graph
from lib.compat.fitting import compile_model, fit_in_turn, in_this_order
from lib.compat.keras_2 import keras_2
from lib.compat.loading import NotSupported, engine, is_keras_3, load
from lib.compat.machine import processor

__all__ = ["NotSupported", "as_written", "compile_model", "derivative", "drawn", "engine",
           "environment", "evaluated", "fit_in_turn", "forget_models", "gradient_function",
           "hessian_function", "in_this_order", "is_keras_3", "keras", "keras_data_folders", "load",
           "optimizer_settings", "outputs_of", "processor", "set_state", "start_again", "state_of",
           "takes_arrays"]


@functools.lru_cache(maxsize=None)
def _keras():
    if not is_keras_3():
        if engine() == "graph":
            on_graph.new_session()
        return keras_2()
    new = load("keras")
    new.config.set_floatx("float32")    # whatever keras.json says
    return new


class _ImportedOnFirstUse:
    """Stands for Keras, and imports it when one of its names is first used."""

    def __getattr__(self, attribute):
        return getattr(_keras(), attribute)


keras = _ImportedOnFirstUse()


def _on_this_engine():
    return importlib.import_module("lib.compat.on_" + engine())


def gradient_function(model, loss, weights=None, often=False):
    """A function of (x, y) that gives the loss and its gradient with respect to each weight.

    model: a Keras model; loss: a function of (y, prediction) that returns a scalar tensor;
    weights: variables of the model, by default all that are trained; often: whether it will be
    called some hundred times, so that compiling it pays.
    Returns ``function(x, y) -> (float, [numpy array in the shape of each weight])``.
    """
    return _on_this_engine().gradient_function(model, loss, weights or model.trainable_variables,
                                               often)


def hessian_function(model, loss):
    """A function of (x, y) that gives the loss, its gradient and its Hessian, all at once.

    model, loss: as for ``gradient_function``. The Hessian comes from a Hessian-vector product with
    each unit vector: H v is the gradient of g·v.
    Returns ``function(x, y) -> (float, array (n,), array (n, n))`` in float64, for the n numbers of
    the trained weights in the order of the model.
    """
    return _on_this_engine().hessian_function(model, loss)


def evaluated(function, *arrays):
    """A function of tensors of the arrays as float32, as ``outputs_of`` would call it: an array."""
    return _on_this_engine().evaluated(function, [np.asarray(one, "float32") for one in arrays])


def derivative(function, array):
    """The gradient of the sum of ``function(x)`` at x = array, in the shape of the array."""
    return _on_this_engine().derivative(function, np.asarray(array, "float32"))


def outputs_of(model, x):
    """What a model makes of the batch ``x``: an array, or a list of them if it has many outputs."""
    x = np.asarray(x, "float32")
    outputs = (model(load("tensorflow").constant(x)) if engine() == "tensorflow"
               else model.predict_on_batch(x))
    return [np.array(one) for one in outputs] if isinstance(outputs, list) else np.array(outputs)


def forget_models():
    """Drop all models made so far, which TensorFlow 1 would keep; none can be used afterwards."""
    if engine() == "graph":
        on_graph.forget_models()


def state_of(model):
    """What training changes, as arrays: the weights of a compiled model and of its optimizer."""
    return [keras.ops.convert_to_numpy(variable) for variable in fitting.variables_of(model)]


def set_state(model, arrays):
    """Put back what ``state_of`` gave."""
    variables = fitting.variables_of(model)
    if engine() == "graph":
        keras.backend.batch_set_value(list(zip(variables, arrays)))
    else:
        for variable, array in zip(variables, arrays):
            variable.assign(array)


def start_again(model, weights, learning_rate):
    """Have a compiled model begin again at another learning rate, its optimizer as it was at first.

    weights: as ``model.set_weights`` takes them. For optimizers whose own variables start as zeros,
    as those of SGD, RMSprop and Adam do.
    """
    of_optimizer = state_of(model)[len(weights):]
    set_state(model, list(weights) + [np.zeros_like(one) for one in of_optimizer])
    fitting.set_learning_rate(model.optimizer, learning_rate)


def drawn(initializer, shape):
    """What a Keras initializer draws: an array of that shape."""
    return keras.ops.convert_to_numpy(initializer(shape))


def takes_arrays():
    """Whether an optimizer may have a learning rate and a momentum for each weight.

    Keras 2's optimizers call kernels that take one number, and Keras 3's on torch step all weights
    at once.
    """
    return is_keras_3() and engine() != "torch"


def as_written(number):
    """The decimal that a person wrote for a float32: 0.01, not 0.009999999776482582."""
    return float(str(np.float32(number)))


def optimizer_settings(optimizer):
    """What is in force in a compiled ``optimizer``: its name, learning rate and own constants.

    A learning rate that is a schedule is left out: whoever made it records it.
    """
    config = optimizer.get_config()
    settings = {"optimizer": type(optimizer).__name__}
    rate = config.get("learning_rate", config.get("lr"))    # "lr" before TensorFlow 1.14
    if isinstance(rate, (numbers.Real, np.floating)):
        settings["learning_rate"] = as_written(rate)
    for name in ("momentum", "nesterov", "beta_1", "beta_2", "epsilon", "amsgrad"):
        if name in config:
            value = config[name]
            settings[name] = (as_written(value) if isinstance(value, (float, np.floating))
                              else value)
    return settings


def environment():
    """What a record names: versions and processor, as plain data. Imports Keras."""
    return machine.environment(keras)


def keras_data_folders():
    """Where Keras looks for data sets and puts them: the first place that it can write to."""
    _keras()    # it makes the first of them, where it can
    return machine.keras_data_folders()
