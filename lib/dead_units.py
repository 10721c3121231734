"""Hidden units that nothing reaches: they are watched while a network is trained."""
import numpy as np

from lib.claims import History
from lib.compat import gradient_function, keras, optimizer_settings
from lib.training import fit

SAMPLES, INPUTS, UNITS = 1000, 20, 100
# Ours: one at which most units die, while the loss stays finite. A single large step decides how
# many, so that what is said of it is said of the mean over several starts.
KILLING_RATE = 0.07


def one_hidden_layer(activation, seed, bias=0.0):
    """20 inputs, 100 units and the layer ``activation``, one linear output; He normal kernels.

    seed: one that ``RandomState`` takes: the start is the same on every release; bias: of the
    hidden units at the start.
    """
    model = keras.Sequential([keras.layers.Input((INPUTS,)), keras.layers.Dense(UNITS), activation,
                              keras.layers.Dense(1)])
    random_state = np.random.RandomState(seed)
    hidden, outgoing = (random_state.randn(*shape) * np.sqrt(2 / shape[0])
                        for shape in ((INPUTS, UNITS), (UNITS, 1)))
    model.set_weights([hidden, np.full(UNITS, bias), outgoing, np.zeros(1)])
    return model


def train_and_watch(model, batches, learning_rate, epochs, steps_per_epoch):
    """Gradient descent on mean squared error over a data set that comes whole in every batch.

    batches: SineBatches that are not fresh. A hidden unit is dead while no sample sends anything
    above zero into it. Returns a History with, after each epoch: ``loss``; ``dead``, the share of
    units that are (NaN once the weights are not finite); ``revived``, how many have come back
    since the epoch before, or the start; ``woken``, the share of those dead at the start that have
    been back at least once (NaN if there were none).
    """
    x, _ = next(iter(batches))
    optimizer = keras.optimizers.SGD(learning_rate=learning_rate)
    start = model.get_weights()
    losses, weights = fit(model, batches, optimizer, "mean_squared_error", epochs, steps_per_epoch)
    with np.errstate(all="ignore"):
        highest = np.array([np.max(x.dot(kernel) + bias, axis=0)
                            for kernel, bias, _, _ in [start] + weights])
        dead, finite = highest <= 0, np.all(np.isfinite(highest), axis=1)
        woken = np.logical_or.accumulate(dead[0] & ~dead[1:], axis=0)
        woken = np.sum(woken, axis=1) / np.sum(dead[0])
    settings = dict(optimizer_settings(optimizer), epochs=epochs, steps_per_epoch=steps_per_epoch,
                    loss="mean squared error", units=UNITS, **batches.settings())
    return History(settings, loss=losses, woken=woken.tolist(),
                   dead=np.where(finite, np.mean(dead, axis=1), np.nan)[1:].tolist(),
                   revived=np.sum(dead[:-1] & ~dead[1:], axis=1).tolist())


def inputs_and_gradients(model, batches):
    """What each hidden unit gets and learns: three series for a History.

    ``highest``: its highest input over the samples; ``below``: the share of its inputs that are
    below zero; ``gradient``: the largest absolute derivative of the loss by one of its weights or
    its bias.
    """
    x, y = next(iter(batches))
    measure = gradient_function(model, lambda y, output: keras.ops.mean((output - y) ** 2))
    _, (kernel, bias, outgoing, _) = measure(x, y)
    weights, biases = model.get_weights()[:2]
    inputs = x.dot(weights) + biases
    sizes = np.max(np.abs(np.vstack([kernel, bias[None], outgoing.T])), axis=0)
    return {"highest": np.max(inputs, axis=0).tolist(), "gradient": sizes.tolist(),
            "below": np.mean(inputs < 0, axis=0).tolist()}
