"""Keras' own files of whole models, in the formats that each release writes."""
import numpy as np

from lib.compat import keras
from lib.compat.fitting import variables_of
from lib.compat.loading import (NotSupported, is_keras_3, load, own_keras, release,
                                tensorflow_release)

HDF5, KERAS = ".h5", ".keras"


def formats():
    """The endings of the files that this release writes. Before TensorFlow 2.13 it writes HDF5
    whatever the ending.
    """
    return [HDF5, KERAS] if is_keras_3() or tensorflow_release() >= (2, 13) else [HDF5]


def own_format():
    """The newest of ``formats``."""
    return formats()[-1]


def savable(model):
    """The same layers, with the same weights, as a model that this release can load again.

    TensorFlow 1.13 loses the Input that a Sequential begins with, and builds no weights when it
    loads it. Raises NotSupported where a model that is compiled with a loss object cannot be loaded
    at all.
    """
    if not tensorflow_1_before(15):
        return model
    if not tensorflow_1_before(14):
        raise NotSupported("TensorFlow 1.14 loads no model that was compiled with a loss object: "
                           "it takes the settings of the loss for losses of outputs")
    _check_reader()
    return keras.Model(model.inputs, model.outputs)


def save(model, path):
    """Write a compiled model, its optimizer and the loss into a file."""
    if tensorflow_1_before(14):     # its loss is a partial function, which has no name
        for name, function in _nameless_losses().items():
            if getattr(model.loss, "func", None) is function.func:
                model.loss.__name__ = name
    model.save(path)


def load_model(path):
    """The compiled model that a file holds. Raises what this release raises, or NotSupported.

    In safe mode, where there is one (from Keras 2.13 on).
    """
    if tensorflow_1_before(15):
        _check_reader()
    if tensorflow_1_before(14):
        return keras.models.load_model(path, custom_objects=_nameless_losses())
    if KERAS in formats():
        return keras.models.load_model(path, safe_mode=True)
    return keras.models.load_model(path)


def leaky_network(inputs, hidden, outputs, negative_slope):
    """A functional model of one hidden layer, as a user of this release writes it: no class of ours
    gets into its file.
    """
    layers = own_keras().layers
    slope = {"negative_slope" if is_keras_3() else "alpha": negative_slope}
    x = layers.Input((inputs,))
    units = layers.LeakyReLU(name="leak", **slope)(layers.Dense(hidden, name="hidden")(x))
    return keras.Model(x, layers.Dense(outputs, name="outputs")(units))


def moments_of(model):
    """What the optimizer remembers for each weight, as one list of arrays; [] if nothing."""
    own = variables_of(model)[len(model.weights):]
    return [array for array in map(keras.ops.convert_to_numpy, own) if np.ndim(array)]


def tensorflow_1_before(minor):
    """Whether this is a TensorFlow 1 older than that one."""
    return not is_keras_3() and tensorflow_release() < (1, minor)


def _check_reader():
    if release(load("h5py")) >= (3, 0):
        raise NotSupported("TensorFlow 1.13 and 1.14 read files with h5py before 3 alone")


def _nameless_losses():
    return {"from_logits": keras.losses.SparseCategoricalCrossentropy(from_logits=True)}
