"""The optimizers that sweeps are tested with: functions from a learning rate to one of Keras."""
from lib.compat import keras

OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum": lambda rate: keras.optimizers.SGD(rate, momentum=0.7),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}
