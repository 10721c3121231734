"""An independent program for one weight that learns a ReLU. NumPy only; imports nothing from lib.

Written from the papers: gradient descent with heavy-ball momentum (Polyak 1964), Adam (Kingma and
Ba 2015, the efficient form at the end of section 2) and AMSGrad (Reddi, Kale and Kumar 2018,
algorithm 2, with the maximum of the uncorrected second moment as Keras has it).
"""
import numpy as np


def sgd(learning_rate, momentum=0.0):
    velocity = 0.0

    def step(w, gradient):
        nonlocal velocity
        velocity = momentum * velocity - learning_rate * gradient
        return w + velocity

    return step


def adam(learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    m = v = largest_v = 0.0
    t = 0

    def step(w, gradient):
        nonlocal m, v, largest_v, t
        t += 1
        m = beta_1 * m + (1 - beta_1) * gradient
        v = beta_2 * v + (1 - beta_2) * gradient ** 2
        largest_v = max(largest_v, v)
        size = learning_rate * np.sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)
        return w - size * m / (np.sqrt(largest_v if amsgrad else v) + epsilon)

    return step


def train(start, slope, step, seed=0, epochs=20, steps_per_epoch=100, batch_size=1000):
    """The mean loss of each epoch and the weight after it, for the unit max(w x, slope w x)."""
    random_state = np.random.RandomState(seed)
    w, losses, weights = float(start), [], []
    for _ in range(epochs):
        of_epoch = []
        for _ in range(steps_per_epoch):
            x = random_state.normal(size=batch_size)
            y = np.where(x > 0, x, 0.0)
            passes = np.where(w * x > 0, 1.0, slope)
            error = passes * w * x - y
            of_epoch.append(np.mean(error ** 2))
            w = step(w, np.mean(2 * error * passes * x))
        losses.append(np.mean(of_epoch))
        weights.append(w)
    return losses, weights


def train_mlp(weights, x, labels, order, batch_size, learning_rate, slope):
    """One epoch of gradient descent on the mean cross-entropy of a softmax, by backpropagation.

    weights: kernel, bias, kernel, bias …, of any depth, with leaky ReLUs between the layers; order:
    of the rows. Returns the weights after the epoch, float64.
    """
    weights = [np.array(weight, float) for weight in weights]
    kernels, biases = weights[::2], weights[1::2]
    for start in range(0, len(order) // batch_size * batch_size, batch_size):
        rows = order[start:start + batch_size]
        inputs, slopes = [np.array(x[rows], float)], []
        for kernel, bias in zip(kernels[:-1], biases[:-1]):
            z = inputs[-1].dot(kernel) + bias
            slopes.append(np.where(z > 0, 1.0, slope))
            inputs.append(slopes[-1] * z)
        logits = inputs[-1].dot(kernels[-1]) + biases[-1]
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = powers / powers.sum(axis=1, keepdims=True)
        error[np.arange(len(rows)), labels[rows]] -= 1
        error /= len(rows)
        for layer in reversed(range(len(kernels))):
            below = error.dot(kernels[layer].T)
            kernels[layer] -= learning_rate * inputs[layer].T.dot(error)
            biases[layer] -= learning_rate * error.sum(axis=0)
            error = below * slopes[layer - 1] if layer else None
    return weights
