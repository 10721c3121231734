"""What ``fit`` and its relatives train on and report, for one weight w on x = 1 at most.

The loss is the squared error. Where the learning rate is 0, w stays 0 and the loss of a sample is
y squared.
"""
import numpy as np

from lib.compat import keras
from lib.compat.loading import own_keras
from lib.compat.probing import fit_to, steps_at_once
from lib.probes import FIT, Probe

RATE = 0.1
UNEQUAL = [0, 0, 3]         # targets, in batches of 2
IN_TURN = [3, 0, 1, 2]      # targets of one batch each
# An epoch whose outcome depends on the order, with a smaller batch at the end
INPUTS, TARGETS, BATCH, EPOCHS = [1.0, -0.5, 2.0, 0.3, 1.5], [2.0, 1.0, -1.0, 0.5, 3.0], 2, 2
WEIGHTS = [1.0, 0.0, 2.0, 3.0, 0.5]     # of those samples
CLASSES, OF_CLASS = [0.0, 1.0, 1.0, 0.0, 1.0], {0: 1.0, 1: 3.0}


def unit(rate=0.0, **compiled):
    """A compiled model that gives w x, with w = 0."""
    inputs = keras.Input(shape=(1,))
    outputs = keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", **compiled)
    return model


def column(values):
    return np.array(values, "float32").reshape(-1, 1)


def samples(y):
    """x = 1 and these targets."""
    return column(np.ones(len(y))), column(y)


def weight(model):
    return float(model.get_weights()[0][0, 0])


def loss_of_unequal_batches():
    x, y = samples(UNEQUAL)
    model = unit()
    history = model.fit(x, y, batch_size=2, shuffle=False, verbose=0,
                        validation_data=(x, y)).history
    return {"loss of fit": history["loss"],
            "loss of evaluate": model.evaluate(x, y, batch_size=2, verbose=0),
            "validation loss": history["val_loss"]}


def mean_over_samples():
    mean = np.mean(np.square(UNEQUAL))
    return {"loss of fit": mean, "loss of evaluate": mean, "validation loss": mean}


def logs_of_batches():
    """The loss of each batch, or of all batches of the epoch so far."""
    losses = []

    class Keeps(own_keras().callbacks.Callback):
        def on_batch_end(self, batch, logs=None):
            losses.append(float(logs["loss"]))

    unit().fit(*samples(IN_TURN), batch_size=1, shuffle=False, verbose=0, callbacks=[Keeps()])
    return {"loss in the logs": losses}


def losses_of_train_on_batch():
    model = unit()
    return {"loss": [float(np.ravel(model.train_on_batch(*samples([y])))[0]) for y in IN_TURN]}


def losses_of_test_on_batch():
    model = unit()
    return {"loss": [float(np.ravel(model.test_on_batch(*samples([y])))[0]) for y in IN_TURN]}


def loss_of_each_batch():
    return {"loss": np.square(IN_TURN, dtype=float)}


def trained(x=INPUTS, y=TARGETS, **settings):
    """Two epochs in the order of the samples."""
    model = unit(RATE)
    history = model.fit(column(x), column(y), batch_size=BATCH, epochs=EPOCHS, shuffle=False,
                        verbose=0, **settings).history
    return {"loss": history["loss"], "weight": weight(model)}


def descended(x, y, factors):
    """``trained`` in float64: a weighted loss is a sum divided by the number of samples."""
    x, y, factors = (np.asarray(part, float) for part in (x, y, factors))
    w, losses = 0.0, []
    for _ in range(EPOCHS):
        of_samples = []
        for start in range(0, len(x), BATCH):
            rows = slice(start, start + BATCH)
            error = w * x[rows] - y[rows]
            of_samples += list(factors[rows] * error ** 2)
            w -= RATE * np.mean(2 * factors[rows] * error * x[rows])
        losses.append(np.mean(of_samples))
    return {"loss": losses, "weight": w}


def with_many_steps_in_a_call(steps):
    """Five batches of one sample in an epoch."""
    model = unit(RATE, **steps_at_once(steps))
    history = model.fit(column(INPUTS), column(TARGETS), batch_size=1, epochs=EPOCHS,
                        shuffle=False, verbose=0).history
    return {"loss": history["loss"], "weight": weight(model)}


def with_a_generator_that_runs_out():
    """Three batches for two epochs of five steps."""
    model = unit(RATE)
    batches = (samples([y]) for y in [1.0, 2.0, 3.0])
    raised, losses = "nothing", []
    try:
        losses = fit_to(model, batches, steps_per_epoch=5, epochs=2).history.get("loss", [])
    except Exception as error:      # whatever the release raises is what is measured
        raised = type(error).__name__
    return dict({"raised": [raised], "epochs in the history": len(losses), "weight": weight(model)},
                **({"loss": losses} if losses else {}))


def with_as_many_batches_as_steps():
    """Three batches for three epochs of one step, after which there is nothing left."""
    model = unit(RATE)
    batches = (samples([y]) for y in [1.0, 2.0, 3.0])
    losses = fit_to(model, batches, steps_per_epoch=1, epochs=3).history["loss"]
    return {"loss": losses, "weight": weight(model)}


def each_batch_once():
    w, losses = 0.0, []
    for y in [1.0, 2.0, 3.0]:
        losses.append((w - y) ** 2)
        w -= RATE * 2 * (w - y)
    return {"loss": losses, "weight": w}


CASES = {
    "loss of unequal batches": (loss_of_unequal_batches, mean_over_samples),
    "losses in the logs of batches": (logs_of_batches, None),
    "losses that train_on_batch returns": (losses_of_train_on_batch, loss_of_each_batch),
    "losses that test_on_batch returns": (losses_of_test_on_batch, loss_of_each_batch),
    "fit in order, with a smaller batch last": (
        trained, lambda: descended(INPUTS, TARGETS, np.ones(5))),
    "fit with sample weights": (lambda: trained(sample_weight=np.array(WEIGHTS, "float32")),
                                lambda: descended(INPUTS, TARGETS, WEIGHTS)),
    "fit with class weights": (
        lambda: trained(y=CLASSES, class_weight=OF_CLASS),
        lambda: descended(INPUTS, CLASSES, [OF_CLASS[y] for y in CLASSES])),
    "steps_per_execution of 3 for 5 batches": (
        lambda: with_many_steps_in_a_call(3), None),
    "steps_per_execution of 8 for 5 batches": (
        lambda: with_many_steps_in_a_call(8), None),
    "generator that runs out": (with_a_generator_that_runs_out, None),
    "generator of as many batches as steps": (with_as_many_batches_as_steps, each_batch_once),
}
# What claims do, too: the loss of an epoch is a mean of Keras' own
OF_CLAIMS = ("loss of unequal batches", "fit in order, with a smaller batch last")
PROBES = [Probe(name, FIT, ("Mean",) if name in OF_CLAIMS else (), measure, reference)
          for name, (measure, reference) in CASES.items()]
