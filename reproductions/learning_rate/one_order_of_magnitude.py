"""One order of magnitude in the learning rate decides between learning and infinity.

Claim    At a rate of 0.001 the loss grows exponentially: after an epoch from thousands to a
         trillion, then to infinity and NaN. At 0.0001 everything works.
Source   https://datascience.stackexchange.com/questions/15962, the question (in words).
Setup    The regression of this source (see __init__.py): 2000 samples in 20 batches of 100, SGD at
         both rates, 20 epochs. Bisection then finds the rate at which it breaks, with 400 steps a
         trial: once with all samples in each step, once in batches. And the ReLU network of this
         source learns the diabetes table, from 32 starts, at both rates and two smaller ones.
Theory   A step multiplies the error along an eigenvector of the Hessian by 1 - rate · curvature. So
         the error grows where the rate exceeds 2/largest curvature = 1/35² = 0.00082, which lies
         between the two. A batch multiplies it by 1 - rate · h, with a curvature h of its own: in
         batches the error grows where the mean of log|1 - rate · h| is above 0. A network has a
         second fate, which no linear model has: one large step may push every unit of a layer below
         zero for all samples. Then no kernel has a gradient, and the output is a constant.
Reading  The loss "could" jump to a trillion: it does so from more than half of the starts.
Differs  The source gives neither network nor data: all are ours. The regression is an existence
         proof, its scale chosen so that both of the source's rates fit. It starts in the thousands
         and takes two or three epochs to a trillion; how many steps the source's epoch has is not
         known. The network was not chosen to fit. It takes one epoch to a trillion, from 29,000;
         but 0.0001 does not work for it, and the decade that decides lies between that and 0.00001,
         at which the loss still jumps about. At 0.000001 all starts learn.
"""
import math

import numpy as np

from lib.claims import above, below, between, first_epoch, largest, source_says
from lib.command import run_script
from lib.compat import keras
from lib.measure.networks import share_alive
from lib.show.plotting import (FAILS, HOLDS, label, leaving_curve, level, name_curve,
                               new_figure)
from lib.training import train_each
from reproductions.learning_rate.parts import (diabetes_network, network_rates, regression,
                                               threshold)

NUMBER = 9
EPOCHS = 20                                     # ours: until the weights are NaN
LARGE, SMALL = "rate 0.001", "rate 0.0001"
RATES = {LARGE: 0.001, SMALL: 0.0001}           # the source
TRILLION = 1e12                                 # the source
# Between releases: 400 steps at the threshold keep every last bit. Of networks that go to infinity,
# or nearly do, a last bit decides which start does what
TOLERANCE = dict.fromkeys(
    (LARGE, SMALL, threshold.WHOLE, threshold.BATCHES, network_rates.LEARNS), 1e-3)
TOLERANCE.update(dict.fromkeys(
    (network_rates.LARGE, network_rates.SMALL, network_rates.EDGE), math.inf))


def run(seed=0, epochs=EPOCHS):
    """Both trainings, both bisections, and the networks: {label: History}."""
    batches = regression.data(seed)
    histories = train_each(
        RATES, lambda rate: regression.train(batches, keras.optimizers.SGD(rate), epochs))
    histories.update(threshold.run(seed, RATES[SMALL], 10 * RATES[LARGE]))
    histories.update(network_rates.run(seed, epochs))
    return histories


def milestones(losses):
    """The first epochs, from 1, with a loss over a trillion, with infinity, and with NaN."""
    return (first_epoch(loss > TRILLION for loss in losses),
            first_epoch(np.isinf(loss) for loss in losses),
            first_epoch(np.isnan(loss) for loss in losses))


def largest_finite(numbers):
    return largest(abs(number) for number in numbers if np.isfinite(number))


def distance_from_exponential(losses):
    """The farthest that log10 of the finite losses is from a straight line, in decades.

    NaN if there are fewer than four of them, or if one is not larger than the one before.
    """
    growth = threshold.growth_per_epoch(losses)
    if len(growth) < 3 or growth.min() <= 1:
        return np.nan
    logs = np.log10([loss for loss in losses if np.isfinite(loss)])
    epochs = np.arange(len(logs))
    return largest(np.abs(logs - np.polyval(np.polyfit(epochs, logs, 1), epochs)))


def judge(histories):
    large, small = histories[LARGE], histories[SMALL]
    beyond, infinite, not_a_number = milestones(large.loss)
    after_one_epoch = np.array(histories[network_rates.LARGE].losses[0])
    alive = {name: share_alive(histories[name]) for name in network_rates.RATES}
    return dict(
        the_loss_grows_exponentially=source_says(
            "grows_exponentially", "At 0.001 the loss grows exponentially (regression; farthest "
            "that its logarithm is from a straight line, in decades)",
            distance_from_exponential(large.loss), below(0.5), "half a decade: ours"),
        after_one_epoch_a_trillion=source_says(
            "a_trillion_after_one_epoch",
            "After one epoch the loss can be beyond a trillion (network; share of the starts, NaN "
            "counts as beyond)", np.mean(~(after_one_epoch <= TRILLION)), above(0.5),
            "\"could\" in the source; more than half: ours"),
        then_to_infinity=source_says(
            "then_infinity", "After the trillion the loss goes to infinity (regression; the first "
            "epoch in which it is infinite)", infinite, between(beyond + 1, len(large.loss)),
            "later than the trillion"),
        then_to_nan=source_says(
            "then_infinity", "After infinity the loss goes to NaN (regression; the first epoch in "
            "which it is NaN)", not_a_number, between(infinite + 1, len(large.loss)),
            "later than infinity"),
        the_smaller_rate_works=source_says(
            "a_smaller_rate_works", "At 0.0001 everything works (regression; loss of the last "
            "epoch relative to that at the start)",
            small.loss[-1] / histories[threshold.WHOLE].loss_at_start[0], below(0.01),
            "\"works\": ours"),
        the_weights_tell_the_rates_apart=source_says(
            "the_rate_makes_the_difference",
            "The rate makes a huge difference to the weights (regression; decades between the "
            "largest finite weight at 0.001 and the largest at 0.0001)",
            np.log10(largest_finite(large.steep_weight)
                     / largest(np.abs(small.steep_weight))), above(6), "\"huge\": ours"),
        one_decade_decides_for_a_network_too=source_says(
            "one_order_of_magnitude",
            "One order of magnitude decides for a network on real data, too (share of the starts "
            "that neither go to NaN nor die at 0.00001, less that at 0.0001)",
            alive[network_rates.EDGE] - alive[network_rates.SMALL], above(0.85),
            "none at one, almost all at the other: ours"),
        **threshold.judge(histories, large, small), **network_rates.judge(histories))


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8), width_ratios=(3, 2, 3))
    left.set_ylim(1e-2, 1e43)
    for name, epoch, height, look in (
            (LARGE, 4.4, 1e23, {"color": FAILS, "marker": "^"}),
            (SMALL, 14, 1e2, {"color": HOLDS, "marker": "o"})):
        leaving_curve(left, histories[name].loss, name, **look)
        name_curve(left, epoch, height, name, look["color"], fontsize="medium", ha="center")
    level(left, TRILLION, "a trillion")
    level(left, histories[threshold.WHOLE].loss_at_start[0], "at the start")
    left.set_xticks(range(0, len(histories[LARGE].loss) + 1, 4))
    label(left, "Epoch", "Loss of a regression", "One order of magnitude apart")
    threshold.draw(middle, histories[threshold.WHOLE])
    for rate in RATES.values():
        level(middle, rate, f"{rate:g}")
    diabetes_network.draw_fates(right, histories, network_rates.RATES)
    right.set(title="A network needs even less", ylabel="SGD, on real data")
    return figure


if __name__ == "__main__":
    run_script(__file__)
