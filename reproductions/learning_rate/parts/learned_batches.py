"""A batch that the model has learned, and the loss on new values after that (claim 13)."""
import math

import numpy as np

from lib.claims import below, largest, near, suite_finds
from lib.measure.regressions import INPUTS, learn
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, band, label, name_curve
from lib.training import train_each
from reproductions.learning_rate.parts.shares import draw_points, high_end

SIZES = (4, 32, 64, 256)        # ours: 32 is Keras' default, and 4 are fewer than the weights
PAIRS, LEARNING_RATE, STEPS = 400, 0.05, 1000       # ours: enough to be at the minimum


def run(seed, steps=STEPS):
    """Batches learned, of each size: {label: History}."""
    return train_each({label_of(size): size for size in SIZES},
                      lambda size: learn(size, seed, PAIRS, LEARNING_RATE, steps))


def label_of(size):
    return f"learned batches of {size}"


def rises(history, before="loss"):
    """In how many pairs the loss on new values is larger than ``before``, and how many there are.

    before: a series of the history, by default the loss on the batch that was learned.
    """
    return (int(np.sum(np.array(history.new_loss) > history.series[before])),
            len(history.new_loss))


def share_in_theory(size):
    """How often the loss on new values is larger, by the normal approximation."""
    excess = INPUTS / size + INPUTS / (size - INPUTS - 1)
    return (1 + math.erf(excess / math.sqrt(4 / size) / math.sqrt(2))) / 2


def judge(histories):
    learned = {size: histories[label_of(size)] for size in SIZES}
    return dict(
        a_large_batch_makes_it_less_likely=suite_finds(
            "With many more samples than weights a larger loss on new values is less likely "
            "(batches of 256; share of the pairs)", rises(learned[256])[0] / PAIRS,
            near(share_in_theory(256), within=0.08), "the normal approximation, see Theory"),
        the_batches_are_learned=suite_finds(
            "Each learned batch is at its minimum (largest distance of its loss from the least "
            "possible)", largest(np.max(np.subtract(history.loss, history.least))
                                 for history in learned.values()),
            below(0.01), "least squares in closed form"),
        new_values_gain_all_the_same=suite_finds(
            "From weights of 0 learning one batch hardly ever raises the loss on new values "
            "(batches of 32; share of the pairs in which it does, upper end of its interval)",
            high_end(rises(learned[32], "new_loss_before")), below(0.05),
            "what it learns is the sum of the inputs, which all batches share"),
    )


def draw_pairs(panel, histories, size):
    """The loss on a batch once it is learned, and on the next: a point for each pair."""
    history = histories[label_of(size)]
    loss, new_loss = np.array(history.loss), np.array(history.new_loss)
    larger, last = new_loss > loss, 1.05 * new_loss.max()
    panel.plot(loss[larger], new_loss[larger], "^", color=FAILS, markersize=4)
    panel.plot(loss[~larger], new_loss[~larger], "o", color=HOLDS, markersize=4)
    panel.plot((0, last), (0, last), color=GREY)
    panel.set(xlim=(0, last), ylim=(0, last))
    name_curve(panel, 0.22 * last, 0.8 * last, "larger on the next batch:\n"
               f"{larger.sum()} of {larger.size}", FAILS, fontsize="medium")
    name_curve(panel, last, 0.2, "smaller", HOLDS, fontsize="medium", ha="right", xytext=(-6, 0))
    label(panel, f"Loss on the {size} samples learned", f"Loss on the next {size}",
          "What fits one batch costs more on the next")


def draw_shares(panel, histories, likely):
    """How often the loss on new values is larger, by batch size."""
    sizes = np.linspace(16, 300, 100)
    panel.plot(sizes, [share_in_theory(size) for size in sizes], **THEORY)
    draw_points(panel, SIZES, [rises(histories[label_of(size)]) for size in SIZES],
                color=FAILS, marker="^")
    panel.set_xscale("log")
    panel.set_xticks(SIZES, SIZES)
    panel.minorticks_off()
    panel.set_ylim(0.5, 1.03)
    band(panel, likely, 1.03)
    name_curve(panel, 7, likely, "very likely", GREY, va="bottom", xytext=(0, 4))
    name_curve(panel, 80, 0.83, "grey road: normal\napproximation", GREY, ha="right")
    label(panel, "Batch size, for 10 weights", "Share of next batches with a larger loss",
          "Very likely, if batches are small")
