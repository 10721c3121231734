"""One order of magnitude in the learning rate decides between learning and infinity.

Claim    At a rate of 0.001 the loss grows exponentially: after an epoch from thousands to a
         trillion, then to infinity and NaN. At 0.0001 everything works.
Source   https://datascience.stackexchange.com/questions/15962, the question (in words).
Setup    The regression of this source (see __init__.py): 2000 samples in 20 batches of 100, SGD at
         both rates, 20 epochs. Then the rate at which it breaks, by bisection: 400 steps each,
         once on all samples at a time, once on the batches. And the ReLU network of this source on
         the diabetes table, from 32 starts, at both rates and two smaller ones.
Theory   A step multiplies the error along an eigenvector of the Hessian by 1 - rate · curvature: it
         grows where the rate exceeds 2/largest curvature = 1/35² = 0.00082, which lies between the
         two. Batches multiply it by 1 - rate · h, with an h of their own each: there the errors
         grow where the mean of log|1 - rate · h| is above 0. A network has a second fate, which
         no linear model has: one large step may leave every unit of a layer below zero for all
         samples. Then no kernel has a gradient, and the output is the same number for everyone.
Differs  The source gives neither network nor data: all are ours. The regression is an existence
         proof, its scale chosen so that both of the source's rates fit. The network was not chosen
         so: there 0.0001 does not work, and the decade that decides lies between that and 0.00001,
         at which the loss still jumps about; at 0.000001 all starts learn. The regression begins in
         the thousands, but takes two or three epochs to a trillion; the network takes one, from
         29,000. How many steps the source's epoch has is not known.
"""
import math
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, above, below, between, exactly, first_epoch, largest, near,
                        source_says, suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.curvature import LossSurface
from lib.descents import many_descents, mean_squared_error, threshold_rate
from lib.models import linear_unit
from lib.networks import share_alive, share_dead, share_learned
from lib.plotting import THEORY, leaving_curve, level, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import (SAMPLES, START, bars_of_fates, regression,
                                         train_on_diabetes, train_regression)

NUMBER = 9
EPOCHS = 20                                     # ours: until the weights are NaN
LARGE, SMALL = "rate 0.001", "rate 0.0001"
RATES = OrderedDict(((LARGE, 0.001), (SMALL, 0.0001)))      # the source
WHOLE, BATCHES = "threshold: all samples", "threshold: batches"
NETWORK_RATES = OrderedDict((                               # ours: two decades more
    ("network, rate 0.001", 0.001), ("network, rate 0.0001", 0.0001),
    ("network, rate 0.00001", 0.00001), ("network, rate 0.000001", 0.000001)))
BOTH_TOO_LARGE = "network, rate 0.001", "network, rate 0.0001"
EDGE, SLOW = "network, rate 0.00001", "network, rate 0.000001"
# Between releases: 400 steps at the threshold keep every last bit; and of networks that go to
# infinity, or are at the edge, a last bit decides which start does what
TOLERANCE = dict.fromkeys((LARGE, SMALL, WHOLE, BATCHES, SLOW), 1e-3)
TOLERANCE.update(dict.fromkeys(BOTH_TOO_LARGE + (EDGE,), math.inf))
STEPS = 400                                     # ours: 20 epochs
TRILLION = 1e12


def run(seed=0, epochs=EPOCHS):
    """Both trainings, both bisections, and the networks: {label: History}."""
    batches, whole = regression(seed), regression(seed, SAMPLES)
    histories = train_each(
        RATES, lambda rate: train_regression(batches, keras.optimizers.SGD(rate), epochs))
    model = linear_unit(START)
    loss, _, hessian = LossSurface(model, mean_squared_error, whole.x, whole.y).derivatives()
    histories[WHOLE] = bisection(model, whole, loss_at_start=[loss],
                                 largest_curvature=[steepest(hessian)],
                                 closed_form=[steepest(theory.least_squares_hessian(whole.x))])
    histories[BATCHES] = bisection(model, batches, largest_curvature=[
        steepest(theory.least_squares_hessian(x)) for x in batches.stacked()[0]])
    histories.update(train_each(NETWORK_RATES, lambda rate: train_on_diabetes(
        seed, keras.optimizers.SGD(rate), epochs)))
    return histories


def bisection(model, batches, **measured):
    """Where training on these batches breaks: a History, with what else was ``measured``."""
    rate, tried = threshold_rate(many_descents(model), model.get_weights(), batches, RATES[SMALL],
                                 10 * RATES[LARGE], STEPS)
    return History(dict(batches.settings(), steps=STEPS, start=START, optimizer="SGD"),
                   threshold=[rate], tried=[one for one, _ in tried],
                   ratio=[last for _, last in tried], **measured)


def steepest(hessian):
    return float(np.linalg.eigvalsh(hessian)[-1])


def milestones(losses):
    """The first epochs, from 1, with a loss over a trillion, with infinity, and with NaN."""
    return (first_epoch(loss > TRILLION for loss in losses),
            first_epoch(np.isinf(loss) for loss in losses),
            first_epoch(np.isnan(loss) for loss in losses))


def finite(losses):
    return [loss for loss in losses if np.isfinite(loss)]


def bend(losses):
    """The farthest that log10 of the losses is from a straight line, in decades."""
    logs = np.log10(finite(losses))
    epochs = np.arange(len(logs))
    return largest(np.abs(logs - np.polyval(np.polyfit(epochs, logs, 1), epochs)))


def judge(histories):
    large, small = histories[LARGE], histories[SMALL]
    whole, batches = histories[WHOLE], histories[BATCHES]
    start, end = whole.loss_at_start[0], len(large.loss)
    limit = 2 / whole.largest_curvature[0]
    beyond, infinite, not_a_number = milestones(large.loss)
    growth = np.divide(finite(large.loss)[1:], finite(large.loss)[:-1])
    networks = [histories[label] for label in BOTH_TOO_LARGE]
    return OrderedDict(
        the_loss_grows_exponentially=source_says(
            "grows_exponentially",
            "At 0.001 the loss grows exponentially (decades that its logarithm is off a line)",
            bend(large.loss) if len(growth) > 2 and growth.min() > 1 else np.nan, below(0.5),
            "half a decade: ours"),
        after_one_epoch_a_trillion=source_says(
            "a_trillion_after_one_epoch",
            "After one epoch the loss is beyond a trillion (network, share of the starts; NaN is "
            "beyond)", np.mean(~(np.array(networks[0].losses[0]) <= TRILLION)), above(0.5),
            "\"could\" in the source; most: ours"),
        then_to_infinity=source_says(
            "then_infinity", "It goes on to infinity (regression, the first epoch)", infinite,
            between(beyond + 1, end), "after the trillion"),
        then_to_nan=source_says(
            "then_infinity", "… and to NaN (the first epoch)", not_a_number,
            between(infinite + 1, end), "in the end"),
        the_smaller_rate_works=source_says(
            "a_smaller_rate_works",
            "At 0.0001 everything works (loss of the last epoch, as a share of the first loss)",
            small.loss[-1] / start, below(0.01), "\"works\": ours"),
        the_weights_tell_the_rates_apart=source_says(
            "the_rate_makes_the_difference",
            "The rate makes a huge difference to the weights (decades between the largest at 0.001 "
            "while it is finite and the largest at 0.0001)",
            np.log10(largest(np.abs(finite(large.steep_weight)))
                     / largest(np.abs(small.steep_weight))), above(6), "\"huge\": ours"),
        one_decade_decides_for_a_network_too=source_says(
            "one_order_of_magnitude",
            "For a network on real data, too, one order of magnitude decides (share of the starts "
            "that neither go to NaN nor die at 0.00001, less that at 0.0001)",
            share_alive(histories[EDGE]) - share_alive(networks[1]), above(0.85),
            "none at one, almost all at the other: ours"),
        the_threshold_is_two_over_the_curvature=suite_finds(
            "The rate at which the regression breaks, relative to 2/largest curvature (all "
            "samples)", whole.threshold[0] / limit, near(1, within=0.02), "closed form"),
        the_curvature_is_that_of_the_data=suite_finds(
            "The largest curvature, by automatic differentiation, relative to that of 2 E[x xᵀ]",
            whole.largest_curvature[0] / whole.closed_form[0], near(1, within=1e-4),
            "closed form; float32"),
        batches_break_a_little_later=suite_finds(
            "In batches it breaks at a rate higher by (a factor)",
            batches.threshold[0] / whole.threshold[0],
            near(theory.threshold_of_batches(batches.largest_curvature) / limit, within=0.005),
            "closed form: the mean of log|1 - rate · h| over the batches is 0"),
        the_growth_is_that_of_the_batches=suite_finds(
            "At 0.001 an epoch multiplies the loss by 10 to the (median)",
            np.log10(np.median(growth)) if len(growth) else np.nan,
            near(2 * np.sum(np.log10(np.abs(
                1 - RATES[LARGE] * np.array(batches.largest_curvature)))), within=0.1),
            "closed form: the product of (1 - rate · h)² over the batches"),
        the_other_weight_has_hardly_moved=suite_finds(
            "At 0.0001 the weight of the small input is still on its way to 1",
            small.flat_weight[-1],
            near(1 - (1 - 2 * RATES[SMALL]) ** (
                len(small.loss) * small.settings["steps_per_epoch"]), within=0.02),
            "closed form: 1 - (1 - 2 · rate)^steps"),
        the_regression_comes_from_thousands=suite_finds(
            "The regression comes from thousands, as the source has it (loss before the first "
            "step)", start, between(1000, 9999), "its scale was chosen for that"),
        for_the_network_neither_rate_works=suite_finds(
            "For the network neither of the two rates works (share of the starts that neither go "
            "to NaN nor die, the larger of both)", largest(map(share_alive, networks)), exactly(0),
            "measured, not derived: both are far above what its start bears"),
        some_die_at_a_finite_loss=suite_finds(
            "… and some end with all units of a layer dead, at a finite loss (share of the starts "
            "at 0.0001)", share_dead(networks[1]), above(0),
            "that it happens; a quarter, more or less, in our trials"),
        two_decades_lower_all_learn=suite_finds(
            "At 0.000001 they learn (share of the starts that end below the loss of the best "
            "constant)", share_learned(histories[SLOW]), exactly(1), "\"learn\": ours"),
    )


def draw(histories):
    figure, (left, right, last) = new_figure(1, 3, size=(15, 5), width_ratios=(3, 2, 3))
    left.set_title("One order of magnitude apart")
    left.set_ylim(1e-2, 1e43)
    leaving_curve(left, histories[LARGE].loss, label=LARGE, **line_style(1))
    leaving_curve(left, histories[SMALL].loss, label=SMALL, **line_style(0))
    level(left, TRILLION, "a trillion")
    level(left, histories[WHOLE].loss_at_start[0], "at the start")
    left.set_xlabel("Epoch")
    left.set_xticks(range(0, len(histories[LARGE].loss) + 1, 2))
    left.set_ylabel("Loss")
    left.legend(loc="center right")
    right.set_title("The rate at which it breaks, by bisection")
    tried, ratio = np.array(histories[WHOLE].tried), np.array(histories[WHOLE].ratio)
    count, holds = np.arange(1, len(tried) + 1), ratio <= 1
    right.semilogy(count[~holds], tried[~holds], color="#d55e00", marker="^", linestyle="none",
                   label="the loss grows")
    right.semilogy(count[holds], tried[holds], color="#0072b2", marker="o", linestyle="none",
                   label="the loss falls")
    right.axhline(2 / histories[WHOLE].largest_curvature[0], label="2 / largest curvature",
                  **THEORY)
    for rate in RATES.values():
        level(right, rate, "{:g}".format(rate))
    right.set_xlabel("Trial")
    right.set_ylabel("Learning rate")
    right.legend(loc="upper right")
    last.set_title("A network on real data")
    bars_of_fates(last, OrderedDict((label[len("network, "):], histories[label])
                                    for label in NETWORK_RATES))
    last.set_ylabel("SGD")
    for panel in (left, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
