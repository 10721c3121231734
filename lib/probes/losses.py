"""The value, the gradient and a step of losses, where the output is ordinary and where it is not.

Each sample has weights of its own: its input is a unit vector, so row i of the kernel is what comes
out for sample i before the activation, and the gradient is with respect to that.
"""
import functools

import numpy as np

from lib.compat import compile_model, gradient_function, keras
from lib.compat.probing import loss_of_class
from lib.probes import LOSS, Probe
from lib.probes.layers_in_numpy import gradients

RATE = 1.0      # of SGD


# In float64, as functions of the logits: (samples, units)
def squared(y, z):
    return np.mean((z - y) ** 2)


def absolute(y, z):
    return np.mean(np.abs(z - y))


def huber(y, z):
    error = np.abs(z - y)
    return np.mean(np.where(error <= 1, error ** 2 / 2, error - 0.5))


def hinge(y, z):
    return np.mean(np.maximum(1 - y * z, 0))


def binary(y, z):
    """-log of sigmoid(z) for y = 1, and of 1 - sigmoid(z) for y = 0."""
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


def categorical(y, z):
    """-log of softmax(z) at the place of the 1 in y."""
    largest = z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z - largest).sum(axis=1)) + largest[:, 0] - (y * z).sum(axis=1))


def sparse(y, z):
    return categorical(np.eye(z.shape[1])[y[:, 0].astype(int)], z)


ONE_OF_THREE = np.array([[0, 1, 0], [0, 0, 1]])
# Logits and targets. A sigmoid or softmax of "saturated" ones is exactly 0 or 1 as a float32, and
# wrong
REAL = [[0.5, -1.5], [2.0, 0.1]], [[0.2, 1.0], [-1.0, 0.3]]
SIGNS = [[0.5, -1.5], [2.0, 0.1]], [[1, 1], [-1, 1]]
YES_OR_NO = {"": ([[0.5], [-2.0]], [[1], [1]]), ", saturated": ([[200.0], [-200.0]], [[0], [1]])}
CLASSES = {"": ([[0.5, -1.0, 0.2], [-0.3, 0.8, 1.5]], ONE_OF_THREE),
           ", saturated": ([[200.0, 0.0, 0.0], [0.0, 200.0, -200.0]], ONE_OF_THREE)}
NUMBERS = {case: (logits, y.argmax(axis=1)[:, None]) for case, (logits, y) in CLASSES.items()}
# Loss, the activation before it and the class that takes logits, and the same of logits in float64
CROSS_ENTROPIES = {
    "binary_crossentropy": ("sigmoid", "BinaryCrossentropy", binary, YES_OR_NO),
    "categorical_crossentropy": ("softmax", "CategoricalCrossentropy", categorical, CLASSES),
    "sparse_categorical_crossentropy": ("softmax", "SparseCategoricalCrossentropy", sparse,
                                        NUMBERS)}
OF_NUMBERS = {
    "mean_squared_error": (squared, REAL), "mean_absolute_error": (absolute, REAL),
    "hinge": (hinge, SIGNS)}


def loss_probe(name, subject, loss, activation, in_float64, logits, y):
    """loss: a function without arguments that gives what ``compile`` takes."""
    logits, y = (np.array(part, "float32") for part in (logits, y))
    x = np.eye(len(logits), dtype="float32")

    def measure():
        inputs = keras.Input(shape=(len(logits),))
        model = keras.Model(inputs, keras.layers.Dense(
            logits.shape[1], use_bias=False, activation=activation)(inputs))
        model.set_weights([logits])
        function = loss()
        value, (gradient,) = gradient_function(model, lambda y, prediction: keras.ops.mean(
            function(y, prediction)))(x, y)
        compile_model(model, keras.optimizers.SGD(RATE), function)
        fitted = model.fit(x, y, batch_size=len(x), verbose=0).history["loss"]
        return {"value": value, "gradient": gradient, "loss of fit": fitted,
                "after a step": model.get_weights()[0]}

    def reference():
        value = in_float64(y, logits.astype(float))
        gradient, = gradients(lambda z: in_float64(y, z), [logits])
        return {"value": value, "gradient": gradient, "loss of fit": value,
                "after a step": logits - RATE * gradient}

    return Probe(name, LOSS, (subject,), measure, reference)


def by_name(name):
    return lambda: keras.losses.get(name)


def of_class(name, **settings):
    return functools.partial(loss_of_class, name, **settings)


PROBES = (
    [loss_probe(name, name, by_name(name), None, in_float64, *numbers)
     for name, (in_float64, numbers) in OF_NUMBERS.items()]
    + [loss_probe("huber", "huber", of_class("Huber"), None, huber, *REAL)]
    + [loss_probe(name + case, name, by_name(name), activation, in_float64, *numbers)
       for name, (activation, _, in_float64, cases) in CROSS_ENTROPIES.items()
       for case, numbers in cases.items()]
    + [loss_probe(f"{name} of logits{case}", name, of_class(class_name, from_logits=True), None,
                  in_float64, *numbers)
       for name, (_, class_name, in_float64, cases) in CROSS_ENTROPIES.items()
       for case, numbers in cases.items()])
