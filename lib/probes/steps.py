"""Ten steps of small networks: compiled, as programs train, and run eagerly, one kernel by one; and
compiled by XLA, which writes kernels of its own.

A release may combine the operations of a compiled step in another way, and sum in another order,
while each of them gives the bits that it gave. The same network then does not move eagerly.
"""
import functools

import numpy as np

from lib.compat import NotSupported, compile_model, fit_in_turn, keras
from lib.compat.fitting import compiles_with_xla
from lib.compat.probing import there
from lib.probes import BY_XLA, EAGERLY, FIT, Probe
from lib.probes.layers_in_numpy import gradients
from lib.probes.optimizers import never_eager_in_a_graph

STEPS, SAMPLES, RATE = 10, 50, 0.05
SMALL, WIDE = (10, 4), (784, 300)   # inputs and hidden units; the wide one is MNIST's
ACTIVATIONS = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0)}


def batches(inputs):
    """x (STEPS, SAMPLES, inputs) and y (STEPS, SAMPLES, 1), float32."""
    random_state = np.random.RandomState(0)
    return [random_state.randn(STEPS, SAMPLES, size).astype("float32") for size in (inputs, 1)]


def weights_at_first(activation, sizes):
    """Kernels and biases; of a linear regression, the kernel alone."""
    random_state, (inputs, hidden) = np.random.RandomState(1), sizes
    shapes = ([(inputs, hidden), (hidden,), (hidden, 1), (1,)] if activation else [(inputs, 1)])
    return [(3 / inputs * random_state.randn(*shape)).astype("float32") for shape in shapes]


def trained(activation, sizes=SMALL, by_xla=False, arrays=slice(None), **compiled):
    """The loss and the weights after each step of SGD on the mean squared error.

    arrays: which of the model's arrays count as weights.
    """
    never_eager_in_a_graph(compiled)
    if by_xla and not compiles_with_xla():
        raise NotSupported("this release compiles no step with XLA")
    inputs, hidden = sizes
    layers = [keras.layers.Dense(hidden, activation), keras.layers.Dense(1)]
    model = keras.Sequential([keras.layers.Input((inputs,))] + (
        layers if activation else [keras.layers.Dense(1, use_bias=False)]))
    model.set_weights(weights_at_first(activation, sizes))
    optimizer = there(keras.optimizers, "SGD")(RATE)
    if by_xla:
        compile_model(model, optimizer, "mean_squared_error", jit_compile=True)
    else:
        model.compile(optimizer, loss="mean_squared_error", **compiled)
    x, y = batches(inputs)
    weights = []
    losses = fit_in_turn(model, x, y, STEPS, 1,
                         lambda: weights.append(flat(model.get_weights()[arrays])))
    return {"loss": losses, "weights": np.array(weights)}


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def trained_in_numpy(activation, sizes=SMALL):
    """The same in float64, with gradients by central differences."""
    function = ACTIVATIONS.get(activation)
    now, losses, weights = weights_at_first(activation, sizes), [], []

    def output(x, first, *others):
        if function is None:
            return x.dot(first)
        bias, second, last_bias = others
        return function(x.dot(first) + bias).dot(second) + last_bias

    for x, y in zip(*(part.astype("float64") for part in batches(sizes[0]))):
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
          for ending, compiled in (("", {}), (EAGERLY, {"run_eagerly": True}))]
PROBES += [Probe(f"ten steps of {name}{BY_XLA}", FIT, subject + ("XLA",),
                 functools.partial(trained, activation, by_xla=True),
                 functools.partial(trained_in_numpy, activation))
           for name, (activation, subject) in NETWORKS.items()]
# Of its 235,801 weights those of the output unit; central differences of all would take too long
PROBES.append(Probe(f"ten steps of a wide ReLU network{BY_XLA}", FIT, ("Dense", "relu", "XLA"),
                    functools.partial(trained, "relu", WIDE, by_xla=True, arrays=slice(2, None)),
                    tolerance=1e-4))
