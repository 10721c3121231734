"""How large a signal is in each layer of a deep network, and a gradient on its way back."""
import numpy as np

from lib.claims import History
from lib.compat import drawn, gradient_function, keras, outputs_of
from lib.models import deep_chain, tap

WIDTH, DEPTH, SAMPLES = 256, 20, 100   # wide enough to measure a factor within some per cent


def values_and_derivatives(layer, x):
    """What an activation layer makes of the numbers ``x``, and its derivative there: two lists."""
    x = np.asarray(x, "float32")[None]
    inlet = tap(x.shape)
    model = keras.Sequential([keras.layers.Input((x.size,)), inlet, layer])
    measure = gradient_function(model, lambda _, y: keras.ops.sum(y), [inlet.zeros])
    _, (derivatives,) = measure(x, x)
    return outputs_of(model, x)[0].tolist(), derivatives[0].tolist()


def signals_in_depth(initializer, activation, seed, width=WIDTH, depth=DEPTH, samples=SAMPLES,
                     draws=1):
    """Send x ~ N(0, 1) through a new ``deep_chain`` and a gradient ~ N(0, 1) back through it.

    width: of all layers, or the widths of the input and of each layer; draws: of the kernels, each
    with an x and a gradient of its own. Returns a History with, for each layer from the first, over
    all draws: ``signal``, the mean square over units and samples of what goes into its activation;
    ``spread``, the part of it that differs from sample to sample, a unit's variance over them;
    ``gradient``, the mean square of the gradient that comes back to there; ``dead``, the share of
    units with nothing above zero for any sample.
    """
    random_state = np.random.RandomState(seed)
    widths = np.broadcast_to(width, depth + 1).tolist()
    model = deep_chain(initializer, activation, widths, samples)
    taps = model.layers[1::3]
    before_activations = keras.Model(model.inputs[0], [layer.output for layer in taps])
    measure = gradient_function(model, lambda outgoing, y: keras.ops.sum(outgoing * y),
                                [layer.zeros for layer in taps])
    measured = {"signal": [], "spread": [], "gradient": [], "dead": []}
    for draw in range(draws):
        if draw:
            for layer in model.layers[::3]:
                layer.set_weights([drawn(initializer, weights.shape)
                                   for weights in layer.get_weights()])
        x, outgoing = (random_state.randn(samples, size).astype("float32")
                       for size in (widths[0], widths[-1]))
        inputs = [signal.astype("float64") for signal in outputs_of(before_activations, x)]
        _, gradients = measure(x, outgoing)
        with np.errstate(all="ignore"):
            measured["signal"].append([mean_square(z) for z in inputs])
            measured["spread"].append([np.mean(np.var(z, axis=0)) for z in inputs])
            measured["gradient"].append([mean_square(gradient) for gradient in gradients])
            measured["dead"].append([np.mean(np.max(z, axis=0) <= 0) for z in inputs])
    config, function = initializer.get_config(), model.layers[2]
    if isinstance(function, keras.layers.Activation):
        function = function.activation
    else:
        function = type(function)
    settings = {"initializer": type(initializer).__name__, "seed": seed, "width": width,
                "depth": depth, "samples": samples, "draws": draws,
                "activation": function.__name__}
    settings.update((name, config[name]) for name in ("stddev", "scale", "mode", "distribution")
                    if name in config)
    with np.errstate(all="ignore"):
        return History(settings, **{name: np.mean(rows, axis=0).tolist()
                                    for name, rows in measured.items()})


def mean_square(array):
    return float(np.mean(np.asarray(array, "float64") ** 2))


def factor_per_layer(sizes):
    """The mean factor from one layer to the next: geometric, from the second layer to the last."""
    return (sizes[-1] / sizes[1]) ** (1 / (len(sizes) - 2))
