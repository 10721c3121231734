"""Xavier weights keep the variance of signals and gradients, each activation with its own variant.

Claim    Xavier initialization sets the scale of the weights by fan-in and fan-out, uniform or
         normal, with a variant for each activation function: uniform up to
         sqrt(6/(fan_in + fan_out)) or normal of deviation sqrt(2/(fan_in + fan_out)) for the
         logistic function, 4 times as much for tanh, sqrt(2) times as much for ReLU.
Source   https://www.heiqu.com/wppjwj.html, the section on Xavier initialization; limits and
         deviations are those of A. Géron, "Hands-On Machine Learning", 1st edition, table 11-1.
Setup    x ~ N(0, 1) through chains of 20 Dense layers of 256, four draws of each, and a gradient
         ~ N(0, 1) back: the mean square over units, samples and draws of what goes into each
         activation, and of the gradient that comes back to there. Both have no mean over the random
         weights, so that this is the variance that Glorot and He mean.
Theory   Weights of variance g/fan-in turn a signal z ~ N(0, q) into one of variance g E[f(z)²], and
         multiply a gradient's by g E[f'(z)²]. Xavier's g = 1 keeps both where f(z) = z; ReLU
         halves them, so that it wants g = 2 (He); a sigmoid's slope is 1/4 at most. Where fan-in is
         not fan-out g is a compromise, 2 fan_in/(fan_in + fan_out) for the signal of a layer and
         2 fan_out/(fan_in + fan_out) for its gradient.
Differs  Widths and depth are ours; "keeps" is taken as a factor of a layer between 0.9 and 1.1. The
         normal weights here are normal, as in the table; Keras' GlorotNormal cuts them off at two
         deviations and makes up for it, so that the variance is the same.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, below, between, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import drawn, keras
from lib.plotting import THEORY, line_style, new_figure
from lib.signals import DEPTH, WIDTH, factor_per_layer, signals_in_depth

NUMBER = 18
OVER_SEEDS = 8              # ours: it takes ten seconds and more
ON_EVERY_RELEASE = "one of the two slow ones of its source"
KEEPS = between(0.9, 1.1)       # ours: 20 layers then change the variance by less than 10
DRAWS = 4                       # ours: of the kernels, for chance moves a layer of 256 by some 5 %
SHAPES = ((784, 300), (300, 100), (100, 10))    # the source's program: fan-in is not fan-out
WIDE, NARROW = 256, 64          # ours: in turn, so that fan-in is 4 times fan-out, or a quarter
IN_TURN = "linear, {} and {} in turn".format(WIDE, NARROW)
COLUMNS = OrderedDict((("uniform", "uniform"), ("normal", "untruncated_normal")))    # of the table
# The table: how many times Xavier's limit, or its deviation, for each activation
PRINTED = OrderedDict((("sigmoid", 1), ("tanh", 4), ("ReLU", 2 ** 0.5)))
# What is tried besides Xavier's own: that of the table, and 4 with sigmoids, as Theano's tutorial
TIMES = {"tanh": 4, "ReLU": 2 ** 0.5, "sigmoid": 4}
IN_WORDS = {1: "Xavier", 4: "4 × Xavier", 2 ** 0.5: "√2 × Xavier"}


def xavier(times, column):
    """Xavier's limit or deviation, so many times: a Keras initializer of a seed."""
    return lambda seed: keras.initializers.VarianceScaling(times ** 2, "fan_avg", COLUMNS[column],
                                                           seed=seed)


def schemes_of(activation):
    """{scheme: (initializer of a seed, variance of the weights times fan-in in a square layer)}."""
    schemes = OrderedDict((("unit normal", (lambda seed: keras.initializers.RandomNormal(
        stddev=1.0, seed=seed), WIDTH)),))
    for times in (1,) + ((TIMES[activation],) if activation in TIMES else ()):
        for column in COLUMNS:
            schemes["{} {}".format(IN_WORDS[times], column)] = xavier(times, column), times ** 2
    schemes["He normal"] = lambda seed: keras.initializers.HeNormal(seed=seed), 2
    return schemes


def run(seed=0):
    """Signals in depth for each activation and scheme, and the kernels' scale: {label: History}."""
    def chain(initializer, activation, widths=WIDTH):
        return signals_in_depth(initializer(keras.random.SeedGenerator(seed)),
                                lambda: keras.layers.Activation(activation.lower()), seed, widths,
                                draws=DRAWS)

    histories = OrderedDict((label_of(activation, scheme),
                             chain(schemes_of(activation)[scheme][0], activation))
                            for activation, scheme in nets())
    histories[IN_TURN] = chain(xavier(1, "normal"), "linear",
                               [WIDE, NARROW] * (DEPTH // 2) + [WIDE])
    for name in ("GlorotUniform", "GlorotNormal"):
        initializer = getattr(keras.initializers, name)(seed=keras.random.SeedGenerator(seed))
        kernels = [drawn(initializer, shape) for shape in SHAPES]
        histories[name] = History(
            {"seed": seed, "shapes": SHAPES}, deviation=[float(np.std(one)) for one in kernels],
            largest=[float(np.max(np.abs(one))) for one in kernels])
    return histories


def nets():
    """(activation, scheme) of every net of square layers."""
    return [(activation, scheme) for activation in theory.ACTIVATIONS
            for scheme in schemes_of(activation)]


def label_of(activation, scheme):
    return "{}, {}".format(activation, scheme)


def printed(activation, column):
    """The label of the net that has the weights of the table."""
    return label_of(activation, "{} {}".format(IN_WORDS[PRINTED[activation]], column))


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


def distance(histories, activation, scheme):
    """The largest factor between a net and its closed form, over signals and gradients."""
    history = histories[label_of(activation, scheme)]
    return float(np.exp(np.max(np.abs(np.log(np.divide(
        [history.signal, history.gradient], closed(activation, scheme)))))))


def in_turn(history):
    """Mean factors of the layers that widen and of those that narrow: of signals, of gradients.

    From the second layer on, which widens, and for gradients to the last.
    """
    signal = np.log(np.divide(history.signal[1:], history.signal[:-1]))
    gradient = np.log(np.divide(history.gradient[:-1], history.gradient[1:]))
    return [float(np.exp(np.mean(logs[first::2]))) for logs in (signal, gradient)
            for first in (0, 1)]


def table(histories):
    """What a layer does to the variances in each net."""
    as_printed = [printed(activation, column) for activation in PRINTED for column in COLUMNS]
    rows = []
    for activation, scheme in nets():
        label = label_of(activation, scheme)
        signal, gradient = factors(histories[label])
        rows.append((activation, scheme, "{:.4g}".format(signal), "{:.4g}".format(gradient),
                     "yes" if KEEPS.accepts(worse(histories[label])) else "no",
                     "as printed" if label in as_printed else ""))
    return {"activation": "left", "weights": "whole", "signal × a layer": "right",
            "gradient × a layer": "right", "keeps": "left", "the book's table": "left"}, rows


def judge(histories):
    def table_says(sentence, activation, column, statement, fails_because=None):
        return source_says(
            sentence, statement, worse(histories[printed(activation, column)]), KEEPS,
            "table 11-1 of the book; that it is there to keep the variance, and \"keeps\": ours",
            fails_because)

    deviations = [histories[name].deviation[index] / (2 / sum(shape)) ** 0.5 - 1
                  for name in ("GlorotUniform", "GlorotNormal")
                  for index, shape in enumerate(SHAPES)]
    narrow = "A sigmoid's slope is at most 1/4, so that a layer of such weights leaves at most " \
             "1/16 of a gradient's variance"
    steep = "tanh is steep, slope 1 at 0: weights of 16 times the variance drive it into " \
            "saturation, and gradients still grow by 2.4 a layer"
    compromise = 2 * WIDE / (WIDE + NARROW), 2 * NARROW / (WIDE + NARROW)
    return OrderedDict(
        the_scale_is_set_by_fan_in_and_fan_out=source_says(
            "xavier_scale",
            "Xavier sets the scale by fan-in and fan-out (largest relative distance of a kernel's "
            "deviation from sqrt(2/(fan_in + fan_out)), uniform and normal)",
            largest(np.abs(deviations)), near(0, within=0.06), "the definition; 1,000 numbers or "
            "more, of a relative deviation of 0.02 or less"),
        the_limit_for_sigmoids_keeps_it=table_says(
            "table_logistic", "sigmoid", "uniform", "The uniform weights of the table keep the "
            "variance for the logistic function (factor of a layer, of signal or gradient, that is "
            "farther from 1)", narrow),
        the_deviation_for_sigmoids_keeps_it=table_says(
            "table_logistic", "sigmoid", "normal", "… and the normal ones (the same)", narrow),
        the_limit_for_tanh_keeps_it=table_says(
            "table_tanh", "tanh", "uniform", "… for tanh the uniform ones, 4 times as large",
            steep),
        the_deviation_for_tanh_keeps_it=table_says(
            "table_tanh", "tanh", "normal", "… and the normal ones", steep),
        the_limit_for_relus_keeps_it=table_says(
            "table_relu", "ReLU", "uniform", "… for ReLU the uniform ones, sqrt(2) times as large"),
        the_deviation_for_relus_keeps_it=table_says(
            "table_relu", "ReLU", "normal", "… and the normal ones"),
        the_limit_is_the_largest_weight=suite_finds(
            "Uniform kernels end at their limit (largest weight relative to it)",
            smallest(size / theory.glorot_limit(*shape) for size, shape in zip(
                histories["GlorotUniform"].largest, SHAPES)), near(1, within=0.01),
            "the definition; 1,000 numbers or more"),
        xavier_keeps_it_for_linear_layers=suite_finds(
            "Xavier keeps the variance through linear layers of one width, uniform and normal "
            "(factor of a layer farthest from 1)",
            farthest_from_one(value for column in COLUMNS for value in factors(
                histories[label_of("linear", "Xavier " + column)])), near(1, within=0.04),
            "closed form"),
        it_is_a_compromise_where_fan_in_is_not_fan_out=suite_finds(
            "From {0} units to {1} it multiplies a signal by {2:g} and its gradient by {3:g}, from "
            "{1} to {0} the other way round, which loses both (largest relative distance)".format(
                WIDE, NARROW, *compromise),
            largest(np.abs(np.divide(in_turn(histories[IN_TURN]), compromise[::-1] + compromise)
                           - 1)), near(0, within=0.1), "2 fan_in/(fan_in + fan_out)"),
        xavier_loses_a_little_with_tanh=suite_finds(
            "Its own limit loses a little with tanh, less with each layer (the same)",
            worse(histories["tanh, Xavier uniform"]),
            near(factor_per_layer(closed("tanh", "Xavier uniform")[0]), within=0.02),
            "closed form: tanh flattens"),
        four_times_the_limit_is_better_for_sigmoids=suite_finds(
            "4 times the limit loses less of a sigmoid's gradient, but does not keep it either "
            "(factor of a layer; it is below 1/16 without)",
            factors(histories["sigmoid, 4 × Xavier uniform"])[1],
            near(1 / factor_per_layer(closed("sigmoid", "4 × Xavier uniform")[1]), within=0.04),
            "closed form: sigmoids are not centred"),
        he_keeps_it_for_relus=suite_finds(
            "He's normal weights keep it with ReLU", worse(histories["ReLU, He normal"]), KEEPS,
            "closed form; He et al. 2015, section 2.2"),
        what_it_keeps_is_not_the_difference_of_samples=suite_finds(
            "What √2 times the limit keeps with ReLU is the size, not what differs between samples "
            "(its share of the mean square in layer 20)",
            histories[printed("ReLU", "uniform")].spread[-1]
            / histories[printed("ReLU", "uniform")].signal[-1],
            below(0.5), "samples grow alike in depth; 1 in the first layer"),
        every_net_is_near_the_closed_form=suite_finds(
            "Every layer of every net is near the closed form (largest factor between the two)",
            largest(distance(histories, *net) for net in nets()), below(4),
            "infinitely wide layers; in 20 of 256 chance moves a signal behind ReLUs by e^±0.3, "
            "and a gradient through saturated tanh by e^±0.6"),
    )


def draw(histories):
    figure, axes = new_figure(2, len(theory.ACTIVATIONS), size=(13.4, 6.6), sharex="col",
                              sharey="row")
    layers, order = np.arange(1, DEPTH + 1), []
    for activation in theory.ACTIVATIONS:
        order += [scheme for scheme in schemes_of(activation) if scheme not in order]
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
            axes[1, column].set_title("the book's: gradient × {:.2g} a layer".format(
                factors(histories[printed(activation, "normal")])[1]), fontsize=10)
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
