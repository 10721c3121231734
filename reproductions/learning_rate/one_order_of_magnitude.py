"""One order of magnitude in the learning rate decides between learning and infinity.

Claim    At a rate of 0.001 the loss grows exponentially: after an epoch from thousands to a
         trillion, then to infinity and NaN. At 0.0001 everything works.
Source   https://datascience.stackexchange.com/questions/15962, the question (in words).
Setup    The regression of this source (see __init__.py): 2000 samples in 20 batches of 100, SGD at
         both rates, 20 epochs. Then the rate at which it breaks, by bisection: 400 steps each,
         once on all samples at a time, once on the batches.
Theory   A step multiplies the error along an eigenvector of the Hessian by 1 - rate · curvature: it
         grows where the rate exceeds 2/largest curvature = 1/35² = 0.00082, which lies between the
         two. Batches multiply it by 1 - rate · h, with an h of their own each: there the errors
         grow where the mean of log|1 - rate · h| is above 0.
Differs  The source gives neither network nor data: all are ours. How many epochs it takes depends
         on them.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, below, between, first_epoch, largest, near, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.curvature import LossSurface
from lib.descents import many_descents, mean_squared_error, threshold_rate
from lib.models import linear_unit
from lib.plotting import THEORY, leaving_curve, level, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import SAMPLES, START, regression, train_regression

NUMBER = 9
TOLERANCE = 1e-3            # between releases: 400 steps at the threshold keep every last bit
EPOCHS = 20                                     # ours: until the weights are NaN
LARGE, SMALL = "rate 0.001", "rate 0.0001"
RATES = OrderedDict(((LARGE, 0.001), (SMALL, 0.0001)))      # the source
WHOLE, BATCHES = "threshold: all samples", "threshold: batches"
STEPS = 400                                     # ours: 20 epochs
TRILLION = 1e12


def run(seed=0, epochs=EPOCHS):
    """Both trainings and both bisections: {label: History}."""
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
    return OrderedDict(
        the_loss_grows_exponentially=source_says(
            "At 0.001 the loss grows exponentially (decades that its logarithm is off a line)",
            bend(large.loss) if len(growth) > 2 and growth.min() > 1 else np.nan, below(0.5),
            "the source; half a decade: ours"),
        it_comes_from_thousands=source_says(
            "… from thousands (before the first step)", start, between(1000, 9999)),
        to_a_trillion=source_says(
            "… to a trillion (the first epoch with more)", beyond, between(1, 5),
            "\"after one epoch\" in the source, whose batches are not known; a few: ours"),
        then_to_infinity=source_says(
            "… then to infinity (the first epoch)", infinite, between(beyond + 1, end),
            "the source: after the trillion"),
        then_to_nan=source_says(
            "… then to NaN (the first epoch)", not_a_number, between(infinite + 1, end),
            "the source: in the end"),
        the_smaller_rate_works=source_says(
            "At 0.0001 everything works (loss of the last epoch, as a share of the first loss)",
            small.loss[-1] / start, below(0.01), "\"works\": ours"),
        the_threshold_is_two_over_the_curvature=suite_finds(
            "The rate at which it breaks, in terms of 2/largest curvature (all samples)",
            whole.threshold[0] / limit, near(1, within=0.02), "closed form"),
        it_lies_between_the_two=suite_finds(
            "… which lies between the two rates", whole.threshold[0], between(0.0001, 0.001),
            "closed form: 1/35²"),
        the_curvature_is_that_of_the_data=suite_finds(
            "The largest curvature, by automatic differentiation, in terms of that of 2 E[x xᵀ]",
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
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(11, 5), width_ratios=(3, 2))
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
    for panel in (left, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
