"""From a Keras model to a history."""
from lib.claims import History
from lib.compat import as_written, compile_model, fit_in_turn, optimizer_settings
from lib.progress import track


def fit(model, batches, optimizer, loss, epochs, steps_per_epoch, jit_compile=None,
        loss_name=None, **described):
    """Train. Returns a History of ``loss``, and the weights after each epoch.

    batches: of lib.data, as many as are needed; loss: Keras' name of it, or a function, recorded
    under its own name unless there is a ``loss_name``; jit_compile: see
    ``lib.compat.compile_model``; described: more settings of the History.
    The weights are [[array of each weight] of each epoch].
    """
    compile_model(model, optimizer, loss, steps_per_epoch, jit_compile)
    return fit_compiled(model, batches, epochs, steps_per_epoch, loss_name or (
        loss if isinstance(loss, str) else loss.__name__), **described)


def fit_compiled(model, batches, epochs, steps_per_epoch, loss_name, **described):
    """What ``fit`` does, with a model that is compiled already."""
    losses, weights = [], []
    for some, x, y in batches.pieces(epochs, steps_per_epoch):
        losses += fit_in_turn(model, x, y, some, steps_per_epoch, lambda: weights.append(
            [weight.copy() for weight in model.get_weights()]))
    settings = dict(optimizer_settings(model.optimizer), **batches.settings())
    settings.update(loss=loss_name, epochs=epochs, steps_per_epoch=steps_per_epoch)
    return History(dict(settings, **described), loss=losses), weights


def train(unit, batches, optimizer, loss, epochs, steps_per_epoch):
    """Train a ``lib.models.single_unit``: a History of ``loss`` and ``weight``."""
    activation = unit.layers[-1]
    history, weights = fit(
        unit, batches, optimizer, loss, epochs, steps_per_epoch,
        activation=type(activation).__name__, start=as_written(unit.get_weights()[0][0, 0]),
        negative_slope=float(getattr(activation, "negative_slope", 0.0)))
    return history.plus(weight=[float(kernel[0, 0]) for kernel, in weights])


def train_by_epochs(model, batches, orders, measure, checkpoint, description="training"):
    """Train a compiled model an epoch at a time, from the epoch that ``checkpoint`` has reached.

    batches: a function from an order to an epoch of batches (``lib.compat.in_this_order``);
    orders: of the rows, one per epoch; measure: a function from the order just trained on to
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


def train_each(settings, train_one, description="training", resume=None):
    """``{label: train_one(setting)}`` for each of ``settings``, with progress shown.

    resume: where an interrupted run goes on, see ``FromTheStart``; by default nothing is kept.
    """
    resume = resume or FROM_THE_START
    return {label: resume.history(label, lambda: train_one(setting))
            for label, setting in track(settings.items(), description)}


class FromTheStart:
    """The ``resume`` of a run that keeps nothing and so always starts anew.

    ``lib.suite.unfinished.Unfinished`` has the same methods and keeps what they make.
    """

    def history(self, label, make):
        """The History that ``make()`` returns, or the one that an interrupted run saved."""
        return make()

    def training(self, settings, for_others=False):
        """Where a training with these settings stands: something to ``restore`` and ``save``.

        settings: plain data, all that the numbers depend on; for_others: whether another claim may
        go on from its end.
        """
        return self

    def restore(self, model):
        return {}

    def save(self, model, series):
        pass


FROM_THE_START = FromTheStart()
