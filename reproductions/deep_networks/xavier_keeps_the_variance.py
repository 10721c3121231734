"""Xavier weights keep the variance of signals and gradients, with a variant for each activation.

Claim    Xavier initialization sets the scale of the weights by fan-in and fan-out, uniform or
         normal, with a variant for each activation function: uniform up to
         sqrt(6/(fan_in + fan_out)), or normal with standard deviation sqrt(2/(fan_in + fan_out)),
         for the logistic function, 4 times as much for tanh, sqrt(2) times as much for ReLU.
Source   https://www.heiqu.com/wppjwj.html, the section on Xavier initialization; limits and
         deviations are those of A. Géron, "Hands-On Machine Learning", 1st edition, table 11-1.
Setup    x ~ N(0, 1) through chains of 20 Dense layers of 256, four draws of each, and a gradient
         ~ N(0, 1) back: the mean square, over units, samples and draws, of what goes into each
         activation, and of the gradient that comes back to there. Both have mean 0 over the random
         weights, so this is the variance that Glorot and He mean.
Theory   Weights of variance g/fan-in turn a signal z ~ N(0, q) into one of variance g E[f(z)²], and
         multiply a gradient's variance by g E[f'(z)²]. Xavier's g = 1 keeps both where f(z) = z;
         ReLU halves them and so needs g = 2 (He); a sigmoid's slope is at most 1/4. Where fan-in is
         not fan-out g is a compromise, 2 fan_in/(fan_in + fan_out) for the signal of a layer and
         2 fan_out/(fan_in + fan_out) for its gradient.
Differs  Widths and depth are ours; "keeps" means a factor per layer between 0.9 and 1.1. The
         chains' normal weights are not truncated, as in the table; Keras' GlorotNormal truncates
         them at two standard deviations and rescales them to the same variance.
"""
import numpy as np

from lib.claims import largest, near, source_says
from lib.command import run_script
from reproductions.deep_networks.parts import (fan_in_and_fan_out, initial_weights,
                                               map_of_factors)
from reproductions.deep_networks.parts.initial_weights import (KEEPS, factors, farthest_from_one,
                                                               label_as_printed, label_of)

NUMBER = 18
OVER_SEEDS = 8              # ours: a run takes more than ten seconds
# Ours: one draw of the chains that a row names; each chain is another model
ON_EVERY_RELEASE = {"draws": 1, "all_chains": False}
SEEDS_FORM = {}
# Between processors: a last bit of every weight makes up to 7e-4 of it in 20 layers, 1.2 in chaos
TOLERANCE = dict({label_of(*one): 3e-3 for one in initial_weights.chains()},
                 **{label_of("tanh", "unit normal"): 4})
# Keras' initializers draw other numbers from a seed: over 20 seeds that moves the chains that run
# there by up to 0.54, those with ReLUs by 2.5, the one of two widths by 0.18
TOLERANCE_BETWEEN_RELEASES = dict(
    {label_of(*one): 6 if one[0] == "ReLU" else 1
     for one in initial_weights.chains() if initial_weights.named(*one)},
    **{fan_in_and_fan_out.IN_TURN: 0.5}, **dict.fromkeys(fan_in_and_fan_out.INITIALIZERS, 0.1))
table = initial_weights.table


def run(seed=0, draws=initial_weights.DRAWS, all_chains=True):
    """Signals in depth for each activation and scheme, and the kernels' scale: {label: History}.

    draws: of the kernels of each chain; all_chains: if not, those alone that a row names.
    """
    histories = initial_weights.run(seed, draws, all_chains)
    histories.update(fan_in_and_fan_out.run(seed, draws))
    return histories


def judge(histories):
    def keeps(sentence, activation, column, weights, fails_because=None):
        return source_says(
            sentence, f"The table's {column} weights for {weights}, keep the variance (the factor "
            "per layer farther from 1, of signal and gradient)",
            farthest_from_one(factors(histories[label_as_printed(activation, column)])), KEEPS,
            "table 11-1 of the book; that the table is meant to keep the variance, and \"keep\": "
            "ours", fails_because)

    small = "A sigmoid's slope is at most 1/4, so a layer with such weights leaves at most 1/16 " \
            "of a gradient's variance"
    steep = "tanh is steep, with slope 1 at 0: weights of 16 times the variance drive it into " \
            "saturation, and gradients still grow by a factor of 2.4 per layer"
    rows = dict(
        the_scale_is_set_by_fan_in_and_fan_out=source_says(
            "xavier_scale",
            "Xavier sets the scale of the weights by fan-in and fan-out, uniform and normal "
            "(largest relative difference of a kernel's standard deviation from "
            "sqrt(2/(fan_in + fan_out)))",
            largest(np.abs(fan_in_and_fan_out.distances_from_definition(histories))),
            near(0, within=0.06), "the definition; 1,000 numbers or more have a relative "
            "standard error of 0.02 or less"),
        the_limit_for_sigmoids_keeps_it=keeps(
            "table_logistic", "sigmoid", "uniform", "the logistic function, 1 × Xavier", small),
        the_deviation_for_sigmoids_keeps_it=keeps(
            "table_logistic", "sigmoid", "normal", "the logistic function, 1 × Xavier", small),
        the_limit_for_tanh_keeps_it=keeps(
            "table_tanh", "tanh", "uniform", "tanh, 4 × Xavier", steep),
        the_deviation_for_tanh_keeps_it=keeps(
            "table_tanh", "tanh", "normal", "tanh, 4 × Xavier", steep),
        the_limit_for_relus_keeps_it=keeps(
            "table_relu", "ReLU", "uniform", "ReLU, √2 × Xavier"),
        the_deviation_for_relus_keeps_it=keeps(
            "table_relu", "ReLU", "normal", "ReLU, √2 × Xavier"),
    )
    return dict(rows, **fan_in_and_fan_out.judge(histories), **initial_weights.judge(histories))


def draw(histories):
    return map_of_factors.draw(histories)


if __name__ == "__main__":
    run_script(__file__)
