"""Dead hidden units, watched while a network is trained."""
import numpy as np

from lib.compat import gradient_function, keras
from lib.training import fit

SAMPLES, INPUTS, UNITS = 1000, 20, 100
# Ours: at this rate most units die and the loss stays finite. A single large step decides how many
# die, so every statement about it is about the mean over several starts.
KILLING_RATE = 0.07


def one_hidden_layer(activation, seed, bias=0.0):
    """20 inputs, 100 units and the layer ``activation``, one linear output; He normal kernels.

    seed: anything that ``RandomState`` takes, so that the start is the same on every release;
    bias: the initial bias of the hidden units.
    """
    model = keras.Sequential([keras.layers.Input((INPUTS,)), keras.layers.Dense(UNITS), activation,
                              keras.layers.Dense(1)])
    random_state = np.random.RandomState(seed)
    hidden, outgoing = (random_state.randn(*shape) * np.sqrt(2 / shape[0])
                        for shape in ((INPUTS, UNITS), (UNITS, 1)))
    model.set_weights([hidden, np.full(UNITS, bias), outgoing, np.zeros(1)])
    return model


def train_and_watch(model, batches, learning_rate, epochs, steps_per_epoch):
    """Full-batch gradient descent on the mean squared error.

    batches: SineBatches that are not fresh. A hidden unit is dead while its input is above zero for
    no sample. Returns a History with, for each epoch: ``loss``; ``dead``, the share of units that
    are dead after it (NaN once the weights are not finite); ``revived``, how many have come back
    since the previous epoch, or the start; ``woken``, the share of the units dead at the start that
    have come back at least once (NaN if there were none).
    """
    x, _ = next(iter(batches))
    start = model.get_weights()
    history, weights = fit(model, batches, keras.optimizers.SGD(learning_rate=learning_rate),
                           "mean_squared_error", epochs, steps_per_epoch, units=UNITS)
    with np.errstate(all="ignore"):
        highest = np.array([np.max(x.dot(kernel) + bias, axis=0)
                            for kernel, bias, _, _ in [start] + weights])
        dead, finite = highest <= 0, np.all(np.isfinite(highest), axis=1)
        woken = np.logical_or.accumulate(dead[0] & ~dead[1:], axis=0)
        woken = np.sum(woken, axis=1) / np.sum(dead[0])
    return history.plus(woken=woken.tolist(),
                        dead=np.where(finite, np.mean(dead, axis=1), np.nan)[1:].tolist(),
                        revived=np.sum(dead[:-1] & ~dead[1:], axis=1).tolist())


def inputs_and_gradients(model, batches):
    """The inputs and the gradients of each hidden unit: three series for a History.

    ``highest``: its highest input over the samples; ``below``: the share of its inputs that are
    below zero; ``gradient``: the largest absolute derivative of the loss with respect to one of
    its weights or its bias.
    """
    x, y = next(iter(batches))
    measure = gradient_function(model, lambda y, output: keras.ops.mean((output - y) ** 2))
    _, (kernel, bias, outgoing, _) = measure(x, y)
    weights, biases = model.get_weights()[:2]
    inputs = x.dot(weights) + biases
    sizes = np.max(np.abs(np.vstack([kernel, bias[None], outgoing.T])), axis=0)
    return {"highest": np.max(inputs, axis=0).tolist(), "gradient": sizes.tolist(),
            "below": np.mean(inputs < 0, axis=0).tolist()}
