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


def linear_unit(start):
    """``Dense(1, use_bias=False)`` with the weights ``start``: linear regression in Keras."""
    model = keras.Sequential([keras.layers.Input((len(start),)),
                              keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.reshape(start, (-1, 1)).astype("float32")])
    return model


def two_linear_layers(u, v):
    """v u x: two ``Dense(1, use_bias=False)`` of the weights u and v, the smallest deep network."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False),
                              keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[weight]], "float32") for weight in (u, v)])
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


def tap(shape):
    """A layer that adds zeros of that shape: their gradient is the one that reaches the layer.

    The zeros are ``layer.zeros``, of the shape of a batch, so each sample has a gradient.
    """
    class Tap(keras.layers.Layer):
        def build(self, _):
            self.zeros = self.add_weight(shape=shape, initializer="zeros", name="zeros")

        def call(self, x):
            return x + self.zeros

        def compute_output_shape(self, input_shape):
            return input_shape

    return Tap()


def deep_chain(initializer, activation, widths, samples):
    """For each layer Dense without bias, a tap, and the layer that ``activation`` makes.

    initializer: a Keras initializer whose seed is a SeedGenerator, as every layer draws from it;
    widths: of the input and of each layer; samples: of the batches that it takes.
    """
    layers = [keras.layers.Input((widths[0],))]
    for width in widths[1:]:
        layers += [keras.layers.Dense(width, use_bias=False, kernel_initializer=initializer),
                   tap((samples, width)), activation()]
    return keras.Sequential(layers)
