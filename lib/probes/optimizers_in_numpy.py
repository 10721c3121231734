"""The rules of Keras' optimizers in NumPy, with float64.

Each function takes the settings, with Keras' defaults, and returns ``step(w, gradient)``, which
keeps what it needs to remember and returns the new weights. Where Keras and a paper put epsilon in
different places, it is where Keras' current documentation and code have it.
"""
import numpy as np

DECAY_OF_NADAM = 1 / 250


def trained(step, w, gradients):
    """The weights after each step: an array of (steps, weights)."""
    steps = []
    for gradient in np.asarray(gradients, "float64"):
        w = step(w, gradient)
        steps.append(w)
    return np.array(steps)


def sgd(learning_rate, momentum=0.0, nesterov=False):
    """Sutskever et al. 2013, https://proceedings.mlr.press/v28/sutskever13.html.

    Their Nesterov momentum, for the weights at which the gradient is taken.
    """
    velocity = 0.0

    def step(w, g):
        nonlocal velocity
        velocity = momentum * velocity - learning_rate * g
        return w + (momentum * velocity - learning_rate * g if nesterov else velocity)

    return step


def rmsprop(learning_rate, rho=0.9, epsilon=1e-7):
    """Hinton 2012, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf."""
    mean_square = 0.0

    def step(w, g):
        nonlocal mean_square
        mean_square = rho * mean_square + (1 - rho) * g ** 2
        return w - learning_rate * g / np.sqrt(mean_square + epsilon)

    return step


def adagrad(learning_rate, initial_accumulator_value=0.1, epsilon=1e-7):
    """Duchi, Hazan and Singer 2011, https://jmlr.org/papers/v12/duchi11a.html."""
    accumulator = initial_accumulator_value

    def step(w, g):
        nonlocal accumulator
        accumulator = accumulator + g ** 2
        return w - learning_rate * g / np.sqrt(accumulator + epsilon)

    return step


def adadelta(learning_rate, rho=0.95, epsilon=1e-7):
    """Zeiler 2012, https://arxiv.org/abs/1212.5701, algorithm 1; its learning rate is 1."""
    squares = squares_of_steps = 0.0

    def step(w, g):
        nonlocal squares, squares_of_steps
        squares = rho * squares + (1 - rho) * g ** 2
        change = -np.sqrt(squares_of_steps + epsilon) / np.sqrt(squares + epsilon) * g
        squares_of_steps = rho * squares_of_steps + (1 - rho) * change ** 2
        return w + learning_rate * change

    return step


def adam(learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    """Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, the form at the end of section 2.

    AMSGrad: Reddi, Kale and Kumar 2018, https://openreview.net/forum?id=ryQu7f-RZ, with the
    largest of the second moments before their bias is corrected.
    """
    m = v = largest = 0.0
    t = 0

    def step(w, g):
        nonlocal m, v, largest, t
        t += 1
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g ** 2
        largest = np.maximum(largest, v)
        rate = learning_rate * np.sqrt(1 - beta_2 ** t) / (1 - beta_1 ** t)
        return w - rate * m / (np.sqrt(largest if amsgrad else v) + epsilon)

    return step


def adamw(learning_rate, weight_decay=0.004, **settings):
    """Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2.

    As in Keras, the decay is times the learning rate.
    """
    adams = adam(learning_rate, **settings)
    return lambda w, g: adams(w - learning_rate * weight_decay * w, g)


def adamax(learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 2."""
    m = u = 0.0
    t = 0

    def step(w, g):
        nonlocal m, u, t
        t += 1
        m = beta_1 * m + (1 - beta_1) * g
        u = np.maximum(beta_2 * u, np.abs(g))
        return w - learning_rate / (1 - beta_1 ** t) * m / (u + epsilon)

    return step


def nadam(learning_rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7, decay=DECAY_OF_NADAM):
    """Dozat 2015, https://cs229.stanford.edu/proj2015/054_report.pdf, algorithm 2.

    Its momentum of step t is beta_1 (1 - 0.96^(t decay) / 2), and its decay is 1/250.
    """
    m = v = 0.0
    product, t = 1.0, 0

    def momentum(t):
        return beta_1 * (1 - 0.5 * 0.96 ** (t * decay))

    def step(w, g):
        nonlocal m, v, product, t
        t += 1
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g ** 2
        product *= momentum(t)
        ahead = (momentum(t + 1) * m / (1 - product * momentum(t + 1))
                 + (1 - momentum(t)) * g / (1 - product))
        return w - learning_rate * ahead / (np.sqrt(v / (1 - beta_2 ** t)) + epsilon)

    return step
