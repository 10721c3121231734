"""Chains of square layers with every activation and every scheme of initial weights of claim 18."""
import numpy as np

from lib import theory
from lib.claims import below, between, largest, near, suite_finds
from lib.compat import forget_models, keras
from lib.measure.signals import (DEPTH, WIDTH, InitializersKernels, factor_per_layer,
                                 signals_in_depth)

KEEPS = between(0.9, 1.1)       # ours: 20 layers then change the variance by less than 10
DRAWS = 4                       # ours: of the kernels, for chance moves a layer of 256 by some 5 %
# The columns of the book's table, and what Keras calls their distributions
COLUMNS = {"uniform": "uniform", "normal": "untruncated_normal"}
# The book's table: how many times Xavier's limit, or its standard deviation, for each activation
PRINTED = {"sigmoid": 1, "tanh": 4, "ReLU": 2 ** 0.5}
# What is tried besides Xavier's own: the table's, and 4 for sigmoids, as in Theano's tutorial
TIMES = {"tanh": 4, "ReLU": 2 ** 0.5, "sigmoid": 4}
IN_WORDS = {1: "Xavier", 4: "4 × Xavier", 2 ** 0.5: "√2 × Xavier"}


def xavier(times, column):
    """Xavier's limit or standard deviation, so many times: a Keras initializer of a seed."""
    return lambda seed: keras.initializers.VarianceScaling(times ** 2, "fan_avg", COLUMNS[column],
                                                           seed=seed)


def schemes_of(activation):
    """{scheme: (initializer of a seed, variance of the weights times fan-in in a square layer)}."""
    schemes = {"unit normal": (
        lambda seed: keras.initializers.RandomNormal(stddev=1.0, seed=seed), WIDTH)}
    for times in (1,) + ((TIMES[activation],) if activation in TIMES else ()):
        for column in COLUMNS:
            schemes[f"{IN_WORDS[times]} {column}"] = xavier(times, column), times ** 2
    schemes["He normal"] = lambda seed: keras.initializers.HeNormal(seed=seed), 2
    return schemes


def chains():
    """(activation, scheme) of every chain."""
    return [(activation, scheme) for activation in theory.ACTIVATIONS
            for scheme in schemes_of(activation)]


def label_of(activation, scheme):
    return f"{activation}, {scheme}"


def label_as_printed(activation, column):
    """The label of the chain with the weights of the book's table."""
    return label_of(activation, f"{IN_WORDS[PRINTED[activation]]} {column}")


def named(activation, scheme):
    """Whether a row names the chain: Xavier's own where it is judged, and those of the table."""
    return label_of(activation, scheme) in (
        [label_as_printed(one, column) for one in PRINTED for column in COLUMNS]
        + [label_of("linear", f"Xavier {column}") for column in COLUMNS]
        + ["tanh, Xavier uniform", "sigmoid, 4 × Xavier uniform", "ReLU, He normal"])


def run(seed, draws=DRAWS, all_chains=True):
    """Signals in depth for each activation and scheme: {label: History}.

    all_chains: if not, those alone that a row names.
    """
    return {label_of(activation, scheme): signals_of(
        schemes_of(activation)[scheme][0], activation, seed, draws=draws)
        for activation, scheme in chains() if all_chains or named(activation, scheme)}


def signals_of(initializer, activation, seed, widths=WIDTH, draws=DRAWS):
    """A History of signals in depth; initializer: a Keras initializer of a seed."""
    forget_models()     # those of the chains before, which slow TensorFlow 1 down
    return signals_in_depth(InitializersKernels(initializer(keras.random.SeedGenerator(seed))),
                            lambda: keras.layers.Activation(activation.lower()), seed, widths,
                            draws=draws)


def factors(history):
    """What a layer multiplies the variance of a signal by, and that of a gradient."""
    return factor_per_layer(history.signal), 1 / factor_per_layer(history.gradient)


def farthest_from_one(factors):
    """The factor farthest from 1 on a log scale; NaN if any is NaN."""
    return max(factors, key=lambda factor: np.nan_to_num(abs(np.log(factor)), nan=np.inf))


def closed_form(activation, scheme):
    """The variances of signal and gradient in each of infinitely wide layers."""
    return theory.wide_chain(activation, schemes_of(activation)[scheme][1], DEPTH)


def largest_ratio(histories, activation, scheme):
    """The largest ratio, over layers, of a variance of a chain to its closed form, or inverse."""
    history = histories[label_of(activation, scheme)]
    return float(np.exp(np.max(np.abs(np.log(np.divide(
        [history.signal, history.gradient], closed_form(activation, scheme)))))))


def judge(histories):
    relu = histories[label_as_printed("ReLU", "uniform")]
    return dict(
        xavier_keeps_it_for_linear_layers=suite_finds(
            "Xavier weights keep the variance through linear layers of one width, uniform and "
            "normal (the factor per layer farthest from 1)",
            farthest_from_one(factor for column in COLUMNS for factor in factors(
                histories[label_of("linear", f"Xavier {column}")])), near(1, within=0.04),
            "closed form"),
        xavier_loses_a_little_with_tanh=suite_finds(
            "Xavier's own uniform weights lose a little with tanh, less from layer to layer (the "
            "factor per layer farther from 1, of signal and gradient)",
            farthest_from_one(factors(histories["tanh, Xavier uniform"])),
            near(factor_per_layer(closed_form("tanh", "Xavier uniform")[0]), within=0.02),
            "closed form: tanh flattens"),
        four_times_the_limit_is_better_for_sigmoids=suite_finds(
            "4 times Xavier's limit loses less of a sigmoid's gradient than the limit itself, but "
            "does not keep it either (factor per layer; with the limit itself it is below 1/16)",
            factors(histories["sigmoid, 4 × Xavier uniform"])[1],
            near(1 / factor_per_layer(closed_form("sigmoid", "4 × Xavier uniform")[1]),
                 within=0.04), "closed form: a sigmoid's outputs are not centred"),
        he_keeps_it_for_relus=suite_finds(
            "He's normal weights keep the variance with ReLU (the factor per layer farther from 1, "
            "of signal and gradient)",
            farthest_from_one(factors(histories["ReLU, He normal"])), KEEPS,
            "closed form; He et al. 2015, section 2.2"),
        what_it_keeps_is_not_the_difference_of_samples=suite_finds(
            "With ReLU √2 times Xavier's limit keeps the size of a signal, not the difference "
            "between samples (its share of the mean square in layer 20)",
            relu.spread[-1] / relu.signal[-1], below(0.5),
            "samples become alike in depth; the share is 1 in the first layer"),
        every_net_is_near_the_closed_form=suite_finds(
            "Every layer of every chain is near the closed form (largest ratio of the two)",
            largest(largest_ratio(histories, *chain) for chain in chains()
                    if label_of(*chain) in histories), below(4),
            "infinitely wide layers; over 20 layers of 256 chance moves a signal after ReLUs by a "
            "factor of e^±0.3, and a gradient through saturated tanh by e^±0.6"),
    )


def table(histories):
    """What a layer does to the variances in each chain."""
    as_printed = [label_as_printed(activation, column)
                  for activation in PRINTED for column in COLUMNS]
    rows = []
    for activation, scheme in chains():
        label = label_of(activation, scheme)
        if label not in histories:
            continue
        signal, gradient = factors(histories[label])
        rows.append((activation, scheme, f"{signal:.4g}", f"{gradient:.4g}",
                     "yes" if KEEPS.accepts(farthest_from_one((signal, gradient))) else "no",
                     "as printed" if label in as_printed else ""))
    return {"activation": "left", "weights": "whole", "signal, factor per layer": "right",
            "gradient, factor per layer": "right", "keeps the variance": "left",
            "the book's table": "left"}, rows
