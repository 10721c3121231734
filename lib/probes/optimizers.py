"""Five steps of each optimizer on given gradients, and some traps of an upgrade.

A Dense layer takes the steps, in ``fit``, on batches of one sample x and with the loss y times the
prediction. The gradient of its kernel is then y x and that of its bias y, and both are exact: what
differs between releases is the optimizer's doing.
"""
import functools
import warnings
from collections import namedtuple

import numpy as np

from lib.compat import NotSupported, engine, fit_in_turn, keras
from lib.compat.probing import there
from lib.models import linear_unit
from lib.probes import OPTIMIZER, Probe, optimizers_in_numpy as in_numpy

LEARNING_RATE = 0.125       # a power of two, as is every y, so that these multiply exactly
START = np.array([1, -1, 0.5, 2, 0], "float32")     # four weights of the kernel and the bias
Y = np.array([1, -1, 2, 0.5, 1], "float32")
# One row for each step. The small ones are near epsilon, which is 1e-7
X = np.array([[1e-7, 1e-4, 1, 100],
              [1e-7, 2e-4, -2, 50],
              [-2e-7, 1e-4, 0.5, -100],
              [3e-7, -3e-4, 1, 10],
              [1e-7, 1e-4, 3, 1]], "float32")

# name: of Keras' class; rule: in NumPy; settings: besides the learning rate, of both
Case = namedtuple("Case", "name rule settings learning_rate")
Case.__new__.__defaults__ = (LEARNING_RATE,)
CASES = {
    "SGD": Case("SGD", in_numpy.sgd, {}),
    "SGD, momentum 0.9": Case("SGD", in_numpy.sgd, {"momentum": 0.9}),
    "SGD, Nesterov momentum 0.9": Case("SGD", in_numpy.sgd, {"momentum": 0.9, "nesterov": True}),
    "RMSprop": Case("RMSprop", in_numpy.rmsprop, {}),
    "Adagrad": Case("Adagrad", in_numpy.adagrad, {}),
    "Adagrad from 0": Case("Adagrad", in_numpy.adagrad, {"initial_accumulator_value": 0.0}),
    "Adadelta": Case("Adadelta", in_numpy.adadelta, {}, 8.0),     # its steps are small
    "Adamax": Case("Adamax", in_numpy.adamax, {}),
    "Adam": Case("Adam", in_numpy.adam, {}),
    # with the usual 0.999 the largest second moment is hardly more than the last, in five steps
    "Adam, amsgrad": Case("Adam", in_numpy.adam, {"amsgrad": True, "beta_2": 0.9}),
    "AdamW": Case("AdamW", in_numpy.adamw, {}),
    "Nadam": Case("Nadam", in_numpy.nadam, {}),
}


def optimizer(case, **settings):
    """Keras' optimizer of a Case; ``settings`` may add to it or replace some."""
    make = there(keras.optimizers, case.name)
    try:
        return make(case.learning_rate, **dict(case.settings, **settings))
    except TypeError as error:      # a setting that it does not have
        raise NotSupported(str(error)) from error


def weights_after_each_step(of_keras, bias=True, **compiled):
    """Train a new Dense layer: an array of (steps, weights). Without the bias it is one array.

    Compiled by Keras itself: ``lib.compat.compile_model`` would have the optimizer make its
    variables first, after which Nadam of TensorFlow 2.11 to 2.15 stays finite.
    """
    never_eager_in_a_graph(compiled)
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1, use_bias=bias)])
    model.set_weights([START[:4, None], START[4:]][:1 + bias])
    model.compile(optimizer=of_keras, loss=lambda y, prediction: y * prediction, **compiled)
    steps = []
    fit_in_turn(model, X[:, None], Y[:, None, None], epochs=len(X), steps_per_epoch=1,
                after_epoch=lambda: steps.append(np.concatenate(
                    [one.ravel() for one in model.get_weights()])))
    return np.array(steps)


def weights_in_numpy(case, bias=True, **settings):
    """What ``weights_after_each_step`` gives in exact arithmetic."""
    gradients = Y[:, None] * np.append(X, np.ones((len(X), 1)), axis=1)
    step = case.rule(case.learning_rate, **dict(case.settings, **settings))
    return in_numpy.trained(step, START.astype("float64"), gradients)[:, :4 + bias]


def never_eager_in_a_graph(compiled):
    """Raises NotSupported if a model is to be compiled to run eagerly on TensorFlow 1."""
    if compiled and engine() == "graph":
        raise NotSupported("fit of TensorFlow 1 is never eager")


def _probe(name, case, bias=True, **compiled):
    return Probe(name, OPTIMIZER, (case.name,),
                 lambda: {"weights": weights_after_each_step(optimizer(case), bias, **compiled)},
                 lambda: {"weights": weights_in_numpy(case, bias)}, settings=case.settings)


def step_of_a_unit(model, x, y, steps=1):
    """``fit`` the single weight of a model to one sample; the weight after it."""
    model.fit(np.full((1, 1), x, "float32"), np.full((1, 1), y, "float32"), batch_size=1,
              epochs=steps, verbose=0)
    return float(model.get_weights()[0][0, 0])


def unit(of_keras, **compiled):
    """A linear unit with the weight 0 and the squared error, compiled."""
    model = linear_unit([0])
    model.compile(optimizer=of_keras, loss="mse", **compiled)
    return model


def fate_of_setting(*settings, **named):
    """What SGD does with the named setting: "an error", "ignored" or "honoured"."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            of_keras = there(keras.optimizers, "SGD")(*settings, **named)
    except (TypeError, ValueError):
        return {"fate": ["an error"]}
    with_it, without = (step_of_a_unit(unit(one), 1, 1, steps=2)
                        for one in (of_keras, keras.optimizers.SGD(*settings)))
    return {"fate": ["ignored" if abs(with_it - without) < 1e-6 else "honoured"],
            "weight": [with_it]}


def weight_after_a_nan(**compiled):
    """That of a unit whose weight became NaN, was set to 0, and took one more step."""
    never_eager_in_a_graph(compiled)
    model = unit(keras.optimizers.SGD(0.25), **compiled)
    step_of_a_unit(model, np.nan, 1)
    model.set_weights([np.zeros((1, 1), "float32")])
    return {"weight": [step_of_a_unit(model, 1, 1)]}


PROBES = [_probe(name, case) for name, case in CASES.items()]
PROBES += [_probe("Nadam, eagerly", CASES["Nadam"], run_eagerly=True),
           _probe("Nadam, a single weight", CASES["Nadam"], bias=False)]
# No claim does any of these, so they are about no class on its path
PROBES += [
    Probe("SGD(lr=0.25)", OPTIMIZER, (), functools.partial(fate_of_setting, lr=0.25)),
    Probe("SGD(0.25, decay=1)", OPTIMIZER, (),
          functools.partial(fate_of_setting, 0.25, decay=1.0)),
    Probe("SGD after a NaN, weights set anew", OPTIMIZER, (), weight_after_a_nan,
          lambda: {"weight": [0.5]}),
    Probe("SGD after a NaN, weights set anew, eagerly", OPTIMIZER, (),
          functools.partial(weight_after_a_nan, run_eagerly=True), lambda: {"weight": [0.5]}),
]
