"""TensorFlow 1, with its graph: the functions that each engine has, see ``lib.compat``."""
import numpy as np

from lib.compat.loading import load


def gradient_function(model, loss, weights, often):
    tensorflow = load("tensorflow")
    x, y = (tensorflow.placeholder("float32") for _ in range(2))

    def function(x_values, y_values):
        if x.shape.ndims is None:
            x.set_shape(np.shape(x_values))
            y.set_shape(np.shape(y_values))
            value = loss(y, model(x))
            function.tensors = [value] + tensorflow.gradients(value, weights)
        value, *gradients = _session().run(function.tensors, {x: x_values, y: y_values})
        return float(value), gradients

    return function


def hessian_function(model, loss):
    tensorflow = load("tensorflow")
    weights = model.trainable_variables
    tensors = []

    def flat(parts):
        return tensorflow.concat([tensorflow.reshape(one, [-1]) for one in parts], 0)

    def function(x, y):
        if not tensors:
            x_in, y_in = (tensorflow.placeholder("float32", np.shape(one)) for one in (x, y))
            value = loss(y_in, model(x_in))
            gradient = flat(tensorflow.gradients(value, weights))
            vector = tensorflow.placeholder("float32", gradient.shape)
            along = tensorflow.gradients(tensorflow.reduce_sum(gradient * vector), weights)
            product = flat([tensorflow.zeros_like(weight) if one is None else one
                            for one, weight in zip(along, weights)])
            tensors.extend((x_in, y_in, vector, value, gradient, product))
        x_in, y_in, vector, value, gradient, product = tensors
        value, gradient = _session().run([value, gradient], {x_in: x, y_in: y})
        rows = [_session().run(product, {x_in: x, y_in: y, vector: unit})
                for unit in np.eye(len(gradient))]
        return float(value), gradient.astype(float), np.array(rows, float)

    return function


def evaluated(function, arrays):
    tensorflow = load("tensorflow")
    inputs = [tensorflow.placeholder("float32", array.shape) for array in arrays]
    return _session().run(function(*inputs), dict(zip(inputs, arrays)))


def derivative(function, array):
    tensorflow = load("tensorflow")
    x = tensorflow.placeholder("float32", array.shape)
    return _session().run(tensorflow.gradients(function(x), x)[0], {x: array})


def forget_models():
    """Drop the graph that holds every model made so far: none can be used again."""
    load("tensorflow").keras.backend.clear_session()
    new_session()


def new_session():
    """Set a session that prepares only the part of the graph that it runs, not every model."""
    tensorflow = load("tensorflow")
    options = tensorflow.GraphOptions(place_pruned_graph=True)
    tensorflow.keras.backend.set_session(tensorflow.Session(
        config=tensorflow.ConfigProto(graph_options=options)))


def _session():
    """Keras' session, in which its variables have their values."""
    return load("tensorflow").keras.backend.get_session()
