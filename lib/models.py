"""Small Keras models."""
import numpy as np

from lib.compat import keras


def single_unit(activation, start):
    """One weight and an activation: ``Dense(1, use_bias=False)`` on one input, then the layer.

    activation: a Keras layer; start: the weight w(0). Input and output have shape (batch, 1).
    """
    model = keras.Sequential([
        keras.layers.Input((1,)),
        keras.layers.Dense(1, use_bias=False),
        activation,
    ])
    model.set_weights([np.array([[start]], "float32")])
    return model


def leaky_relu(negative_slope):
    """The layer max(x, 0) + c min(x, 0): Keras' LeakyReLU, which refuses c < 0, for c >= 0."""
    if negative_slope >= 0:
        return keras.layers.LeakyReLU(negative_slope=negative_slope)

    class RisingLeakyReLU(keras.layers.Layer):
        def call(self, x):
            return keras.ops.where(x > 0, x, negative_slope * x)

    layer = RisingLeakyReLU()
    layer.negative_slope = negative_slope
    return layer
