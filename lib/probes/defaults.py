"""Settings that a release has where a program gives none: those that change numbers."""
import functools
import inspect
import itertools
import numbers

import numpy as np

from lib.compat import as_written
from lib.compat.loading import own_keras
from lib.compat.probing import there
from lib.probes import DEFAULTS, Probe

# Of a setting, the name in Keras 3, and the names that it had before
FORMER_NAMES = {"learning_rate": ["lr"], "negative_slope": ["alpha"], "gain": ["multiplier"]}
RECURRENT = ["activation", "kernel_initializer", "recurrent_initializer", "bias_initializer"]
# For each module, the classes, what they need to be made, and the settings
SETTINGS = {
    "optimizers": {
        "SGD": ({}, ["learning_rate", "momentum", "nesterov"]),
        "RMSprop": ({}, ["learning_rate", "rho", "epsilon"]),
        "Adagrad": ({}, ["learning_rate", "initial_accumulator_value", "epsilon"]),
        "Adadelta": ({}, ["learning_rate", "rho", "epsilon"]),
        "Adamax": ({}, ["learning_rate", "beta_1", "beta_2", "epsilon"]),
        "Adam": ({}, ["learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad"]),
        "Nadam": ({}, ["learning_rate", "beta_1", "beta_2", "epsilon"]),
        "AdamW": ({}, ["learning_rate", "beta_1", "beta_2", "epsilon", "amsgrad",
                       "weight_decay"])},
    "layers": {
        "Dense": ({"units": 1}, ["activation", "kernel_initializer", "bias_initializer"]),
        "Conv2D": ({"filters": 1, "kernel_size": 1},
                   ["activation", "padding", "kernel_initializer", "bias_initializer"]),
        "SimpleRNN": ({"units": 1}, RECURRENT),
        "LSTM": ({"units": 1}, RECURRENT + ["recurrent_activation", "unit_forget_bias"]),
        "GRU": ({"units": 1}, RECURRENT + ["recurrent_activation", "reset_after"]),
        "BatchNormalization": ({}, ["momentum", "epsilon", "beta_initializer",
                                    "gamma_initializer"]),
        "LayerNormalization": ({}, ["epsilon", "beta_initializer", "gamma_initializer"]),
        "Embedding": ({"input_dim": 1, "output_dim": 1}, ["embeddings_initializer"]),
        "ReLU": ({}, ["max_value", "negative_slope", "threshold"]),
        "LeakyReLU": ({}, ["negative_slope"]),
        "PReLU": ({}, ["alpha_initializer"]),
        "ELU": ({}, ["alpha"])},
    "initializers": {
        "RandomNormal": ({}, ["mean", "stddev"]),
        "RandomUniform": ({}, ["minval", "maxval"]),
        "TruncatedNormal": ({}, ["mean", "stddev"]),
        "VarianceScaling": ({}, ["scale", "mode", "distribution"]),
        "Orthogonal": ({}, ["gain"])},
    "losses": {
        "BinaryCrossentropy": ({}, ["from_logits", "label_smoothing"]),
        "CategoricalCrossentropy": ({}, ["from_logits", "label_smoothing"]),
        "SparseCategoricalCrossentropy": ({}, ["from_logits"]),
        "Huber": ({}, ["delta"])},
}


def defaults_of(module, name, needed, settings):
    kind = there(getattr(own_keras(), module), name)
    config = kind(**needed).get_config()
    signature = inspect.signature(kind.__init__).parameters
    return {setting: [f"{setting}={as_text(found(config, signature, setting))}"]
            for setting in settings}


def found(config, signature, setting):
    """In the configuration, or else among the arguments; None if in neither."""
    names = [setting] + FORMER_NAMES.get(setting, [])
    return next(itertools.chain(
        (config[name] for name in names if name in config),
        (signature[name].default for name in names if name in signature)), None)


def as_text(value):
    """As a person would write it: a number as a float32, an initializer by its class name."""
    if value is None or isinstance(value, (bool, np.bool_)):
        return str(value)
    if isinstance(value, (numbers.Real, np.number, np.ndarray)):
        return str(as_written(value))
    if isinstance(value, dict):
        return value["class_name"].replace("Initializer", "")      # as Keras 3.0 to 3.2 add
    return value


PROBES = [Probe(f"defaults of {name}", DEFAULTS, (name,),
                functools.partial(defaults_of, module, name, *row))
          for module, classes in SETTINGS.items() for name, row in classes.items()]
