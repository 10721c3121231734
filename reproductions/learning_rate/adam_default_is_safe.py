"""Adam at its default rate is safe where gradient descent goes to infinity.

Claim    Adam is better behaved, and may be used at its default rate.
Source   https://datascience.stackexchange.com/questions/15962, a comment.
Setup    The regression of this source (see __init__.py) in batches of 100, 360 epochs: Adam as
         Keras has it, rate 0.001, beside SGD at 0.001 and 0.0001; and Adam at rates up to 10.
Theory   Adam divides the gradient by its size so far: a step is at most about the rate, however
         steep the bowl, and nothing grows exponentially. While it remembers the large gradients of
         the start its steps shrink with the error, so that the way of 2 takes more than 2/0.001
         steps: 197 epochs of 20 to within 1 % by Adam's formula on a bowl (lib.theory).
Differs  The source has no program; the problem is that of claim 9.
"""
import math
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (above, below, exactly, first_epoch, largest, near, not_finite, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.plotting import THEORY, leaving_curve, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import (BATCH_SIZE, SAMPLES, TARGET_WEIGHTS, regression,
                                         train_regression)

NUMBER = 14
EPOCHS = 360                                        # ours: as long as Adam takes, and longer
DEFAULT, SGD, SLOW_SGD = "Adam 0.001", "SGD 0.001", "SGD 0.0001"
OPTIMIZERS = OrderedDict((
    (DEFAULT, lambda: keras.optimizers.Adam()),     # the source: its default rate
    (SGD, lambda: keras.optimizers.SGD(0.001)),     # the question's, as in claim 9
    (SLOW_SGD, lambda: keras.optimizers.SGD(0.0001)),
    ("Adam 0.1", lambda: keras.optimizers.Adam(0.1)),       # ours, as the one below
    ("Adam 10", lambda: keras.optimizers.Adam(10.0)),
))
STEPS = SAMPLES // BATCH_SIZE                       # of an epoch
TOLERANCE = {"Adam 0.1": 1e-4,                      # between releases: as in claim 5;
             "Adam 10": math.inf}                   # and a last bit decides when its spikes come


def run(seed=0, epochs=EPOCHS):
    """The same training with each optimizer: {label: History}."""
    return train_each(OPTIMIZERS, lambda optimizer: train_regression(
        regression(seed), optimizer(), epochs))


def arrival(weights, target):
    """The first epoch after which the weight is within 1 % of its target."""
    return first_epoch(abs(weight - target) < 0.01 * target for weight in weights)


def steep_weight_in_theory(epochs):
    """What Adam's formula makes of the steep weight, after each epoch."""
    target, _ = TARGET_WEIGHTS
    return target + theory.adam_on_a_bowl(-target, 0.001, epochs * STEPS)[STEPS - 1::STEPS]


def judge(histories):
    adam, slow = histories[DEFAULT], histories[SLOW_SGD]
    steep, flat = TARGET_WEIGHTS
    first = adam.loss[0]
    return OrderedDict(
        it_does_not_diverge=source_says(
            "Adam at its default rate does not diverge (largest loss, in terms of the first epoch)",
            largest(adam.loss) / first, near(1, within=1e-9), "never above its first epoch"),
        it_is_better_behaved=source_says(
            "… where SGD at the same rate does (loss in the end)",
            histories[SGD].loss[-1], not_finite(), "claim 9"),
        it_can_be_used=source_says(
            "… and can be used: it learns (loss in the end, in terms of the first epoch)",
            adam.loss[-1] / first, below(1e-6), "\"can be used\": ours"),
        it_takes_its_time=suite_finds(
            "It takes this many epochs until the steep weight is within 1 % of 2",
            arrival(adam.steep_weight, steep),
            near(arrival(steep_weight_in_theory(len(adam.loss)), steep), within=5),
            "Adam's formula on a bowl"),
        it_follows_its_formula=suite_finds(
            "On its way that weight is as the formula has it (largest distance)",
            largest(np.abs(np.array(adam.steep_weight)
                           - steep_weight_in_theory(len(adam.loss)))), near(0, within=0.03),
            "Adam's formula on a bowl; batch noise"),
        the_flat_weight_is_later=suite_finds(
            "The flat one, with half the way to go, is later (epochs, in terms of those)",
            arrival(adam.flat_weight, flat) / arrival(adam.steep_weight, steep), above(1.2),
            "measured: the steep error is noise in its gradient, many times its size"),
        gradient_descent_is_faster_on_the_steep_weight=suite_finds(
            "SGD at 0.0001 has the steep weight within 1 % after epoch",
            arrival(slow.steep_weight, steep), exactly(1), "1 - 0.0001 · 2450 a step"),
        but_leaves_the_flat_one_behind=suite_finds(
            "… but after all epochs it is still this far from the flat one",
            abs(slow.flat_weight[-1] - flat),
            near((1 - 2 * 0.0001) ** (len(slow.loss) * STEPS), within=0.05),
            "closed form: (1 - 0.0001 · 2)^steps"),
        a_larger_rate_is_faster=suite_finds(
            "At a hundred times its default rate Adam has both within 1 % after epoch",
            max(arrival(histories["Adam 0.1"].steep_weight, steep),
                arrival(histories["Adam 0.1"].flat_weight, flat)), below(10),
            "a hundredth of the epochs, more or less"),
        ten_thousand_times_does_not_diverge=suite_finds(
            "At 10,000 times it does not diverge either (largest loss, in terms of the first epoch "
            "at the default)", largest(histories["Adam 10"].loss) / first, below(10),
            "a step is at most about the rate; \"does not diverge\": ours"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(11.6, 5))
    left.set_title("SGD at 0.001 leaves all numbers, Adam does not")
    left.set_xscale("log")
    left.set_ylim(1e-13, 1e43)
    for index, (label, history) in enumerate(histories.items()):
        leaving_curve(left, history.loss, label, **line_style(index))
    left.set_ylabel("Loss")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    right.set_title("The two weights on their way to 2 and 1")
    epochs = np.arange(1, len(histories[DEFAULT].loss) + 1)
    for index, label in enumerate(histories):
        if label in (DEFAULT, SLOW_SGD):
            style = dict(line_style(index), markevery=30)
            right.plot(epochs, histories[label].steep_weight, label=label + ", steep", **style)
            right.plot(epochs, histories[label].flat_weight, label=label + ", flat",
                       **dict(style, markerfacecolor="white"))
    right.plot(epochs, steep_weight_in_theory(len(epochs)), label="Adam's formula", **THEORY)
    right.set_ylabel("Weight")
    right.legend(loc="lower right")
    for panel in (left, right):
        panel.set_xlabel("Epoch")
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
