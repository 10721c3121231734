"""A step that is good for its batch can raise the loss on the next.

Claim    The data of the second step are not those of the first, so a step that is good for its
         batch can raise the loss on the next.
Source   https://datascience.stackexchange.com/questions/15962, comments (in words).
Setup    Linear regression on 10 inputs x ~ N(0, 1), target the sum of them plus noise ~ N(0, 1), a
         fresh batch every step, SGD from weights of 0, 300 steps; batches of 1 to 64, three rates,
         100 independent streams of data each. A step counts as good if it lowered the loss of its
         own batch, and as raising if it then raised the loss of the next. Its Hessian is 2 E[x xᵀ],
         2 in all directions: the rates are in terms of 2/2 = 1.
Theory   Where the loss no longer falls, the change that a step makes on data that it has not
         seen is zero on average: where it is as often above as below, half of the steps raise it.
         A batch of n has a curvature of its own: its steps shrink the mean square of the error only
         where the rate is below n/(n + 10 + 1), as E[(x xᵀ)²] = (10 + 2) I.
Differs  The source has no program. The 300 regressions of a batch size are one Keras model, a
         weight for each input, stream and rate.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import (History, above, below, largest, near, not_finite, share_interval, smallest,
                        source_says, suite_finds)
from lib.command import run_script
from lib.compat import keras, outputs_of, rate_per_unit, step_function
from lib.plotting import line_style, new_figure
from lib.training import train_each

NUMBER = 13
TOLERANCE = 0.05            # between releases: a stream in twenty
EPOCHS = 300                                    # ours: steps, each an epoch of one batch
INPUTS, NOISE, STREAMS = 10, 1.0, 100           # ours
BATCH_SIZES = (1, 4, 16, 64)                    # ours
RATES = (0.02, 0.06, 0.2)                       # ours: in terms of 2/curvature, which is 1
WINDOWS = ((0, 3), (3, 10), (10, 30), (30, 100), (100, 200), (200, 300))    # ours: of the steps
FIRST, LAST = slice(0, 10), slice(200, 300)     # ours: "at first" and "in the end"


def run(seed=0, epochs=EPOCHS):
    """For each batch size and rate, what the steps did: {label: History}."""
    trained = train_each(OrderedDict((size, size) for size in BATCH_SIZES),
                         lambda size: train(size, seed, epochs))
    return OrderedDict((label(size, rate), history) for size, histories in trained.items()
                       for rate, history in zip(RATES, histories))


def label(size, rate):
    return "batch {}, rate {:g}".format(size, rate)


def batches(size, seed):
    """Endless batches for all streams: x (size, STREAMS, INPUTS) and y (size, 1, STREAMS)."""
    random_state = np.random.RandomState(seed)
    while True:
        x = random_state.randn(size, STREAMS, INPUTS).astype("float32")
        noise = NOISE * random_state.randn(size, STREAMS)
        yield x, (x.sum(axis=-1) + noise)[:, None].astype("float32")


def sum_of_losses(y, prediction):
    """Of all regressions, each the mean squared error of its batch."""
    return keras.ops.sum(keras.ops.mean(keras.ops.square(prediction - y), axis=0))


def train(size, seed, epochs):
    """All streams at all rates, step by step: a History for each rate.

    ``good``: in how many streams the step lowered the loss of its own batch; ``raising``: in how
    many of these it raised that of the next; ``loss``: of the batch before the step, the median
    over the streams. ``good_of_stream``, ``raising_of_stream``: the same over the last 100 steps.
    """
    model = keras.Sequential([
        keras.layers.Input((STREAMS, INPUTS)),
        keras.layers.EinsumDense("nsi,rsi->nrs", output_shape=(len(RATES), STREAMS),
                                 kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(rate_per_unit(np.reshape(RATES, (-1, 1, 1)))),
                  sum_of_losses)
    take_step = step_function(model)

    def losses(*batches):
        x, y = map(np.concatenate, zip(*batches))
        errors = np.square(outputs_of(model, x) - y)
        return errors.reshape((len(batches), size) + errors.shape[1:]).mean(axis=1)

    stream = batches(size, seed)
    batch, upcoming, good, raising, loss = next(stream), next(stream), [], [], []
    with np.errstate(over="ignore", invalid="ignore"):
        before, next_before = losses(batch, upcoming)
        for _ in range(epochs):
            later = next(stream)
            take_step(*batch)
            after, next_after, later_before = losses(batch, upcoming, later)
            good.append(after < before)
            raising.append(good[-1] & (next_after > next_before))
            loss.append(np.median(before, axis=-1))
            batch, upcoming = upcoming, later
            before, next_before = next_after, later_before
    good, raising, loss = (np.array(series) for series in (good, raising, loss))
    return [History(
        {"optimizer": "SGD", "learning_rate": rate, "batch_size": size, "seed": seed,
         "inputs": INPUTS, "noise": NOISE, "streams": STREAMS, "epochs": epochs},
        loss=loss[:, row].tolist(), good=good[:, row].sum(axis=1).tolist(),
        raising=raising[:, row].sum(axis=1).tolist(),
        good_of_stream=good[LAST, row].sum(axis=0).tolist(),
        raising_of_stream=raising[LAST, row].sum(axis=0).tolist())
        for row, rate in enumerate(RATES)]


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
    """Up to which the mean square of the error shrinks, in terms of 2/curvature (see Theory)."""
    return size / (size + INPUTS + 1)


def spread(history):
    """The variance of the streams' shares in the end, in terms of that of independent steps."""
    good, raising = np.array(history.good_of_stream), np.array(history.raising_of_stream)
    if not good.sum():
        return np.nan
    p = raising.sum() / good.sum()
    return np.sum((raising - good * p) ** 2) / np.sum(good * p * (1 - p))


def judge(histories):
    slow = RATES[0]
    one, many = histories[label(1, slow)], histories[label(64, slow)]
    settled = [history for history in histories.values() if all_good(history)]
    together = [sum(numbers) for numbers in zip((0, 0), *(counts(history, LAST)
                                                          for history in settled))]
    farthest = max((share(history, LAST) for history in settled), default=np.nan,
                   key=lambda one: abs(one - 0.5))
    return OrderedDict(
        a_good_step_can_raise_the_loss_on_the_next_batch=source_says(
            "Of steps that are good for their batch some raise the loss on the next (share of all; "
            "lower end of its interval, the least of all batch sizes and rates)",
            smallest(share_interval(*counts(history, slice(None)))[0]
                     for history in histories.values()), above(0)),
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
            "In the end half of them do (last 100 steps, all batch sizes and rates at which all "
            "steps are good)", together[0] / together[1] if together[1] else np.nan,
            near(0.5, within=0.01), "theory; some five standard errors"),
        whatever_the_batch_and_the_rate=suite_finds(
            "… whatever the batch and the rate (the share of them that is farthest from half)",
            farthest, near(0.5, within=0.025), "theory; five standard errors of each"),
        it_is_less_where_many_steps_are_not_good=suite_finds(
            "… but less where many steps are not even good for their own batch (batches of 4 at "
            "0.2; upper end)", share_interval(*counts(histories[label(4, 0.2)], LAST))[1],
            below(0.5), "measured: good steps are the shorter ones"),
        the_steps_are_as_good_as_independent=suite_finds(
            "The streams differ as much as if all their steps were independent, as the intervals "
            "suppose (largest variance in terms of that)",
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
            for history in histories.values()]
    return OrderedDict((("batch", "right"), ("rate", "right"), ("first 10 steps", "whole"),
                        ("last 100 steps", "whole"), ("good steps in these", "right"))), rows


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(11, 4.8), sharey=True)
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
    for panel in (left, right):
        panel.axhline(0.5, color="#555555", linewidth=1, linestyle=(0, (6, 3)), zorder=1)
        panel.set_ylim(0, 0.7)
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
