"""How large a signal is in each layer of a deep network, and a gradient on its way back."""
import numpy as np

from lib.claims import History
from lib.compat import gradient_function, keras, outputs_of
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


def signals_in_depth(initializer, activation, seed, width=WIDTH, depth=DEPTH, samples=SAMPLES):
    """Send x ~ N(0, 1) through a new ``deep_chain`` and a gradient ~ N(0, 1) back through it.

    Returns a History with, for each layer from the first: ``signal``, the mean square over units
    and samples of what goes into its activation; ``spread``, the part of it that differs from
    sample to sample, a unit's variance over them; ``gradient``, the mean square of the gradient
    that comes back to there; ``dead``, the share of units with nothing above zero for any sample.
    """
    random_state = np.random.RandomState(seed)
    model = deep_chain(initializer, activation, width, depth, samples)
    x, outgoing = random_state.randn(2, samples, width).astype("float32")
    taps = model.layers[1::3]
    before_activations = keras.Model(model.inputs[0], [layer.output for layer in taps])
    inputs = [signal.astype("float64") for signal in outputs_of(before_activations, x)]
    measure = gradient_function(model, lambda outgoing, y: keras.ops.sum(outgoing * y),
                                [layer.zeros for layer in taps])
    _, gradients = measure(x, outgoing)
    config, function = initializer.get_config(), model.layers[2]
    if isinstance(function, keras.layers.Activation):
        function = function.activation
    else:
        function = type(function)
    settings = {"initializer": type(initializer).__name__, "seed": seed, "width": width,
                "depth": depth, "samples": samples, "activation": function.__name__}
    settings.update((name, config[name]) for name in ("stddev", "scale", "mode", "distribution")
                    if name in config)
    with np.errstate(all="ignore"):
        return History(settings, signal=[mean_square(z) for z in inputs],
                       spread=[float(np.mean(np.var(z, axis=0))) for z in inputs],
                       gradient=[mean_square(gradient) for gradient in gradients],
                       dead=[float(np.mean(np.max(z, axis=0) <= 0)) for z in inputs])


def mean_square(array):
    return float(np.mean(np.asarray(array, "float64") ** 2))


def factor_per_layer(sizes):
    """The mean factor from one layer to the next: geometric, from the second layer to the last."""
    return (sizes[-1] / sizes[1]) ** (1 / (len(sizes) - 2))
