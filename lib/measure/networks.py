"""Small ReLU networks, many side by side in one model: the same network from many starts."""
import numpy as np

from lib.claims import History
from lib.compat import as_written, keras
from lib.models import product, tap
from lib.training import fit

LAST = 5        # epochs, whose median is judged because the loss still jumps around


def drawn_kernels(seed, starts, widths):
    """Kernels for each layer, (starts, inputs, outputs), Glorot uniform as Keras' Dense draws them.

    Drawn by ``RandomState([seed, 0])``, ``RandomState([seed, 1])`` and so on, one for each start,
    so they are the same on every release.
    """
    streams = [np.random.RandomState([seed, number]) for number in range(starts)]
    kernels = []
    for inputs, outputs in zip(widths, widths[1:]):
        limit = np.sqrt(6.0 / (inputs + outputs))
        kernels.append(np.stack([stream.uniform(-limit, limit, (inputs, outputs))
                                 for stream in streams]))
    return kernels


def relu_networks(kernels):
    """Dense layers with biases that start at 0, ReLU on all but the last; a network for each start.

    kernels: from ``drawn_kernels``. The input has shape (batch, inputs), the output (batch,
    starts); the networks do not interact.
    """
    starts, inputs, _ = kernels[0].shape
    layers, weights = [keras.layers.Input((inputs,))], []
    for number, kernel in enumerate(kernels[:-1]):
        shape = kernel.shape[::2]
        layers += [product("bsi,sio->bso" if number else "bi,sio->bso", kernel.shape), tap(shape),
                   keras.layers.ReLU()]
        weights += [kernel, np.zeros(shape)]
    layers += [product("bsi,si->bs", kernels[-1].shape[:2]), tap((starts,))]
    model = keras.Sequential(layers)
    model.set_weights(weights + [kernels[-1][:, :, 0], np.zeros(starts)])
    return model


def squared(error):
    return keras.ops.square(error)


def absolute(error):
    return keras.ops.where(error > 0, error, -error)


def huber(error):
    """Half the square of an error up to 1 and linear beyond, like Keras' Huber."""
    size = absolute(error)
    return keras.ops.where(size < 1, keras.ops.square(error) / 2, size - 0.5)


def train_networks(kernels, batches, optimizer, epochs, penalty=squared):
    """Train ``relu_networks`` on all batches of each epoch, in their order: a History.

    penalty: a function of an error; its mean over a batch is the loss of a network, and the model's
    loss is the sum over the networks. The series hold, after each epoch, a list with a number for
    each start: ``losses``, the mean squared error over all samples; ``dead``, 1 if some layer
    outputs only zeros for all samples while the loss is finite. ``settings["variance"]``: the
    variance of the target, which is the loss of the best constant.
    """
    def loss(y, output):
        return keras.ops.sum(keras.ops.mean(penalty(y - output), axis=0))

    model, steps = relu_networks(kernels), len(batches.x) // batches.size
    history, weights = fit(model, batches, optimizer, loss, epochs, steps,
                           loss_name=f"mean_{penalty.__name__}_error", starts=len(kernels[0]),
                           variance=as_written(batches.y.var()))
    measured = [measure(batches.x, batches.y, after) for after in weights]
    return History(history.settings,
                   losses=[[as_written(one) for one in losses] for losses, _ in measured],
                   dead=[dead.astype(int).tolist() for _, dead in measured])


def measure(x, y, weights):
    """The mean squared error of each network at these weights, and whether it is dead."""
    with np.errstate(all="ignore"):
        signal, silent = x, False
        for kernel, bias in zip(weights[:-2:2], weights[1:-2:2]):
            signal = np.maximum(np.matmul(signal, kernel) + bias[:, None], 0)
            silent = silent | np.all(signal == 0, axis=(1, 2))
        output = np.matmul(signal, weights[-2][:, :, None])[:, :, 0] + weights[-1][:, None]
        losses = np.mean(np.square(output - y[:, 0]), axis=1)
    return losses, silent & np.isfinite(losses)


def share_lost(history, epoch=-1):
    """The share of the starts whose loss is not finite after ``epoch``, by default the last."""
    return float(np.mean(~np.isfinite(history.losses[epoch])))


def share_dead(history):
    """The share of the starts whose network is dead at the end."""
    return float(np.mean(history.dead[-1]))


def share_alive(history):
    """The share of the starts that are neither lost nor dead at the end."""
    return 1 - share_lost(history) - share_dead(history)


def share_learned(history):
    """The share of the starts that end with a smaller loss than the best constant.

    The loss at the end is the median over the LAST epochs. NaN is not smaller.
    """
    ends = np.median(history.losses[-LAST:], axis=0)
    return float(np.mean(ends < history.settings["variance"]))
