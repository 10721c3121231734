"""Xavier weights keep the variance of signals and gradients, each activation with its own limit.

Claim    Xavier initialization sets the scale of the weights by fan-in and fan-out, uniform or
         normal, so that the variance stays the same from layer to layer; each activation function
         has a variant: the uniform limit sqrt(6/(fan_in + fan_out)) for the logistic function, 4
         times as much for tanh, sqrt(2) times as much for ReLU.
Source   https://www.heiqu.com/wppjwj.html, the section on Xavier; the limits are those of the table
         in A. Géron, "Hands-On Machine Learning", 1st edition, chapter 11.
Setup    x ~ N(0, 1) through chains of 20 Dense layers of 256 with the kernels of Keras'
         initializers, and a gradient ~ N(0, 1) back: the mean square over units and samples of what
         goes into each activation, and of the gradient that comes back to there. Both have no mean
         over the random weights, so that this is the variance that Glorot, He and the source mean.
Theory   Weights of variance g/fan-in turn a signal z ~ N(0, q) into one of variance g E[f(z)²], and
         multiply a gradient's by g E[f'(z)²]. Xavier's g = 1 keeps both where f(z) = z; ReLU
         halves them, so that it wants g = 2 (He); a sigmoid's slope is 1/4 at most.
Differs  Widths and depth are ours, and square layers; "keeps" is taken as a factor of a layer
         between 0.9 and 1.1. Which variant most people take is not judged.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import History, below, between, largest, near, smallest, source_says, suite_finds
from lib.command import run_script
from lib.compat import drawn, keras
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import DEPTH, WIDTH, factor_per_layer, signals_in_depth

NUMBER = 18
ON_EVERY_RELEASE = "one of the two slow ones of its source"
KEEPS = between(0.9, 1.1)       # ours: 20 layers then change the variance by less than 10
SHAPES = ((784, 300), (300, 100), (100, 10))    # the source's program: fan-in is not fan-out
# scheme: (Keras' initializer of a seed, variance of the weights times fan-in in a square layer)
SCHEMES = OrderedDict((
    ("unit normal", (lambda seed: keras.initializers.RandomNormal(stddev=1.0, seed=seed), WIDTH)),
    ("Xavier uniform", (lambda seed: keras.initializers.GlorotUniform(seed=seed), 1)),
    ("Xavier normal", (lambda seed: keras.initializers.GlorotNormal(seed=seed), 1)),
    ("He normal", (lambda seed: keras.initializers.HeNormal(seed=seed), 2))))
# The book's table: how many times Xavier's uniform limit, for each activation. The logistic one is
# 1, and so among the schemes; what is tried with it besides is the 4, as Theano's tutorial has it.
PRINTED = OrderedDict((("sigmoid", 1), ("tanh", 4), ("ReLU", 2 ** 0.5)))
TIMES = {"tanh": ("4 × Xavier uniform", 4), "ReLU": ("√2 × Xavier uniform", 2 ** 0.5),
         "sigmoid": ("4 × Xavier uniform", 4)}


def run(seed=0):
    """Signals in depth for each activation and scheme, and the kernels' scale: {label: History}."""
    histories = OrderedDict()
    for activation in theory.ACTIVATIONS:
        for scheme, (initializer, _) in schemes_of(activation).items():
            histories[label_of(activation, scheme)] = signals_in_depth(
                initializer(keras.random.SeedGenerator(seed)),
                lambda: keras.layers.Activation(activation.lower()), seed)
    for name in ("Xavier uniform", "Xavier normal"):
        initializer = SCHEMES[name][0](keras.random.SeedGenerator(seed))
        kernels = [drawn(initializer, shape) for shape in SHAPES]
        histories["kernels, " + name] = History(
            {"seed": seed, "shapes": SHAPES}, deviation=[float(np.std(one)) for one in kernels],
            largest=[float(np.max(np.abs(one))) for one in kernels])
    return histories


def schemes_of(activation):
    """SCHEMES, and the multiple of Xavier's uniform limit that is tried with this activation."""
    schemes = OrderedDict(SCHEMES)
    if activation in TIMES:
        name, times = TIMES[activation]
        schemes[name] = (lambda seed: keras.initializers.VarianceScaling(
            times ** 2, "fan_avg", "uniform", seed=seed), times ** 2)
    return schemes


def label_of(activation, scheme):
    return "{}, {}".format(activation, scheme)


def factors(history):
    """What a layer multiplies the variance of a signal by, and that of a gradient."""
    return factor_per_layer(history.signal), 1 / factor_per_layer(history.gradient)


def farthest_from_one(factors):
    """That of the factors whose logarithm is largest, of either sign; NaN if one is."""
    return max(factors, key=lambda factor: np.nan_to_num(abs(np.log(factor)), nan=np.inf))


def worse(history):
    """That factor of the signal and the gradient which is farther from 1."""
    return farthest_from_one(factors(history))


def closed(activation, scheme):
    """The closed forms of signal and gradient."""
    return theory.wide_chain(activation, schemes_of(activation)[scheme][1], DEPTH)


def printed(activation):
    """The label of the net with the limit that the book prints for this activation."""
    name = TIMES[activation][0] if PRINTED[activation] != 1 else "Xavier uniform"
    return label_of(activation, name)


def nets():
    """(activation, scheme) of every net."""
    return [(activation, scheme) for activation in theory.ACTIVATIONS
            for scheme in schemes_of(activation)]


def table(histories):
    """What a layer does to the variances in each net."""
    rows = []
    for activation, scheme in nets():
        history = histories[label_of(activation, scheme)]
        signal, gradient = factors(history)
        rows.append((activation, scheme, "{:.4g}".format(signal), "{:.4g}".format(gradient),
                     "yes" if KEEPS.accepts(worse(history)) else "no",
                     "as printed" if label_of(activation, scheme) in map(printed, PRINTED) else ""))
    return {"activation": "left", "weights": "whole", "signal × a layer": "right",
            "gradient × a layer": "right", "keeps": "left", "the book's table": "left"}, rows


def judge(histories):
    scales = [(histories["kernels, " + name].deviation[index] / (2 / sum(shape)) ** 0.5 - 1)
              for name in ("Xavier uniform", "Xavier normal") for index, shape in enumerate(SHAPES)]
    linear = [value for name in ("Xavier uniform", "Xavier normal")
              for value in factors(histories[label_of("linear", name)])]
    distances = [np.max(np.abs(np.log10(np.divide(measured, expected))))
                 for activation, scheme in nets()
                 for measured, expected in zip(
                     (histories[label_of(activation, scheme)].signal,
                      histories[label_of(activation, scheme)].gradient),
                     closed(activation, scheme))]
    return OrderedDict(
        the_scale_is_set_by_fan_in_and_fan_out=source_says(
            "Xavier sets the scale by fan-in and fan-out (largest relative distance of a kernel's "
            "deviation from sqrt(2/(fan_in + fan_out)))",
            largest(np.abs(scales)), near(0, within=0.05), "the definition; 1,000 numbers or more"),
        the_limit_is_the_largest_weight=suite_finds(
            "… and the uniform kernels end at their limit (largest weight in terms of it)",
            smallest(size / theory.glorot_limit(*shape) for size, shape in zip(
                histories["kernels, Xavier uniform"].largest, SHAPES)), near(1, within=0.01),
            "the definition; 1,000 numbers or more"),
        it_keeps_the_variance=source_says(
            "It keeps the variance: linear layers (factor of a layer farthest from 1)",
            farthest_from_one(linear), near(1, within=0.05), "closed form"),
        the_printed_limit_keeps_it_for_sigmoids=source_says(
            "The limit sqrt(6/(fan_in + fan_out)) keeps it for the logistic function (the same)",
            worse(histories[printed("sigmoid")]), KEEPS, "the book's table; \"keeps\": ours",
            fails_because="A sigmoid's slope is at most 1/4, so that a layer of such weights "
                          "leaves at most 1/16 of a gradient's variance"),
        the_printed_limit_keeps_it_for_tanh=source_says(
            "4 times that limit keeps it for tanh (the same)",
            worse(histories[printed("tanh")]), KEEPS, "the book's table; \"keeps\": ours",
            fails_because="tanh is steep, slope 1 at 0: weights of 16 times the variance drive it "
                          "into saturation, and gradients still grow by 2.4 a layer; the tutorial "
                          "of Theano has the 4 with the logistic function, which does not keep it "
                          "either"),
        the_printed_limit_keeps_it_for_relus=source_says(
            "sqrt(2) times that limit keeps it for ReLU (the same)",
            worse(histories[printed("ReLU")]), KEEPS, "the book's table; \"keeps\": ours"),
        xavier_loses_a_little_with_tanh=suite_finds(
            "Xavier's own limit loses a little of it with tanh, less with each layer (the same)",
            worse(histories["tanh, Xavier uniform"]),
            near(factor_per_layer(closed("tanh", "Xavier uniform")[0]), within=0.05),
            "closed form: tanh flattens"),
        four_times_the_limit_is_better_for_sigmoids=suite_finds(
            "4 times the limit loses less of a sigmoid's gradient, but does not keep it either "
            "(factor of a layer; it is below 1/16 without)",
            factors(histories["sigmoid, 4 × Xavier uniform"])[1],
            near(1 / factor_per_layer(closed("sigmoid", "4 × Xavier uniform")[1]), within=0.06),
            "closed form: sigmoids are not centred"),
        unit_normal_weights_multiply_it_by_fan_in=suite_finds(
            "Unit normal weights multiply it by fan-in, 256 (linear layers)",
            worse(histories["linear, unit normal"]), near(WIDTH, within=10), "closed form"),
        xavier_halves_it_for_relus=suite_finds(
            "Xavier's own limit halves it with ReLU",
            worse(histories["ReLU, Xavier uniform"]), near(0.5, within=0.04), "closed form"),
        he_keeps_it_for_relus=suite_finds(
            "He's normal weights keep it with ReLU", worse(histories["ReLU, He normal"]), KEEPS,
            "closed form; He et al. 2015, section 2.2"),
        what_it_keeps_is_not_the_difference_of_samples=suite_finds(
            "What √2 times the limit keeps with ReLU is the size, not what differs between samples "
            "(its share of the mean square in layer 20)",
            histories[printed("ReLU")].spread[-1] / histories[printed("ReLU")].signal[-1],
            below(0.5), "samples grow alike in depth; 1 in the first layer"),
        every_net_follows_the_closed_form=suite_finds(
            "Every layer of every net is within a factor of 4 of the closed form (decades)",
            largest(distances), near(0, within=0.6), "infinitely wide layers; these have 256"),
    )


def draw(histories):
    figure, axes = new_figure(2, len(theory.ACTIVATIONS), size=(13.4, 6.6), sharex="col",
                              sharey="row")
    layers, order = np.arange(1, DEPTH + 1), list(SCHEMES) + ["4 × Xavier uniform",
                                                              "√2 × Xavier uniform"]
    for column, activation in enumerate(theory.ACTIVATIONS):
        for scheme in schemes_of(activation):
            history = histories[label_of(activation, scheme)]
            for panel, measured, expected in zip(axes[:, column],
                                                 (history.signal, history.gradient),
                                                 closed(activation, scheme)):
                panel.semilogy(layers, measured, label=scheme, markevery=3,
                               **line_style(order.index(scheme)))
                panel.semilogy(layers, expected, label="closed form", **THEORY)
        axes[0, column].set_title(activation)
        if activation in PRINTED:
            axes[1, column].set_title("the book's limit: gradient × {:.2g} a layer".format(
                factors(histories[printed(activation)])[1]), fontsize=10)
        axes[1, column].set_xlabel("Layer")
    for panel in axes.flat:
        panel.grid(True)
        panel.set_ylim(1e-9, 1e9)
    for panel, line, text in zip(axes[:, 0], (3.4, 16.6), (6, 6)):
        panel.annotate("× 256 a layer", (line, 1e7), (text, 1e8), va="center",
                       arrowprops={"arrowstyle": "->"})
    axes[0, 0].set_ylabel("Variance of the signal")
    axes[1, 0].set_ylabel("Variance of the gradient")
    figure.suptitle("The variance of a signal on its way through 20 layers, and of a gradient back")
    named = {}
    for panel in axes.flat:
        handles, labels = panel.get_legend_handles_labels()
        named.update(zip(labels, handles))
    named["closed form"] = named.pop("closed form")  # the last of the legend
    figure.legend(named.values(), named.keys(), loc="outside lower center", ncols=7)
    return figure


if __name__ == "__main__":
    run_script(__file__)
