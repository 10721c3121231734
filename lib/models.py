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
