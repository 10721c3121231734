"""Keras' layers in float64, as their papers and Keras' documentation write them.

Arrays have the shapes of ``model.get_weights()``: kernels are (inputs, units), the gates of a
recurrent layer side by side in the order of Keras. Time is the second axis.
"""
import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def dense(x, kernel, bias):
    """tanh(x W + b)."""
    return np.tanh(x @ kernel + bias)


def conv_2d(x, kernel, bias, stride=1, dilation=1):
    """x: (batch, rows, columns, channels); kernel: (rows, columns, channels, filters).

    Padded with zeros so that ceil(size / stride) numbers come out, the odd zero at the end:
    https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
    """
    reach = [(size - 1) * dilation + 1 for size in kernel.shape[:2]]
    out = [-(-size // stride) for size in x.shape[1:3]]
    zeros = [max((number - 1) * stride + far - size, 0)
             for number, far, size in zip(out, reach, x.shape[1:3])]
    padded = np.pad(x, [(0, 0)] + [(zero // 2, zero - zero // 2) for zero in zeros] + [(0, 0)],
                    mode="constant")
    y = np.empty((len(x),) + tuple(out) + kernel.shape[3:])
    for row in range(out[0]):
        for column in range(out[1]):
            patch = padded[:, row * stride:row * stride + reach[0]:dilation,
                           column * stride:column * stride + reach[1]:dilation]
            y[:, row, column] = np.tensordot(patch, kernel, 3) + bias
    return y


def batch_normalization(x, gamma, beta, mean, variance, epsilon):
    """Ioffe and Szegedy 2015, algorithm 1: https://arxiv.org/abs/1502.03167. Channels are last."""
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def batch_statistics(x):
    """The mean and the (biased) variance of each channel over the batch."""
    axes = tuple(range(x.ndim - 1))
    return x.mean(axes), x.var(axes)


def layer_normalization(x, gamma, beta, epsilon=1e-3):
    """Ba, Kiros and Hinton 2016: https://arxiv.org/abs/1607.06450. Over the last axis."""
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def simple_rnn(x, kernel, recurrent, bias):
    """h(t) = tanh(x(t) W + h(t-1) U + b)."""
    h, states = np.zeros((len(x), len(recurrent))), []
    for now in x.swapaxes(0, 1):
        h = np.tanh(now @ kernel + h @ recurrent + bias)
        states.append(h)
    return np.stack(states, 1)


def masked_simple_rnn(x, kernel, recurrent, bias):
    """The last state of a ``simple_rnn`` that stands still while all of x(t) is 0."""
    h = np.zeros((len(x), len(recurrent)))
    for now in x.swapaxes(0, 1):
        seen = np.any(now != 0, axis=-1, keepdims=True)
        h = np.where(seen, np.tanh(now @ kernel + h @ recurrent + bias), h)
    return h


def lstm(x, kernel, recurrent, bias):
    """Hochreiter and Schmidhuber 1997 with a forget gate; gates i, f, c, o.

    https://keras.io/api/layers/recurrent_layers/lstm/
    """
    h = c = np.zeros((len(x), len(recurrent)))
    states = []
    for now in x.swapaxes(0, 1):
        i, f, candidate, o = np.split(now @ kernel + h @ recurrent + bias, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
        h = sigmoid(o) * np.tanh(c)
        states.append(h)
    return np.stack(states, 1)


def gru(x, kernel, recurrent, bias):
    """Cho et al. 2014 (https://arxiv.org/abs/1406.1078), reset after the product; gates z, r, h.

    bias: (2, 3 units), of the input and of the state.
    https://keras.io/api/layers/recurrent_layers/gru/
    """
    h, states = np.zeros((len(x), len(recurrent))), []
    for now in x.swapaxes(0, 1):
        of_x, of_h = (np.split(part, 3, axis=-1)
                      for part in (now @ kernel + bias[0], h @ recurrent + bias[1]))
        z, r = (sigmoid(one + other) for one, other in zip(of_x[:2], of_h[:2]))
        h = z * h + (1 - z) * np.tanh(of_x[2] + r * of_h[2])
        states.append(h)
    return np.stack(states, 1)


def gradients(function, arrays, step=1e-6):
    """Of a number with respect to each of the arrays, by central differences.

    In float64 they are right to 1e-9, four digits more than a float32 has.
    """
    arrays, found = [np.array(one, float) for one in arrays], []
    for array in arrays:
        gradient = np.empty_like(array)
        for place in np.ndindex(array.shape):
            here, values = array[place], []
            for moved in (here + step, here - step):
                array[place] = moved
                values.append(function(*arrays))
            array[place] = here
            gradient[place] = (values[0] - values[1]) / (2 * step)
        found.append(gradient)
    return found
