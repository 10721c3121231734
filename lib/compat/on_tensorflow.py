"""TensorFlow 2 and later: the functions that each engine has, see ``lib.compat``."""
import numpy as np

from lib.compat.loading import load


def gradient_function(model, loss, weights, often):
    tensorflow = load("tensorflow")

    def derivatives(x, y):
        with tensorflow.GradientTape() as tape:
            value = loss(y, model(x))
        return value, tape.gradient(value, weights)

    if often:
        derivatives = tensorflow.function(derivatives)

    def function(x, y):
        value, gradients = derivatives(*_constants(x, y))
        return float(value), [gradient.numpy() for gradient in gradients]

    return function


def hessian_function(model, loss):
    tensorflow = load("tensorflow")
    weights = model.trainable_variables

    def flat(tensors):
        return tensorflow.concat([tensorflow.reshape(one, [-1]) for one in tensors], 0)

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
        return value, gradient, tensorflow.map_fn(product, tensorflow.eye(int(gradient.shape[0])))

    def function(x, y):
        value, gradient, hessian = derivatives(*_constants(x, y))
        return float(value), gradient.numpy().astype(float), hessian.numpy().astype(float)

    return function


def evaluated(function, arrays):
    return function(*_constants(*arrays)).numpy()


def derivative(function, array):
    tensorflow = load("tensorflow")
    x, = _constants(array)
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


def _constants(*arrays):
    return [load("tensorflow").constant(np.asarray(array), "float32") for array in arrays]
