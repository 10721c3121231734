"""Closed forms: one unit that learns a ReLU from x ~ N(0, 1); signals in deep networks; gradient
descent on linear regression.

In the first part w is the weight, c the negative slope (0 for ReLU) and b the bias. The loss of a
bias-free unit depends on a batch only through m+ and m-: the sums of x² over x > 0 and over x < 0,
each divided by the size of the whole batch. Both have expectation 1/2.
"""
import math

import numpy as np


def unit_loss(w, c=0.0, moments=(0.5, 0.5)):
    """Mean squared error of a unit: an array of the shape of ``w``.

    For w > 0 the unit passes x > 0 and leaks x < 0; for w < 0 it is the other way round:
    (w - 1)² m+ + c² w² m-  and  (c w - 1)² m+ + w² m-.
    """
    w = np.asarray(w, float)
    plus, minus = moments
    right = (w - 1) ** 2 * plus + (c * w) ** 2 * minus
    left = (c * w - 1) ** 2 * plus + w ** 2 * minus
    return np.where(w > 0, right, left)


def unit_gradient(w, c=0.0, moments=(0.5, 0.5)):
    """The derivative of ``unit_loss``; at w = 0 the left derivative, as frameworks take it."""
    w = np.asarray(w, float)
    plus, minus = moments
    right = 2 * (w - 1) * plus + 2 * c ** 2 * w * minus
    left = 2 * c * (c * w - 1) * plus + 2 * w * minus
    return np.where(w > 0, right, left)


def right_minimum(c):
    """The minimizer of the loss over w > 0 and the loss there: 1/(1 + c²), c²/(2 (1 + c²))."""
    return 1 / (1 + c ** 2), c ** 2 / (2 * (1 + c ** 2))


def left_minimum(c):
    """The stationary point for w < 0 and its loss: c/(1 + c²) and 1/(2 (1 + c²)).

    It lies left of zero, and so is a minimum, only if c < 0. For c between -1 and 0 its loss is
    above that of the right minimum, so it traps starts w < 0. At c = -1 both losses are 1/4. Below
    -1 it is the lower of the two, and the right minimum traps starts w > 0.
    """
    return c / (1 + c ** 2), 1 / (2 * (1 + c ** 2))


def expected_training(start, learning_rate, epochs, steps_per_epoch, momentum=0.0, c=0.0):
    """Gradient descent with heavy-ball momentum on the expected loss.

    v <- momentum v - learning_rate L'(w);  w <- w + v  (Polyak 1964, as Keras writes it).
    Returns (loss, weight), each of length ``epochs``: as in a History, the mean loss over the
    steps of each epoch and the weight after it.
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
    """``expected_training`` for each of ``histories`` trained by SGD, plain or with momentum."""
    runs = [history.settings for history in histories]
    return [expected_training(run["start"], run["learning_rate"], run["epochs"],
                              run["steps_per_epoch"], run["momentum"], run["negative_slope"])
            for run in runs if run["optimizer"] == "SGD" and not run["nesterov"]]


def escape_rate(momentum):
    """The learning rate above which a heavy ball crosses zero on the flat side of a ReLU.

    There L'(w) = w, so the two modes are the roots of z² - (1 + m - r) z + m = 0. They oscillate,
    and w changes sign, if (1 + m - r)² < 4 m, that is if r > (1 - sqrt(m))². The motion is linear,
    so whether it crosses does not depend on the start. Valid for rates up to 1.
    """
    return (1 - np.sqrt(momentum)) ** 2


def divergence_rate(start):
    """The learning rate above which plain gradient descent on a ReLU diverges from start < 0.

    With a = r - 1 a step maps w <= 0 to a |w| and w > 0 to 1 - a (w - 1). Two steps take w < 0 to
    1 + a - a² |w|, which is farther out if |w| > 1/(a - 1), that is if r > 2 + 1/|w|. From nearer
    starts w first wanders around 1, where it cannot settle for r > 2. Each step stretches distances
    by a, so almost every w eventually gets arbitrarily close to 0 from above. The next step takes
    it close to 1 + a, and the one after to 1 - a², the farthest that it gets. (It need not visit
    the places between: at r = 2.05 it leaves out 95 % of them.) That, too, is far enough to diverge
    if a² - 1 > 1/(a - 1), that is if a exceeds the golden ratio: above r = 2.618 almost every start
    diverges.
    This holds for the expected gradient. Batch noise blurs the edge both ways. From -10, where the
    edge is 2.1, 41 % of the runs on batches of 1000 survive a rate of 2.12; from -1, where it is
    2.618, 90 % diverge at 2.5 within 2000 steps.
    """
    golden_ratio = (1 + math.sqrt(5)) / 2
    return np.minimum(2 + 1 / np.abs(start), 1 + golden_ratio)


def relu_loss_with_bias(w, b):
    """Expected squared error of max(0, w x + b) against max(0, x), x ~ N(0, 1).

    w, b: arrays of the same shape; returns an array of that shape. Let f be the unit's output, p
    and Q the density and the tail of N(0, 1), and a = -b/w. The loss is
    E[f²] - 2 E[f max(0, x)] + 1/2. The first term is integrated over the half-line on which the
    unit is active, the mixed term over the part of it with x > 0. By parts, the integral from a
    upwards of x² p is a p(a) + Q(a), of x p it is p(a), of p it is Q(a).
    """
    w, b = np.broadcast_arrays(np.asarray(w, float), np.asarray(b, float))

    def density(x):
        return np.exp(-x ** 2 / 2) / math.sqrt(2 * math.pi)

    tail = np.vectorize(lambda x: math.erfc(x / math.sqrt(2)) / 2)

    # at w = 0 the unit is constant: a tiny w gives that limit well within float precision
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
    """The limit of Glorot (Xavier) uniform weights: sqrt(6/(fan_in + fan_out)).

    The uniform distribution on ±r has variance r²/3, here 2/(fan_in + fan_out): a compromise
    between 1/fan_in, which preserves the variance of the signal, and 1/fan_out, which preserves
    that of the gradient (Glorot and Bengio 2010, section 4.2.1).
    """
    return math.sqrt(6 / (fan_in + fan_out))


def sigmoid(x):
    """Three arrays: y = 1/(1 + e^-x), its slope y (1 - y), and its tangent at 0, 1/2 + x/4."""
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
    """Mean squares of the signal and the gradient in a very wide chain of ``depth`` layers.

    activation: a key of ACTIVATIONS; gain: the variance of the weights times fan-in. The inputs to
    the activations of a layer are then normal, with mean square
    q(1) = gain, q(k + 1) = gain E[f(z)²] for z ~ N(0, q(k)).
    A gradient of mean square 1 at the output is multiplied by E[f'(z)²] to reach layer ``depth``,
    and by gain E[f'(z)²] from layer k + 1 to layer k (Schoenholz et al. 2017, section 2; the linear
    case is Glorot and Bengio's). Returns two lists, for layers 1 to ``depth``.
    """
    f, slope = ACTIVATIONS[activation]
    # E over z ~ N(0, 1), by the trapezoid rule on ±8, which also handles integrands with a kink
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
    """The Hessian of the mean of (x·w - y)² over samples: 2 xᵀx/samples, the same at every w.

    x: of shape (samples, n). Returns (n, n).
    """
    x = np.asarray(x, float)
    return 2 * x.T.dot(x) / len(x)


def threshold_of_batches(curvatures):
    """The learning rate above which gradient descent that cycles through batches diverges.

    curvatures: h of each batch, in one direction. A step on a batch multiplies the error by
    1 - r h, so a pass over all of them leaves its size unchanged if the mean of log|1 - r h| is 0.
    For curvatures of mean m and small variance v this is near r = (2 + 2 v/m²)/m, slightly above
    2/m.
    """
    from scipy.optimize import brentq
    curvatures = np.asarray(curvatures, float)
    limit = 2 / curvatures.mean()
    return brentq(lambda rate: np.mean(np.log(np.abs(1 - rate * curvatures))),
                  0.9 * limit, 1.5 * limit)


def steps_to_share(share, rate, curvature):
    """How many gradient descent steps reduce the loss along one eigenvector to ``share`` of it.

    A step multiplies the distance by 1 - rate · curvature, and the loss by the square of that.
    """
    return math.log(share) / 2 / np.log(np.abs(1 - rate * np.asarray(curvature, float)))


def first_rise(steep, flat, gradient, rate):
    """The first step, counted from 1, at which gradient descent raises a loss of two curvatures.

    steep, flat: the curvatures; gradient: its components along the steep and the flat direction at
    the start. The loss rises if half gᵀHg exceeds gᵀg/rate, and each step multiplies a component
    of the gradient by 1 - rate · its curvature. Valid for rates between 2/steep and 2/flat.
    """
    a, b = gradient[0] ** 2, gradient[1] ** 2
    step = 1
    while rate / 2 * (steep * a + flat * b) <= a + b:
        a, b, step = a * (1 - rate * steep) ** 2, b * (1 - rate * flat) ** 2, step + 1
    return step


def adam_on_a_bowl(start, learning_rate, steps, beta_1=0.9, beta_2=0.999, amsgrad=False):
    """Adam's distance from the minimum of a quadratic after each step: an array (steps,).

    Its formula (Kingma and Ba 2015, end of section 2) divides by the size of the gradients so far.
    So, apart from epsilon, the curvature cancels, and the distance can stand in for the gradient.
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
    """The learning rate above which Adam overshoots the minimum of a quadratic in ``steps`` steps.

    Relative to the starting distance. Nothing else matters, as Adam does not see the curvature.
    """
    from scipy.optimize import bisect
    return bisect(lambda rate: adam_on_a_bowl(-1, rate, steps, amsgrad=amsgrad).max(),
                  0.1 / steps, 1, rtol=1e-3)    # a step is hardly longer than the learning rate
