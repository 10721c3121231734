"""JAX, on which Keras 3 runs: the functions that each engine has, see ``lib.compat``."""
import importlib

import numpy as np

from lib.compat.loading import load


def gradient_function(model, loss, weights, often):
    jax = load("jax")
    value, weights_now = function_of_weights(model, loss)
    derivatives = jax.jit(jax.value_and_grad(value))
    places = [[variable is weight for variable in model.trainable_variables].index(True)
              for weight in weights]

    def function(x, y):
        value, gradients = derivatives(weights_now(), *_float32(x, y))
        return float(value), [np.array(gradients[place]) for place in places]

    return function


def hessian_function(model, loss):
    jax = load("jax")
    value, weights_now = function_of_weights(model, loss)
    ravel = importlib.import_module("jax.flatten_util").ravel_pytree

    @jax.jit
    def derivatives(weights, x, y):
        flat, shaped = ravel(weights)
        slope = jax.value_and_grad(lambda flat: value(shaped(flat), x, y))
        now, gradient = slope(flat)
        products = jax.vmap(lambda unit: jax.jvp(lambda at: slope(at)[1], (flat,), (unit,))[1])
        return now, gradient, products(jax.numpy.eye(len(flat)))

    def function(x, y):
        now, gradient, hessian = derivatives(weights_now(), *_float32(x, y))
        return float(now), np.array(gradient, float), np.array(hessian, float)

    return function


def evaluated(function, arrays):
    return np.array(load("jax").jit(function)(*arrays))


def derivative(function, array):
    jax = load("jax")
    return np.array(jax.jit(jax.grad(lambda x: function(x).sum()))(array))


def function_of_weights(model, loss):
    """The loss as a function of (weights, x, y), and a function that gives today's weights."""
    def value(weights, x, y):
        others = [variable.value for variable in model.non_trainable_variables]
        output, _ = model.stateless_call(weights, others, x)
        return loss(y, output)

    return value, lambda: [variable.value for variable in model.trainable_variables]


def _float32(*arrays):
    return [np.asarray(array, "float32") for array in arrays]
