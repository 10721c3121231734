"""A fresh batch at each step: which steps raise the loss of the next batch (claim 13)."""
import numpy as np

from lib.claims import above, below, largest, near, not_finite, share_interval, suite_finds
from lib.measure.regressions import INPUTS, train_on_fresh_batches
from lib.show.plotting import label, level, line_style, name_curve
from lib.training import train_each
from reproductions.learning_rate.parts.shares import draw_points, high_end, low_end

STREAMS = 100                                   # ours
SIZES = (1, 4, 16, 64)                          # ours: of the batches
RATES = (0.02, 0.06, 0.2)                       # ours: relative to 2/curvature, which is 1
SLOW, FAST = RATES[0], RATES[-1]
WINDOWS = ((0, 3), (3, 10), (10, 30), (30, 100), (100, 200), (200, 300))    # ours: of the steps
FIRST = slice(0, 10)                            # ours: "at first"
# where the curve of a batch size has its name: at which window, and how
NAMED = {1: (1, {"ha": "center", "xytext": (0, -34)}), 4: (1, {"ha": "center", "xytext": (0, -30)}),
         16: (3, {"ha": "right", "xytext": (-8, 0)}), 64: (3, {"xytext": (8, 0)})}


def label_of(size, rate):
    return f"batch {size}, rate {rate:g}"


def last_of(steps):
    """The steps "in the end", ours: the last third, a slice."""
    return slice(steps - steps // 3, steps)


def run(seed, steps, streams=STREAMS, sizes=SIZES, rates=RATES, until_overflow=None):
    """What the steps did, for each batch size and rate: {label: History}.

    until_overflow: the steps of batches of one at FAST, if not as many as of the others.
    """
    def train(setting):
        size, some, steps = setting
        return train_on_fresh_batches(size, seed, streams, some, steps, last_of(steps))

    trainings = {size: (size, rates, steps) for size in sizes}
    if until_overflow:
        trainings[1] = 1, [rate for rate in rates if rate != FAST], steps
        trainings["until it overflows"] = 1, [FAST], until_overflow
    return {label_of(history.settings["batch_size"], history.settings["learning_rate"]): history
            for histories in train_each(trainings, train).values() for history in histories}


def trained(histories):
    """The histories of ``run`` among others, by batch size and rate."""
    return [histories[name] for name in (label_of(size, rate) for size in SIZES for rate in RATES)
            if name in histories]


def counts(history, window=slice(None)):
    """How many good steps raised the loss of the next batch, and how many there were."""
    return sum(history.raising[window]), sum(history.good[window])


def last_counts(history):
    """The same of the last steps."""
    return counts(history, last_of(len(history.good)))


def last_share(history):
    raising, good = last_counts(history)
    return raising / good if good else np.nan


def all_good(history):
    """Whether all of the last steps were good for their own batch."""
    good = history.good[last_of(len(history.good))]
    return len(good) > 0 and min(good) == history.settings["streams"]


def largest_rate(size):
    """Up to which the mean square of the error shrinks, relative to 2/curvature: see Theory."""
    return size / (size + INPUTS + 1)


def relative_variance(history):
    """Of the streams' shares in the last steps, relative to that of independent steps."""
    good, raising = np.array(history.good_of_stream), np.array(history.raising_of_stream)
    if not good.sum():
        return np.nan
    p = raising.sum() / good.sum()
    return np.sum((raising - good * p) ** 2) / np.sum(good * p * (1 - p))


def judge(histories):
    last = len(histories[label_of(4, FAST)].good) // 3
    settled = [history for history in trained(histories) if all_good(history)]
    farthest = max((last_share(history) for history in settled), default=np.nan,
                   key=lambda one: abs(one - 0.5))
    return dict(
        at_first_often_with_one_sample=suite_finds(
            f"In batches of one good steps often raise the next loss at first (10 steps at {SLOW}; "
            "share of them, lower end of its interval)",
            low_end(counts(histories[label_of(1, SLOW)], FIRST)), above(0.35), "\"often\": ours"),
        at_first_never_with_many=suite_finds(
            "In batches of 64 good steps hardly ever raise the next loss at first (10 steps at "
            f"{SLOW}; share of them, upper end of its interval)",
            high_end(counts(histories[label_of(64, SLOW)], FIRST)), below(0.01),
            "\"hardly ever\": ours"),
        at_first_a_larger_rate_raises_it_more=suite_finds(
            "In batches of 64 good steps raise the next loss more often at a larger rate (first 10 "
            f"steps at {FAST}; share of them, lower end of its interval)",
            low_end(counts(histories[label_of(64, FAST)], FIRST)), above(0.1),
            "the loss is down to its noise before the 10 steps are over"),
        in_the_end_it_is_a_coin_toss=suite_finds(
            "In the end half of the steps raise the next loss, at each batch size and rate at "
            f"which all steps are good (last {last} steps; the share farthest from half)",
            farthest, near(0.5, within=0.025), "theory; five standard errors"),
        it_is_less_where_many_steps_are_not_good=suite_finds(
            "Where many steps are not even good for their own batch fewer than half of the good "
            f"ones raise the next loss (batches of 4 at 0.2, last {last} steps; upper end of the "
            "share's interval)", high_end(last_counts(histories[label_of(4, 0.2)])), below(0.5),
            "measured: good steps are the shorter ones"),
        the_steps_are_as_good_as_independent=suite_finds(
            "The streams differ no more than if all their steps were independent, as the intervals "
            f"assume (last {last} steps; variance relative to that, the largest)",
            largest(relative_variance(history) for history in settled), below(1.6),
            "a binomial variance: 1, give or take 0.14 for 100 streams"),
        one_sample_has_a_curvature_of_its_own=suite_finds(
            "A fifth of 2/curvature is too large a rate for batches of one (median loss in the "
            "end)", histories[label_of(1, FAST)].loss[-1], not_finite(),
            "the mean square of their error tolerates 1/12, its median a little more"),
    )


def table(histories):
    """Every share with its interval, for the terminal."""
    def cell(raising, good):
        if not good:
            return "no step was good"
        return "{:.3f} ({:.3f} to {:.3f})".format(raising / good, *share_interval(raising, good))

    rows = [[history.settings["batch_size"], history.settings["learning_rate"],
             cell(*counts(history, FIRST)), cell(*last_counts(history)), last_counts(history)[1]]
            for history in trained(histories)]
    return {"batch": "right", "rate": "right", "first 10 steps": "whole",
            "last 100 steps": "whole", "good steps in these": "right"}, rows


def draw(panel, histories):
    """The shares from the first steps on, by batch size, at the slow rate."""
    middles = [(begin + end) / 2 for begin, end in WINDOWS]
    for index, size in enumerate(SIZES):
        history, style = histories[label_of(size, SLOW)], line_style(index)
        shares = draw_points(panel, middles, [counts(history, slice(*window))
                                              for window in WINDOWS], **style)
        at, where = NAMED[size]
        name_curve(panel, middles[at], shares[at], f"batches of {size}", style["color"], **where)
    panel.set_xscale("log")
    level(panel, 0.5, "a coin toss")
    label(panel, "Step", "Share of good steps that raise the next loss",
          "In the end half of the good steps raise it")
