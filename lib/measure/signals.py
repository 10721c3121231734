"""How large the signal and the returning gradient are in each layer of a deep network."""
import numpy as np

from lib.claims import History
from lib.compat import drawn, gradient_function, keras, outputs_of
from lib.models import deep_chain, tap

WIDTH, DEPTH, SAMPLES = 256, 20, 100   # wide enough to measure a factor to a few per cent


def values_and_derivatives(layer, x):
    """The outputs of an activation layer for the numbers ``x``, and its derivatives: two lists."""
    x = np.asarray(x, "float32")[None]
    inlet = tap(x.shape)
    model = keras.Sequential([keras.layers.Input((x.size,)), inlet, layer])
    measure = gradient_function(model, lambda _, y: keras.ops.sum(y), [inlet.zeros])
    _, (derivatives,) = measure(x, x)
    return outputs_of(model, x)[0].tolist(), derivatives[0].tolist()


class InitializersKernels:
    """Kernels that a Keras initializer draws, for claims about initializers.

    initializer: its seed must be a SeedGenerator, so that every kernel is a new draw.
    """

    def __init__(self, initializer):
        self._initializer = initializer

    def __call__(self, shape):
        return drawn(self._initializer, shape)

    def settings(self):
        config = self._initializer.get_config()
        return dict({"initializer": type(self._initializer).__name__},
                    **{name: config[name] for name in ("stddev", "scale", "mode", "distribution")
                       if name in config})


def signals_in_depth(kernels, activation, seed, width=WIDTH, depth=DEPTH, samples=SAMPLES,
                     draws=1):
    """Send x ~ N(0, 1) through a new ``deep_chain`` and a gradient ~ N(0, 1) back through it.

    kernels: a ``lib.data.NormalKernels`` or ``InitializersKernels``; activation: a function that
    makes a layer; width: of all layers, or the widths of the input and of each layer; draws: how
    often to draw the kernels, each time with a new x and gradient. Returns a History with, for each
    layer from the first, averaged over the draws: ``signal``, the mean square, over units and
    samples, of the input to its activation; ``spread``, the part of it that differs between
    samples, that is a unit's variance over the samples; ``gradient``, the mean square of the
    gradient that returns to this input; ``dead``, the share of units whose input is above zero for
    no sample.
    """
    random_state = np.random.RandomState(seed)
    widths = np.broadcast_to(width, depth + 1).tolist()
    model = deep_chain(activation, widths, samples)
    taps = model.layers[1::3]
    before_activations = keras.Model(model.inputs[0], [layer.output for layer in taps])
    measure = gradient_function(model, lambda outgoing, y: keras.ops.sum(outgoing * y),
                                [layer.zeros for layer in taps])
    measured = {"signal": [], "spread": [], "gradient": [], "dead": []}
    for _ in range(draws):
        for layer, shape in zip(model.layers[::3], zip(widths, widths[1:])):
            layer.set_weights([kernels(shape)])
        x, outgoing = (random_state.randn(samples, size).astype("float32")
                       for size in (widths[0], widths[-1]))
        inputs = [signal.astype("float64") for signal in outputs_of(before_activations, x)]
        _, gradients = measure(x, outgoing)
        with np.errstate(all="ignore"):
            measured["signal"].append([mean_square(z) for z in inputs])
            measured["spread"].append([np.mean(np.var(z, axis=0)) for z in inputs])
            measured["gradient"].append([mean_square(gradient) for gradient in gradients])
            measured["dead"].append([np.mean(np.max(z, axis=0) <= 0) for z in inputs])
    function = model.layers[2]
    if isinstance(function, keras.layers.Activation):
        function = function.activation
    else:
        function = type(function)
    settings = dict(kernels.settings(), seed=seed, width=width, depth=depth, samples=samples,
                    draws=draws, activation=function.__name__)
    with np.errstate(all="ignore"):
        return History(settings, **{name: np.mean(rows, axis=0).tolist()
                                    for name, rows in measured.items()})


def mean_square(array):
    return float(np.mean(np.asarray(array, "float64") ** 2))


def factor_per_layer(sizes):
    """The geometric mean of the factors from layer to layer, from the second layer to the last."""
    return (sizes[-1] / sizes[1]) ** (1 / (len(sizes) - 2))
