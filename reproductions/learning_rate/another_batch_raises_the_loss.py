"""A step that is good for its batch can raise the loss on the next.

Claim    The data of the second step are not those of the first. If the model learns the values of
         the first batch and falls into a local minimum, a larger loss on new values is very likely.
Source   https://datascience.stackexchange.com/questions/15962, answers and comments (in words).
Setup    Linear regression on 10 inputs x ~ N(0, 1), target the sum of them plus noise ~ N(0, 1).
         Learned: from weights of 0, 1000 steps of gradient descent at 0.05 on one batch of 4, 32,
         64 or 256, then a look at another of that size; 400 pairs of batches each. Step by step: a
         fresh batch every step, SGD from weights of 0, 300 steps; batches of 1 to 64, three rates,
         100 independent streams of data each. A step counts as good if it lowered the loss of its
         own batch, and as raising if it then raised the loss of the next. The Hessian is 2 E[x xᵀ],
         2 in all directions: the rates are relative to 2/2 = 1.
Theory   Least squares with p weights on n samples leaves, on average, 1 - p/n of the variance of
         the noise, and 1 + p/(n - p - 1) on new samples; each mean of n squares strays by √(2/n).
         How often the second is larger follows, and tends to a half: with many more samples than
         weights a batch is not learned, but what all batches share.
         Step by step, where the loss no longer falls, the change that a step makes on data that it
         has not seen is zero on average: where it is as often above as below, half of the steps
         raise it. A batch of n has a curvature of its own: its steps shrink the mean square of the
         error only where the rate is below n/(n + 10 + 1), as E[(x xᵀ)²] = (10 + 2) I.
Differs  The source has no program. "Very likely" is read as more than nine times in ten. The
         regressions of a batch size are one Keras model, a weight for each input, stream and rate.
"""
import math
from collections import OrderedDict

import numpy as np

from lib.claims import (above, below, largest, near, not_finite, share_interval, smallest,
                        source_says, suite_finds)
from lib.command import run_script
from lib.plotting import THEORY, line_style, new_figure
from lib.regressions import INPUTS, learn, train_on_fresh_batches
from lib.training import train_each

NUMBER = 13
TOLERANCE = 0.05            # between releases: a stream in twenty
EPOCHS = 300                                    # ours: steps, each an epoch of one batch
STREAMS = 100                                   # ours
BATCH_SIZES = (1, 4, 16, 64)                    # ours
RATES = (0.02, 0.06, 0.2)                       # ours: relative to 2/curvature, which is 1
WINDOWS = ((0, 3), (3, 10), (10, 30), (30, 100), (100, 200), (200, 300))    # ours: of the steps
FIRST, LAST = slice(0, 10), slice(200, 300)     # ours: "at first" and "in the end"
LEARNED = "learned batches of {}"
LEARNED_SIZES = (4, 32, 64, 256)                # ours: 32 is Keras' default, 4 fewer than weights
VERY_LIKELY = 0.9                               # ours
PAIRS, LEARNING_RATE, LEARNING_STEPS = 400, 0.05, 1000      # ours: enough to be at the minimum


def run(seed=0, epochs=EPOCHS):
    """Batches learned, and for each batch size and rate what the steps did: {label: History}."""
    learned = train_each(OrderedDict((LEARNED.format(size), size) for size in LEARNED_SIZES),
                         lambda size: learn(size, seed, PAIRS, LEARNING_RATE,
                                            LEARNING_STEPS))
    trained = train_each(OrderedDict((size, size) for size in BATCH_SIZES),
                         lambda size: train_on_fresh_batches(
                             size, seed, STREAMS, RATES, epochs, LAST))
    learned.update((label(size, rate), history) for size, histories in trained.items()
                   for rate, history in zip(RATES, histories))
    return learned


def label(size, rate):
    return "batch {}, rate {:g}".format(size, rate)


STEP_BY_STEP = [label(size, rate) for size in BATCH_SIZES for rate in RATES]


def larger(history, name="loss"):
    """In how many pairs the loss on new values is larger than another, and how many there are."""
    return (int(np.sum(np.array(history.new_loss) > history.series[name])),
            len(history.new_loss))


def larger_in_theory(size):
    """How often it is larger than on the batch that was learned: the normal approximation."""
    more = INPUTS / size + INPUTS / (size - INPUTS - 1)
    return (1 + math.erf(more / math.sqrt(4 / size) / math.sqrt(2))) / 2


def counts(history, window):
    """How many good steps raised the loss of the next batch, and how many there were."""
    return sum(history.raising[window]), sum(history.good[window])


def share(history, window):
    raising, good = counts(history, window)
    return raising / good if good else np.nan


def all_good(history):
    """Whether all steps in the end were good for their own batch."""
    return len(history.good[LAST]) > 0 and min(history.good[LAST]) == STREAMS


def largest_rate(size):
    """Up to which the mean square of the error shrinks, relative to 2/curvature (see Theory)."""
    return size / (size + INPUTS + 1)


def spread(history):
    """The variance of the streams' shares in the end, relative to that of independent steps."""
    good, raising = np.array(history.good_of_stream), np.array(history.raising_of_stream)
    if not good.sum():
        return np.nan
    p = raising.sum() / good.sum()
    return np.sum((raising - good * p) ** 2) / np.sum(good * p * (1 - p))


def judge(histories):
    slow = RATES[0]
    one, many = histories[label(1, slow)], histories[label(64, slow)]
    settled = [history for label, history in histories.items()
               if label in STEP_BY_STEP and all_good(history)]
    farthest = max((share(history, LAST) for history in settled), default=np.nan,
                   key=lambda one: abs(one - 0.5))
    learned = {size: histories[LEARNED.format(size)] for size in LEARNED_SIZES}
    return OrderedDict(
        a_learned_batch_has_a_larger_successor=source_says(
            "larger_loss_is_very_likely", "Once the values of a batch of 4 are learned a larger "
            "loss on new ones is very likely (share of the pairs; lower end of its interval)",
            share_interval(*larger(learned[4]))[0], above(VERY_LIKELY), "\"very likely\": ours"),
        so_has_one_that_is_at_its_minimum=source_says(
            "larger_loss_is_very_likely", "… and at the minimum of a batch of 32, whose values 10 "
            "weights cannot learn (the same)", share_interval(*larger(learned[32]))[0],
            above(VERY_LIKELY), "\"very likely\": ours"),
        a_good_step_can_raise_the_loss_on_the_next_batch=source_says(
            "other_data", "Of steps that are good for their batch some raise the loss on the next "
            "(share of all; lower end, the least of all batch sizes and rates)",
            smallest(share_interval(*counts(histories[label], slice(None)))[0]
                     for label in STEP_BY_STEP), above(0)),
        a_large_batch_makes_it_less_likely=suite_finds(
            "With many more samples than weights it is less likely (batches of 256; share of the "
            "pairs)", larger(learned[256])[0] / PAIRS,
            near(larger_in_theory(256), within=0.08), "the normal approximation, see above"),
        the_batches_are_learned=suite_finds(
            "Each batch is at its minimum (largest loss above the least that it can have)",
            largest(np.max(np.subtract(history.loss, history.least))
                    for history in learned.values()), below(0.01), "least squares in closed form"),
        new_values_gain_all_the_same=suite_finds(
            "From weights of 0 the new values gain all the same: their loss is larger than before "
            "(batches of 32; share of the pairs, upper end)",
            share_interval(*larger(learned[32], "new_loss_before"))[1], below(0.05),
            "what is learned is the sum of the inputs, which all batches share"),
        at_first_often_with_one_sample=suite_finds(
            "At first often in batches of one (first 10 steps at {}; lower end)".format(slow),
            share_interval(*counts(one, FIRST))[0], above(0.35), "\"often\": ours"),
        at_first_never_with_many=suite_finds(
            "… and hardly ever in batches of 64 (upper end)",
            share_interval(*counts(many, FIRST))[1], below(0.01), "\"hardly ever\": ours"),
        at_first_a_larger_rate_raises_it_more=suite_finds(
            "… but at a rate of {} more often in these, too (lower end)".format(RATES[-1]),
            share_interval(*counts(histories[label(64, RATES[-1])], FIRST))[0], above(0.1),
            "it is at its noise before the 10 steps are over"),
        in_the_end_it_is_a_coin_toss=suite_finds(
            "In the end half of them do, at each batch size and rate at which all steps are good "
            "(last 100 steps; the share that is farthest from half)",
            farthest, near(0.5, within=0.025), "theory; five standard errors"),
        it_is_less_where_many_steps_are_not_good=suite_finds(
            "… but less where many steps are not even good for their own batch (batches of 4 at "
            "0.2; upper end)", share_interval(*counts(histories[label(4, 0.2)], LAST))[1],
            below(0.5), "measured: good steps are the shorter ones"),
        the_steps_are_as_good_as_independent=suite_finds(
            "The streams differ as much as if all their steps were independent, as the intervals "
            "suppose (largest variance relative to that)",
            largest(spread(history) for history in settled), below(1.6),
            "a binomial variance: 1, give or take 0.14 for 100 streams"),
        one_sample_has_a_curvature_of_its_own=suite_finds(
            "A fifth of 2/curvature is too much for batches of one (median loss in the end)",
            histories[label(1, RATES[-1])].loss[-1], not_finite(),
            "their mean square bears 1/12 of it, their median a little more"),
    )


def table(histories):
    """Every share with its interval, for the terminal."""
    def cell(history, window):
        raising, good = counts(history, window)
        if not good:
            return "no step was good"
        return "{:.3f} ({:.3f} to {:.3f})".format(raising / good, *share_interval(raising, good))

    rows = [[history.settings["batch_size"], history.settings["learning_rate"],
             cell(history, FIRST), cell(history, LAST), sum(history.good[LAST])]
            for history in (histories[name] for name in STEP_BY_STEP)]
    return OrderedDict((("batch", "right"), ("rate", "right"), ("first 10 steps", "whole"),
                        ("last 100 steps", "whole"), ("good steps in these", "right"))), rows


def draw(histories):
    figure, (first, left, right) = new_figure(1, 3, size=(15, 4.8))
    first.set_title("Once a batch is learned")
    points(first, LEARNED_SIZES, [larger(histories[LEARNED.format(size)])
                                  for size in LEARNED_SIZES], "measured", 0)
    sizes = np.linspace(16, 300, 100)
    first.plot(sizes, [larger_in_theory(size) for size in sizes], label="normal approximation",
               **THEORY)
    first.set_xscale("log")
    first.set_xticks(LEARNED_SIZES, LEARNED_SIZES)
    first.minorticks_off()
    first.set_xlabel("Batch size")
    first.set_ylabel("Share of new batches with a larger loss")
    left.set_title("From the first steps on, by batch size (rate {})".format(RATES[0]))
    for index, size in enumerate(BATCH_SIZES):
        history = histories[label(size, RATES[0])]
        points(left, [(begin + end) / 2 for begin, end in WINDOWS],
               [counts(history, slice(*window)) for window in WINDOWS], "batch {}".format(size),
               index)
    left.set_xscale("log")
    left.set_xlabel("Step")
    left.set_ylabel("Share of good steps that raise the next loss")
    right.set_title("The last 100 steps, by batch size and rate")
    for index, rate in enumerate(RATES):
        sizes = [size for size in BATCH_SIZES if rate < largest_rate(size)]
        points(right, np.array(sizes) * 1.15 ** (index - 1),
               [counts(histories[label(size, rate)], LAST) for size in sizes],
               "rate {}".format(rate), len(BATCH_SIZES) + index)
    right.set_xscale("log")
    right.set_xticks(BATCH_SIZES, BATCH_SIZES)
    right.minorticks_off()
    right.set_xlabel("Batch size (batches of 1 diverge at {})".format(RATES[-1]))
    right.set_ylabel("Share of good steps that raise the next loss")
    for panel, highest in ((first, 1.05), (left, 0.7), (right, 0.7)):
        panel.axhline(0.5, color="#555555", linewidth=1, linestyle=(0, (6, 3)), zorder=1)
        panel.set_ylim(0, highest)
        panel.grid(True)
        panel.legend(loc="lower right")
    left.annotate("a coin toss", (1.6, 0.51), fontsize=9)
    return figure


def points(panel, x, pairs, name, index):
    """Shares with their intervals, for ``pairs`` of (raising, good)."""
    shares = np.array([raising / good if good else np.nan for raising, good in pairs])
    intervals = np.array([share_interval(*pair) for pair in pairs])
    panel.errorbar(x, shares, np.abs(intervals.T - shares), label=name, capsize=3,
                   **line_style(index))


if __name__ == "__main__":
    run_script(__file__)
