"""What layers make of fixed numbers, forward, in gradients and in a step; masks of dropout."""
import functools

import numpy as np

from lib.compat import NotSupported, compile_model, gradient_function, keras, outputs_of
from lib.compat.loading import own_keras
from lib.compat.probing import (draw_the_same_again, outputs_in_training, there,
                                times_have_weights)
from lib.probes import LAYER, Probe
from lib.probes import layers_in_numpy as in_numpy

RATE = 0.1      # of SGD
# Of dropout. What is measured of it are shares of 10,000 draws or more, with a standard error of at
# most 0.0045; five of them, and once more for the other release, which draws other numbers
DROPPED, SAMPLES, TIMES, UNITS = 0.25, 1000, 6, 10
CHANCE = 0.03


def uniform(*shape, low=-1.0, high=1.0, seed=0):
    return np.random.RandomState(seed).uniform(low, high, shape).astype("float32")


def with_silence(x):
    """Zeros from some time on in the first sample, and at the first time in the others."""
    x[0, 2:] = x[1:, 0] = 0
    return x


# Weights are set, so those at first may be what takes no time to draw
QUICK = dict(kernel_initializer="zeros", recurrent_initializer="zeros")
CONVOLVED = uniform(2, 6, 5, 3), [(3, 3, 3, 2), (2,)]
HEARD = uniform(2, 5, 3)
# Layers with their settings, the input, the shapes of the weights, and the same in float64
FORWARD = {
    "Dense": ({"Dense": dict(units=3, activation="tanh")}, uniform(6, 4), [(4, 3), (3,)],
              in_numpy.dense),
    "Conv2D": ({"Conv2D": dict(filters=2, kernel_size=3, padding="same")}, *CONVOLVED,
               in_numpy.conv_2d),
    "Conv2D, stride 2": (
        {"Conv2D": dict(filters=2, kernel_size=3, padding="same", strides=2)}, *CONVOLVED,
        functools.partial(in_numpy.conv_2d, stride=2)),
    "Conv2D, dilation 2": (
        {"Conv2D": dict(filters=2, kernel_size=3, padding="same", dilation_rate=2)}, *CONVOLVED,
        functools.partial(in_numpy.conv_2d, dilation=2)),
    "LayerNormalization": ({"LayerNormalization": dict(epsilon=1e-3)}, uniform(4, 5),
                           [(5,), (5,)], in_numpy.layer_normalization),
    "SimpleRNN": ({"SimpleRNN": dict(units=2, return_sequences=True, **QUICK)}, HEARD,
                  [(3, 2), (2, 2), (2,)], in_numpy.simple_rnn),
    "LSTM": ({"LSTM": dict(units=2, recurrent_activation="sigmoid", return_sequences=True,
                           **QUICK)}, HEARD, [(3, 8), (2, 8), (8,)], in_numpy.lstm),
    "GRU": ({"GRU": dict(units=2, recurrent_activation="sigmoid", reset_after=True,
                         return_sequences=True, **QUICK)},
            HEARD, [(3, 6), (2, 6), (2, 6)], in_numpy.gru),
    "Masking": ({"Masking": {}, "SimpleRNN": dict(units=2, **QUICK)},
                with_silence(uniform(2, 5, 3)), [(3, 2), (2, 2), (2,)],
                in_numpy.masked_simple_rnn),
}
# The input of BatchNormalization: of a batch of 6, an unbiased variance is a fifth larger
NORMALIZED = {"BatchNormalization": uniform(6, 3),
              "BatchNormalization of pictures": uniform(2, 3, 1, 3)}
NORMALIZATION = dict(momentum=0.5, epsilon=1e-3)
# The gates of a recurrent layer in the order of its weights: what their sum is where nothing comes
# in, so that a unit without activations gives 1
GATES = {"SimpleRNN": [1], "LSTM": [1, 0, 1, 1], "GRU": [0, 1, 1]}
# Of Embedding: words of two sentences, where 0 is none, and the shapes of the weights
SENTENCES = np.array([[1, 2, 0, 0], [3, 0, 0, 0], [4, 2, 1, 3]])
EMBEDDED = [(5, 2), (2, 1), (1,)]


def model_of(layers, shape, **call):
    """A functional model of layers in a row, each called with ``call``; shape: of a batch."""
    inputs = outputs = keras.Input(shape=tuple(shape[1:]))
    for layer in layers:
        outputs = layer(outputs, **call)
    return keras.Model(inputs, outputs)


def made(layers):
    """Keras layers from {class name: settings}."""
    return [there(keras.layers, name)(**settings) for name, settings in layers.items()]


def step(model, x, y, loss="mse", **batch):
    """One step of SGD: the loss that ``train_on_batch`` returns."""
    compile_model(model, keras.optimizers.SGD(RATE), loss)
    return float(np.ravel(model.train_on_batch(x, y, **batch))[0])


def mean_square(y, prediction):
    return keras.ops.mean(keras.ops.square(y - prediction))


def numbered(word, arrays):
    return {f"{word} {number}": array for number, array in enumerate(arrays)}


def weights_for(shapes):
    return [uniform(*shape, seed=1 + number) for number, shape in enumerate(shapes)]


def forward_probe(name, layers, x, shapes, function):
    weights = weights_for(shapes)
    y = uniform(*function(x, *weights).shape, seed=9)

    def measure():
        model = model_of(made(layers), x.shape)
        model.set_weights(weights)
        output = outputs_of(model, x)
        _, gradients = gradient_function(model, mean_square)(x, y)
        step(model, x, y)
        return dict({"output": output}, **numbered("gradient of weight", gradients),
                    **numbered("after a step weight", model.get_weights()))

    def reference():
        slopes = in_numpy.gradients(lambda *now: np.mean((function(x, *now) - y) ** 2), weights)
        return dict({"output": function(x.astype(float), *weights)},
                    **numbered("gradient of weight", slopes),
                    **numbered("after a step weight", [weight - RATE * slope for weight, slope
                                                       in zip(weights, slopes)]))

    return Probe(name, LAYER, tuple(layers), measure, reference)


def normalization_probe(name, x):
    """The moving variance is documented as one of the batch's variance, which is biased."""
    channels = x.shape[-1]
    gamma, beta, mean, variance = [uniform(channels, low=0.5, high=1.5, seed=1 + number)
                                   for number in range(4)]
    y = uniform(*x.shape, seed=9)
    in_order = "gamma", "beta", "moving mean", "moving variance"

    def measure():
        model = model_of([keras.layers.BatchNormalization(**NORMALIZATION)], x.shape)
        model.set_weights([gamma, beta, mean, variance])
        output = outputs_of(model, x)
        loss = step(model, x, y)
        return dict({"output": output, "loss in training": loss},
                    **dict(zip(in_order, model.get_weights())))

    def reference():
        epsilon, momentum = NORMALIZATION["epsilon"], NORMALIZATION["momentum"]
        normalize, now = in_numpy.batch_normalization, x.astype(float)
        statistics = in_numpy.batch_statistics(now)

        def loss(gamma, beta):
            return np.mean((normalize(now, gamma, beta, *statistics, epsilon) - y) ** 2)

        after = [weight - RATE * slope for weight, slope in zip(
            (gamma, beta), in_numpy.gradients(loss, [gamma, beta]))]
        after += [momentum * moving + (1 - momentum) * of_batch for moving, of_batch
                  in zip((mean, variance), statistics)]
        return dict({"output": normalize(now, gamma, beta, mean, variance, epsilon),
                     "loss in training": loss(gamma, beta)}, **dict(zip(in_order, after)))

    return Probe(name, LAYER, ("BatchNormalization",), measure, reference)


def embedding_probe(name, is_there=lambda: None, **batch):
    """A mask that goes on to the loss, as a mean over the words that the mask leaves.

    batch: more for ``train_on_batch``, of which there is no reference; is_there: raises
    NotSupported where that is not known.
    """
    weights, y = weights_for(EMBEDDED), uniform(*SENTENCES.shape + (1,), seed=9)
    in_order = "embeddings", "kernel", "bias"

    def measure():
        is_there()
        model = model_of([keras.layers.Embedding(5, 2, mask_zero=True), keras.layers.Dense(1)],
                         SENTENCES.shape)
        model.set_weights(weights)
        return dict({"loss": step(model, SENTENCES.astype("float32"), y, **batch)},
                    **dict(zip(in_order, model.get_weights())))

    def reference():
        def loss(embeddings, kernel, bias):
            error = embeddings[SENTENCES] @ kernel + bias - y
            return np.mean(error[SENTENCES != 0] ** 2)

        slopes = in_numpy.gradients(loss, weights)
        return dict({"loss": loss(*weights)}, **dict(zip(
            in_order, [weight - RATE * slope for weight, slope in zip(weights, slopes)])))

    return Probe(name, LAYER, ("Embedding",), measure, None if batch else reference)


def mask_statistics(first, second):
    """Of the masks in two calls: (gates, samples, times, units), 0 or a factor; all are shares.

    "alike at all times": of the (sample, unit) pairs; "differs between gates": nothing of one gate.
    """
    kept = first != 0
    statistics = {
        "share kept": kept.mean(), "factor of the kept": first[kept].mean(),
        "share alike at all times": (kept == kept[:, :, :1]).all(axis=2).mean(),
        "share that differs between two calls": (kept != (second != 0)).mean()}
    if len(first) > 1:
        statistics["share that differs between gates"] = (kept[:-1] != kept[1:]).mean()
    return statistics


def masks_probe(name, subject, make):
    """make: returns a model, its input, and a function from its output to masks."""
    def measure():
        draw_the_same_again(0)
        model, x, masks_in = make()
        return mask_statistics(*(masks_in(outputs_in_training(model, x)) for _ in range(2)))

    def reference():
        return {"share kept": 1 - DROPPED, "factor of the kept": 1 / (1 - DROPPED),
                "share that differs between two calls": 2 * DROPPED * (1 - DROPPED)}

    return Probe(name, LAYER, (subject,), measure, reference, CHANCE)


def dropout():
    x = np.ones((SAMPLES, TIMES, UNITS), "float32")
    return model_of([keras.layers.Dropout(DROPPED)], x.shape), x, lambda output: output[None]


def dropout_in_predictions():
    """A layer that was called with ``training=True``, for drops in predictions, too."""
    draw_the_same_again(0)
    x = np.ones((SAMPLES, UNITS), "float32")
    model = model_of([keras.layers.Dropout(DROPPED)], x.shape, training=True)
    return {"share kept": np.mean(model.predict(x, batch_size=SAMPLES, verbose=0) != 0)}


def recurrent(name, setting):
    """A layer without activations that shows its masks.

    Its first units give 1 at all times, and the input is 1. For each gate but that for forgetting
    there are as many units to read it: this gate of theirs is the masked state ("recurrent
    dropout") or input ("dropout") of a unit, where its mean is 1, and so is what they give.
    """
    at_rest = GATES[name]
    read = [gate for gate, value in enumerate(at_rest) if value]
    units = UNITS * (1 + len(read))
    kernel = np.zeros((UNITS, len(at_rest), units), "float32")
    recurrent_kernel = np.zeros((units, len(at_rest), units), "float32")
    bias = np.repeat(np.array(at_rest, "float32")[:, None], units, axis=1)
    seen = recurrent_kernel if setting == "recurrent_dropout" else kernel
    for place, gate in enumerate(read):
        readers = UNITS * (1 + place) + np.arange(UNITS)
        seen[np.arange(UNITS), gate, readers] = 1
        bias[gate, readers] = 0
    more = dict(SimpleRNN={}, LSTM=dict(recurrent_activation="linear"),
                GRU=dict(recurrent_activation="linear", reset_after=True))[name]
    layer = getattr(keras.layers, name)(units, activation="linear", return_sequences=True,
                                        **dict(QUICK, **more, **{setting: DROPPED}))
    x = np.ones((SAMPLES, TIMES, UNITS), "float32")
    model = model_of([layer], x.shape)
    bias = bias.ravel()
    model.set_weights([kernel.reshape(UNITS, -1), recurrent_kernel.reshape(units, -1),
                       np.stack([0 * bias, bias]) if name == "GRU" else bias])

    def masks_in(output):
        # at the first time there is no state yet
        return np.stack(np.split(output[:, 1:, UNITS:], len(read), axis=-1))

    return model, x, masks_in


def slope_by_name():
    """Of a leaky ReLU: what the layer and the name "leaky_relu" have by default."""
    layers, x = own_keras().layers, -np.ones((1, 1), "float32")
    try:
        by_name = layers.Activation("leaky_relu")
    except ValueError:
        raise NotSupported("the activation leaky_relu is not there") from None
    return {"slope": -outputs_of(model_of([by_name], x.shape), x)}


def slope_of_layer():
    """Below zero and at exactly zero, where the derivative is that of one side."""
    x = np.array([[-1.0, 0.0]], "float32")
    layers = own_keras().layers
    model = model_of([keras.layers.Dense(2, use_bias=False), layers.LeakyReLU()], x.shape)
    model.set_weights([np.diag([1.0, 0.0]).astype("float32")])
    _, (gradient,) = gradient_function(model, lambda _, output: keras.ops.sum(output))(
        np.ones_like(x), x)
    return {"slope": -outputs_of(model, x)[0, 0], "slope at 0": gradient[0, 1]}


PROBES = (
    [forward_probe(name, *row) for name, row in FORWARD.items()]
    + [normalization_probe(name, x) for name, x in NORMALIZED.items()]
    + [embedding_probe("Embedding with a mask"),
       embedding_probe("Embedding with a mask and weights of samples",
                       sample_weight=uniform(3, low=0.5, high=2.0)),
       embedding_probe("Embedding with a mask and weights of words",
                       times_have_weights, sample_weight=uniform(3, 4, low=0.5, high=2.0)),
       masks_probe("Dropout", "Dropout", dropout),
       Probe("Dropout called with training=True, in predict", LAYER, ("Dropout",),
             dropout_in_predictions, lambda: {"share kept": 1 - DROPPED}, CHANCE)]
    + [masks_probe(f"{name}, {setting}", name, functools.partial(recurrent, name, setting))
       for name in GATES for setting in ("dropout", "recurrent_dropout")]
    + [Probe("LeakyReLU by default", LAYER, ("LeakyReLU",), slope_of_layer),
       Probe("leaky_relu by name", LAYER, ("leaky_relu",), slope_by_name)])
