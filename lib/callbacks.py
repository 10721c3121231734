"""Callbacks that record a training. Importing this module imports Keras."""
from lib.compat import keras


class WeightHistory(keras.callbacks.Callback):
    """Keeps a copy of all weights after each epoch: ``weights[k]`` is a list of arrays."""

    def on_train_begin(self, logs=None):
        self.weights = []

    def on_epoch_end(self, epoch, logs=None):
        self.weights.append([weight.copy() for weight in self.model.get_weights()])
