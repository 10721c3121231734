"""Closed forms: one unit that learns a ReLU from x ~ N(0, 1); signals in deep networks; steps of
gradient descent on linear regression.

In the first part w is the weight, c the negative slope (0 for ReLU), b the bias. A batch enters the
loss of a bias-free unit through m+ and m- alone, the means of x² over x > 0 and over x < 0 divided
by the whole batch; both have the expectation 1/2.
"""
import math

import numpy as np


def unit_loss(w, c=0.0, moments=(0.5, 0.5)):
    """Mean squared error of a unit: an array in the shape of ``w``.

    For w > 0 the unit passes x > 0 and leaks x < 0; for w < 0 the other way round:
    (w - 1)² m+ + c² w² m-  and  (c w - 1)² m+ + w² m-.
    """
    w = np.asarray(w, float)
    plus, minus = moments
    right = (w - 1) ** 2 * plus + (c * w) ** 2 * minus
    left = (c * w - 1) ** 2 * plus + w ** 2 * minus
    return np.where(w > 0, right, left)


def unit_gradient(w, c=0.0, moments=(0.5, 0.5)):
    """The derivative of ``unit_loss``; at w = 0 the left one, as frameworks take it."""
    w = np.asarray(w, float)
    plus, minus = moments
    right = 2 * (w - 1) * plus + 2 * c ** 2 * w * minus
    left = 2 * c * (c * w - 1) * plus + 2 * w * minus
    return np.where(w > 0, right, left)


def right_minimum(c):
    """Where the loss is least for w > 0, and that loss: 1/(1 + c²) and c²/(2 (1 + c²))."""
    return 1 / (1 + c ** 2), c ** 2 / (2 * (1 + c ** 2))


def left_minimum(c):
    """The stationary point for w < 0 and its loss: c/(1 + c²) and 1/(2 (1 + c²)).

    It lies left of zero, and so is a minimum, only where c < 0. Between -1 and 0 it is higher than
    the right one, a trap for starts w < 0; at -1 both losses are 1/4; below -1 it is the lower of
    the two, and the right one is the trap, for starts w > 0.
    """
    return c / (1 + c ** 2), 1 / (2 * (1 + c ** 2))


def expected_training(start, learning_rate, epochs, steps_per_epoch, momentum=0.0, c=0.0):
    """Gradient descent with heavy-ball momentum on the expected loss.

    v <- momentum v - learning_rate L'(w);  w <- w + v  (Polyak 1964, as Keras writes it).
    Returns (loss, weight), each of length ``epochs``: the mean over the steps of an epoch and the
    value after it, as a History has them.
    """
    w, velocity, losses, weights = float(start), 0.0, [], []
    for _ in range(epochs):
        total = 0.0
        for _ in range(steps_per_epoch):
            total += float(unit_loss(w, c))
            velocity = momentum * velocity - learning_rate * float(unit_gradient(w, c))
            w += velocity
        losses.append(total / steps_per_epoch)
        weights.append(w)
    return losses, weights


def closed_forms_of(histories):
    """``expected_training`` for those of ``histories`` that are plain or momentum SGD."""
    runs = [history.settings for history in histories]
    return [expected_training(run["start"], run["learning_rate"], run["epochs"],
                              run["steps_per_epoch"], run["momentum"], run["negative_slope"])
            for run in runs if run["optimizer"] == "SGD" and not run["nesterov"]]


def escape_momentum(learning_rate):
    """The momentum above which a heavy ball crosses zero on the flat side of a ReLU.

    There L'(w) = w, so z² - (1 + m - r) z + m = 0 gives the two modes; they oscillate, and w
    changes sign, where (1 + m - r)² < 4 m, that is where m > (1 - sqrt(r))². The motion is linear:
    whether it crosses does not depend on where it starts. For rates up to 1.
    """
    return (1 - np.sqrt(learning_rate)) ** 2


def escape_rate(momentum):
    """The learning rate above which a heavy ball crosses zero: (1 - sqrt(m))²."""
    return (1 - np.sqrt(momentum)) ** 2


def divergence_rate(start):
    """The learning rate above which plain gradient descent on a ReLU diverges from start < 0.

    With a = r - 1 a step maps w <= 0 to a |w| and w > 0 to 1 - a (w - 1). Two of them take w < 0 to
    1 + a - a² |w|, which is farther out if |w| > 1/(a - 1), that is if r > 2 + 1/|w|. From nearer
    starts w first wanders about 1, where it cannot stay for r > 2. Each step stretches distances by
    a, so almost every w comes as near as you like to 0 from above, the next step as near to 1 + a,
    and the next to 1 - a², the farthest that it gets. (It need not visit the places between: at
    r = 2.05 it leaves out 95 % of them.) That is too far out as well if a² - 1 > 1/(a - 1), that is
    if a exceeds the golden ratio: above r = 2.618 almost every start diverges.
    This is for the expected gradient. Batch noise blurs the edge both ways: from -10, where it is
    2.1, 41 % of the runs on batches of 1000 survive a rate of 2.12, carried past it alive; from -1,
    where it is 2.618, 90 % are driven out at 2.5 within 2000 steps.
    """
    golden_ratio = (1 + math.sqrt(5)) / 2
    return np.minimum(2 + 1 / np.abs(start), 1 + golden_ratio)


def relu_loss_with_bias(w, b):
    """Expected squared error of max(0, w x + b) against max(0, x), x ~ N(0, 1).

    w, b: arrays of one shape, which is returned. With pdf p and tail Q of the normal and a = -b/w
    the loss is E[f²] - 2 E[f max(0, x)] + 1/2, where f² is integrated over the half-line on which
    the unit is active and the mixed term over its part with x > 0; by parts,
    the integral of x² p from a is a p(a) + Q(a), of x p it is p(a), of p it is Q(a).
    """
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))

    def density(x):
        return np.exp(-x ** 2 / 2) / math.sqrt(2 * math.pi)

    tail = np.vectorize(lambda x: math.erfc(x / math.sqrt(2)) / 2)

    # w = 0 is a constant unit: its limit, far within the precision of a float
    slope = np.where(w == 0, 1e-12, w)
    size = np.abs(slope)
    h = b / size
    square = (slope ** 2 + b ** 2) * tail(-h) + b * size * density(h)
    edge = np.maximum(0, -b / slope)
    above_edge = (slope * (edge * density(edge) + tail(edge)) + b * density(edge))
    from_zero = slope / 2 + b * density(0.0)
    mixed = np.where(slope > 0, above_edge, from_zero - above_edge)
    return square - 2 * mixed + 0.5


def glorot_limit(fan_in, fan_out):
    """The limit of Xavier's uniform weights: sqrt(6/(fan_in + fan_out)).

    Uniform on ±r has the variance r²/3, here 2/(fan_in + fan_out): a compromise between 1/fan_in,
    which keeps the variance of a signal, and 1/fan_out, which keeps that of a gradient (Glorot and
    Bengio 2010, section 4.2.1).
    """
    return math.sqrt(6 / (fan_in + fan_out))


def sigmoid(x):
    """1/(1 + e^-x), its slope y (1 - y), and its tangent at 0, 1/2 + x/4: three arrays."""
    x = np.asarray(x, float)
    y = 1 / (1 + np.exp(-x))
    return y, y * (1 - y), 0.5 + x / 4


# activation: (its function, its derivative)
ACTIVATIONS = {
    "linear": (lambda z: z, np.ones_like),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "sigmoid": (lambda z: sigmoid(z)[0], lambda z: sigmoid(z)[1]),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
}


def wide_chain(activation, gain, depth):
    """Mean squares of signal and gradient in a very wide chain of ``depth`` layers.

    activation: a key of ACTIVATIONS; gain: the variance of the weights times fan-in. What goes
    into the activations of a layer is then normal, with the mean square
    q(1) = gain, q(k + 1) = gain E[f(z)²] for z ~ N(0, q(k)),
    and a gradient of mean square 1 at the output comes to layer ``depth`` times E[f'(z)²], and
    from layer k + 1 to layer k times gain E[f'(z)²] (Schoenholz et al. 2017, section 2; the linear
    case is Glorot and Bengio's). Returns two lists, for layers 1 to ``depth``.
    """
    f, slope = ACTIVATIONS[activation]
    # E over z ~ N(0, 1), by the trapezoid rule on ±8, which its integrands with a kink suit too
    z = np.linspace(-8, 8, 16001)
    density = np.exp(-z ** 2 / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    signal = [float(gain)]
    while len(signal) < depth:
        signal.append(gain * float(np.sum(density * f(math.sqrt(signal[-1]) * z) ** 2)))
    passes = [float(np.sum(density * slope(math.sqrt(q) * z) ** 2)) for q in signal]
    gradient = [passes[-1]]
    for passed in passes[-2::-1]:
        gradient.append(gradient[-1] * gain * passed)
    return signal, gradient[::-1]


def least_squares_hessian(x):
    """The Hessian of the mean of (x·w - y)² over samples, 2 xᵀx/n: the same at every w.

    x: of shape (samples, n). Returns (n, n).
    """
    x = np.asarray(x, float)
    return 2 * x.T.dot(x) / len(x)


def threshold_of_batches(curvatures):
    """The rate above which gradient descent on batches in turn drives the error out.

    curvatures: of each batch, h, in one direction. A batch multiplies the error by 1 - r h, so all
    of them by the product, which leaves its size where the mean of log|1 - r h| is 0. For
    curvatures of mean m and small variance v that is near r = (2 + 2 v/m²)/m, a little above 2/m.
    """
    from scipy.optimize import brentq
    curvatures = np.asarray(curvatures, float)
    limit = 2 / curvatures.mean()
    return brentq(lambda rate: np.mean(np.log(np.abs(1 - rate * curvatures))),
                  0.9 * limit, 1.5 * limit)


def steps_to_share(share, rate, curvature):
    """How many steps of gradient descent leave that share of the loss along one eigenvector.

    A step multiplies the distance by 1 - rate · curvature, and the loss by its square.
    """
    return math.log(share) / 2 / np.log(np.abs(1 - rate * np.asarray(curvature, float)))


def first_rise(steep, flat, gradient, rate):
    """The first step, from 1, on which gradient descent raises a loss of two curvatures.

    steep, flat: the curvatures; gradient: (its part along the steep direction, along the flat one)
    at the start. The loss rises where half gᵀHg exceeds gᵀg/rate, and each step multiplies a part
    of the gradient by 1 - rate · curvature. For a rate between 2/steep and 2/flat.
    """
    a, b = gradient[0] ** 2, gradient[1] ** 2
    step = 1
    while rate / 2 * (steep * a + flat * b) <= a + b:
        a, b, step = a * (1 - rate * steep) ** 2, b * (1 - rate * flat) ** 2, step + 1
    return step


def adam_on_a_bowl(start, learning_rate, steps, beta_1=0.9, beta_2=0.999, amsgrad=False):
    """How far Adam is from the minimum of a bowl after each step: an array of that length.

    Its formula (Kingma and Ba 2015, end of section 2) divides by the size of the gradients so far,
    so that the curvature of the bowl drops out, epsilon apart: the gradient may be the distance.
    amsgrad: divide by the largest of these sizes instead (Reddi et al. 2018, as Keras has it).
    """
    distance, m, v, largest, way = float(start), 0.0, 0.0, 0.0, []
    for step in range(1, steps + 1):
        m = beta_1 * m + (1 - beta_1) * distance
        v = beta_2 * v + (1 - beta_2) * distance ** 2
        size = learning_rate * math.sqrt(1 - beta_2 ** step) / (1 - beta_1 ** step)
        largest = max(largest, v)
        distance -= size * m / math.sqrt(largest if amsgrad else v)
        way.append(distance)
    return np.array(way)


def adam_crossing_rate(steps, amsgrad=False):
    """The rate above which Adam goes beyond the minimum of a bowl in so many steps.

    Relative to the distance of its start: Adam does not see how steep a bowl is, so that is all.
    """
    from scipy.optimize import bisect
    return bisect(lambda rate: adam_on_a_bowl(-1, rate, steps, amsgrad=amsgrad).max(),
                  0.1 / steps, 1, rtol=1e-3)    # a step is hardly longer than the rate
