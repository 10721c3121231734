"""Small Keras models."""
import numpy as np

from lib.compat import keras


def single_unit(activation, start):
    """One weight and an activation: ``Dense(1, use_bias=False)`` on one input, then the activation.

    activation: a Keras layer; start: the initial weight w(0). Input and output: (batch, 1).
    """
    model = keras.Sequential([
        keras.layers.Input((1,)),
        keras.layers.Dense(1, use_bias=False),
        activation,
    ])
    model.set_weights([np.array([[start]], "float32")])
    return model


def linear_unit(start):
    """``Dense(1, use_bias=False)`` with initial weights ``start``: linear regression in Keras."""
    model = keras.Sequential([keras.layers.Input((len(start),)),
                              keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.reshape(start, (-1, 1)).astype("float32")])
    return model


def two_linear_layers(u, v):
    """v u x: two ``Dense(1, use_bias=False)`` with weights u and v, the smallest deep network."""
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False),
                              keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[weight]], "float32") for weight in (u, v)])
    return model


def leaky_relu(negative_slope):
    """The layer max(x, 0) + c min(x, 0): Keras' LeakyReLU for c >= 0, our own for c < 0.

    Keras refuses c < 0.
    """
    if negative_slope >= 0:
        return keras.layers.LeakyReLU(negative_slope=negative_slope)

    class RisingLeakyReLU(keras.layers.Layer):
        def call(self, x):
            return keras.ops.where(x > 0, x, negative_slope * x)

    layer = RisingLeakyReLU()
    layer.negative_slope = negative_slope
    return layer


def product(equation, kernel_shape):
    """A layer without a bias that multiplies its input by a kernel, using ``ops.einsum``.

    equation: such as "bi,sio->bso", for many Dense layers side by side. The kernel starts at zero.
    """
    class Product(keras.layers.Layer):
        def build(self, _):
            self.kernel = self.add_weight(shape=kernel_shape, initializer="zeros", name="kernel")

        def call(self, x):
            return keras.ops.einsum(equation, x, self.kernel)

    return Product()


def tap(shape):
    """A layer that adds zeros of ``shape``: their gradient is the one that reaches the layer.

    The zeros, ``layer.zeros``, have the shape of a batch, so each sample has its own gradient.
    """
    class Tap(keras.layers.Layer):
        def build(self, _):
            self.zeros = self.add_weight(shape=shape, initializer="zeros", name="zeros")

        def call(self, x):
            return x + self.zeros

        def compute_output_shape(self, input_shape):
            return input_shape

    return Tap()


def deep_chain(activation, widths, samples):
    """For each layer a Dense without bias, a tap, and the layer that ``activation()`` returns.

    widths: of the input and of each layer; samples: the batch size that the model takes.
    """
    layers = [keras.layers.Input((widths[0],))]
    for width in widths[1:]:
        layers += [keras.layers.Dense(width, use_bias=False), tap((samples, width)), activation()]
    return keras.Sequential(layers)
