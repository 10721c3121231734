"""Ten steps of small networks: compiled, as programs train, and run eagerly, one kernel by one.

A release may combine the operations of a compiled step in another way, and sum in another order,
while each of them gives the bits that it gave. The same network then does not move eagerly.
"""
import functools

import numpy as np

from lib.compat import fit_in_turn, keras
from lib.compat.probing import there
from lib.probes import FIT, Probe
from lib.probes.layers_in_numpy import gradients
from lib.probes.optimizers import never_eager_in_a_graph

STEPS, SAMPLES, INPUTS, HIDDEN, RATE = 10, 50, 10, 4, 0.05
ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}
EAGERLY = {"run_eagerly": True}


def batches():
    """x (STEPS, SAMPLES, INPUTS) and y (STEPS, SAMPLES, 1), float32."""
    random_state = np.random.RandomState(0)
    return [random_state.randn(STEPS, SAMPLES, size).astype("float32") for size in (INPUTS, 1)]


def weights_at_first(activation):
    """Kernels and biases; of a linear regression, the kernel alone."""
    random_state = np.random.RandomState(1)
    shapes = ([(INPUTS, HIDDEN), (HIDDEN,), (HIDDEN, 1), (1,)] if activation else [(INPUTS, 1)])
    return [(0.3 * random_state.randn(*shape)).astype("float32") for shape in shapes]


def trained(activation, **compiled):
    """The loss and the weights after each step of SGD on the mean squared error."""
    never_eager_in_a_graph(compiled)
    layers = [keras.layers.Dense(HIDDEN, activation), keras.layers.Dense(1)]
    model = keras.Sequential([keras.layers.Input((INPUTS,))] + (
        layers if activation else [keras.layers.Dense(1, use_bias=False)]))
    model.set_weights(weights_at_first(activation))
    model.compile(there(keras.optimizers, "SGD")(RATE), loss="mean_squared_error", **compiled)
    x, y = batches()
    weights = []
    losses = fit_in_turn(model, x, y, STEPS, 1, lambda: weights.append(flat(model.get_weights())))
    return {"loss": losses, "weights": np.array(weights)}


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def trained_in_numpy(activation):
    """The same in float64, with gradients by central differences."""
    function = ACTIVATIONS.get(activation)
    now, losses, weights = weights_at_first(activation), [], []

    def output(x, first, *others):
        if function is None:
            return x.dot(first)
        bias, second, last_bias = others
        return function(x.dot(first) + bias).dot(second) + last_bias

    for x, y in zip(*(part.astype("float64") for part in batches())):
        def loss(*at):
            return np.mean((output(x, *at) - y) ** 2)

        now = [np.asarray(one, "float64") for one in now]
        losses.append(loss(*now))
        now = [one - RATE * slope for one, slope in zip(now, gradients(loss, now))]
        weights.append(flat(now))
    return {"loss": losses, "weights": np.array(weights)}


NETWORKS = {"linear regression": (None, ("Dense",)), "a tanh network": ("tanh", ("Dense", "tanh")),
            "a ReLU network": ("relu", ("Dense", "relu"))}
PROBES = [Probe(f"ten steps of {name}{ending}", FIT, subject,
                functools.partial(trained, activation, **compiled),
                functools.partial(trained_in_numpy, activation))
          for name, (activation, subject) in NETWORKS.items()
          for ending, compiled in (("", {}), (", eagerly", EAGERLY))]
