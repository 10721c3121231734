"""From a Keras model to a history."""
from collections import OrderedDict

from lib.claims import History
from lib.compat import (as_written, compile_model, epoch_function, optimizer_settings,
                        repeated_batches)
from lib.progress import track


def fit(model, batches, optimizer, loss, epochs, steps_per_epoch, metrics=(), jit_compile=None):
    """Train, and return the loss of each epoch and the weights after it.

    batches: of lib.data, whose first ones are drawn here. metrics: of Keras; what they measure is
    in ``model.history``. jit_compile: see ``lib.compat.compile_model``.
    Returns ([float] * epochs, [[array of each weight]] * epochs).
    The steps of an epoch run as one call of the framework, which changes no number.
    """
    x, y = batches.stacked(epochs * steps_per_epoch)
    one_epoch = None if metrics else epoch_function(model, x, y, optimizer, loss, steps_per_epoch)
    if one_epoch:
        losses, weights = zip(*((one_epoch(), model.get_weights()) for _ in range(epochs)))
        return list(losses), list(weights)
    from lib.callbacks import WeightHistory
    recorder = WeightHistory()
    compile_model(model, optimizer, loss, steps_per_epoch, jit_compile, metrics)
    log = model.fit(repeated_batches(x, y), epochs=epochs, steps_per_epoch=steps_per_epoch,
                    shuffle=False, verbose=0, callbacks=[recorder])
    return [float(value) for value in log.history["loss"]], recorder.weights


def train(unit, batches, optimizer, loss, epochs, steps_per_epoch):
    """Train a ``lib.models.single_unit`` and return its History with ``loss`` and ``weight``."""
    start = as_written(unit.get_weights()[0][0, 0])
    losses, weights = fit(unit, batches, optimizer, loss, epochs, steps_per_epoch)
    activation = unit.layers[-1]
    settings = {"activation": type(activation).__name__,
                "negative_slope": float(getattr(activation, "negative_slope", 0.0)),
                "start": start, "loss": loss, "epochs": epochs,
                "steps_per_epoch": steps_per_epoch}
    settings.update(optimizer_settings(optimizer))
    settings.update(batches.settings())
    return History(settings, loss=losses,
                   weight=[float(kernel[0, 0]) for kernel, in weights])


def train_by_epochs(model, batches, orders, measure, checkpoint, description="training"):
    """Train a compiled model an epoch at a time, from where ``checkpoint`` says that it stands.

    batches: a function from an order to an epoch of batches (``lib.compat.ordered_batches``);
    orders: of the rows, one an epoch; measure: a function of the order just trained on that gives
    {name: number}. Returns these and the loss as series: {name: [number of each epoch]}.
    """
    series = checkpoint.restore(model)
    trained = len(series.get("loss", ()))
    for epoch, order in enumerate(track(orders, description)):
        if epoch < trained:
            continue
        log = model.fit(shuffle=False, verbose=0, **batches(order))
        for name, number in dict(measure(order), loss=log.history["loss"][0]).items():
            series.setdefault(name, []).append(float(number))
        checkpoint.save(model, series)
    return series


def train_each(settings, train_one, description="training", keep=lambda _, make: make()):
    """``{label: train_one(setting)}`` for each of ``settings``, with progress shown.

    keep: of ``lib.checkpoints.keep_diagrams``.
    """
    histories = OrderedDict()
    for label, setting in track(settings.items(), description):
        histories[label] = keep(label, lambda: train_one(setting))
    return histories
