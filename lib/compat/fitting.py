"""Keras' own ``compile`` and ``fit``, called in the way that is quickest on each release."""
import itertools

import numpy as np

from lib.compat.loading import (engine, is_keras_3, load, own_keras, release,
                                tensorflow_release)


def compile_model(model, optimizer, loss, steps_per_execution=1, jit_compile=None):
    """``model.compile``, with as many steps in one call of the framework as it can take.

    jit_compile: whether XLA compiles a step, where it can; on a CPU Keras does not by default.
    """
    settings = {}
    if engine() != "torch" and (is_keras_3() or tensorflow_release() >= (2, 4)):
        settings["steps_per_execution"] = _steps_at_once(steps_per_execution)
    if jit_compile and compiles_with_xla():
        settings["jit_compile"] = True
    model.compile(optimizer=optimizer, loss=loss, **settings)
    _build(model.optimizer, model.trainable_variables)


def compiles_with_xla():
    """Whether ``compile_model`` can have XLA compile a step: from TensorFlow 2.11 on."""
    return engine() != "torch" and (is_keras_3() or tensorflow_release() >= (2, 11))


def _steps_at_once(steps):
    """How many of ``steps`` one call takes: Keras 3.0 to 3.6 on TensorFlow writes them out one by
    one, and TensorFlow refuses more than 32 of them.
    """
    if not is_keras_3() or engine() != "tensorflow" or release(load("keras")) >= (3, 7):
        return steps
    return max(part for part in range(1, 11) if steps % part == 0)


def _build(optimizer, weights):
    """Have the optimizer make its weights now: a step that makes any is traced twice."""
    if hasattr(optimizer, "build"):
        if not getattr(optimizer, "built", False):
            optimizer.build(weights)
    elif engine() == "tensorflow":      # an optimizer as they were before TensorFlow 2.11
        optimizer.iterations    # is one of them, made when it is first asked for
        optimizer._create_hypers()
        optimizer._create_slots(weights)


def fit_in_turn(model, x, y, epochs, steps_per_epoch, after_epoch=lambda: None):
    """``fit`` a compiled model to batches in turn, again and again; the loss of each epoch.

    x, y: batches as float32, of shape (batches, batch size, features) and (batches, batch size,
    outputs). after_epoch: a function without arguments, called after each epoch.
    """
    if engine() == "graph":     # TensorFlow 1 is quickest with arrays: one call for each epoch
        losses = []
        for epoch in range(epochs):
            rows = np.arange(epoch * steps_per_epoch, (epoch + 1) * steps_per_epoch) % len(x)
            log = model.fit(*(part[rows].reshape((-1,) + part.shape[2:]) for part in (x, y)),
                            batch_size=x.shape[1], shuffle=False, verbose=0)
            losses += log.history["loss"]
            after_epoch()
    else:
        batches = (_rows_of(x, y).repeat() if engine() == "tensorflow"
                   else (batch for batch in itertools.cycle(zip(x, y))))
        log = model.fit(batches, epochs=epochs, steps_per_epoch=steps_per_epoch, shuffle=False,
                        verbose=0, callbacks=[_after_each_epoch(after_epoch)])
        losses = log.history["loss"]
    return [float(loss) for loss in losses]


def _after_each_epoch(function):
    return own_keras().callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: function())


def in_this_order(x, y, batch_size):
    """A function from an order of the rows to settings for ``fit``: an epoch of them in batches.

    x, y: arrays of all rows; an order has row numbers, a multiple of ``batch_size`` of them.
    """
    if not is_keras_3() or engine() != "tensorflow":
        return lambda order: {"x": x[order], "y": y[order], "batch_size": batch_size}

    tensorflow = load("tensorflow")     # its gather, on the device that trains, beats NumPy's
    all_x, all_y = tensorflow.constant(x), tensorflow.constant(y)

    def gathered(order):
        rows = np.reshape(order, (-1, batch_size))
        return {"x": _rows_of(tensorflow.gather(all_x, rows), tensorflow.gather(all_y, rows))}

    return gathered


def _rows_of(*tensors):
    """A tf.data Dataset of the rows of tensors in memory, with autotuning off.

    The thread that tunes a pipeline as it runs delays the end of a training by up to a second.
    """
    tensorflow = load("tensorflow")
    options = tensorflow.data.Options()
    if tensorflow_release() >= (2, 7):
        options.autotune.enabled = False
    else:
        options.experimental_optimization.autotune = False
    return tensorflow.data.Dataset.from_tensor_slices(tensors).with_options(options)


def set_learning_rate(optimizer, rate):
    """Have a compiled optimizer go on at another learning rate."""
    if engine() == "graph" and tensorflow_release() < (1, 14):
        load("tensorflow").keras.backend.set_value(optimizer.lr, rate)
    else:
        optimizer.learning_rate = rate


def variables_of(model):
    """What training changes: the weights of a compiled model and those of its optimizer."""
    if not (is_keras_3() or tensorflow_release() >= (2, 11)):
        return list(model.weights) + list(model.optimizer.weights)
    _build(model.optimizer, model.trainable_variables)
    own = model.optimizer.variables
    return list(model.weights) + list(own() if callable(own) else own)  # a method on 2.11
