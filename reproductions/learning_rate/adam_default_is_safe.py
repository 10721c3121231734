"""Adam at its default rate is safe where gradient descent goes to infinity.

Claim    Adam is better behaved, and may be used at its default rate. Before that the question says
         that another optimizer, another loss and another amount of data did not help.
Source   https://datascience.stackexchange.com/questions/15962, a comment and the question.
Setup    The regression of this source (see __init__.py) in batches of 100, 360 epochs: Adam as
         Keras has it, rate 0.001, beside SGD at 0.001 and 0.0001; and Adam at 0.1. Then the network
         of this source from 32 starts, 20 epochs, all at 0.001: SGD; SGD with another optimizer in
         its place, with another loss, with less data.
Theory   Adam divides the gradient by its size so far: a step is at most about the rate, however
         steep the bowl, and nothing grows exponentially. While it remembers the large gradients of
         the start its steps shrink with the error, so that the way of 2 takes more than 2/0.001
         steps: 197 epochs of 20 to within 1 % by Adam's formula on a bowl (lib.theory). RMSprop
         divides so as well. Of an absolute error the gradient does not grow with the error: that
         loss bounds the step as well. Momentum and other data bound nothing.
Differs  The source has no program; the problems are those of claim 9. It does not name the
         optimizers and losses that were tried: they could be such as do not help, and the comment
         that recommends Adam takes it that Adam was not among them.
"""
import math
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (above, below, exactly, first_epoch, largest, near, not_finite, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.networks import absolute, huber, share_learned
from lib.plotting import THEORY, leaving_curve, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import (BATCH_SIZE, SAMPLES, TARGET_WEIGHTS, bars_of_fates,
                                         regression, train_on_diabetes, train_regression)

NUMBER = 14
EPOCHS = 360                                        # ours: as long as Adam takes, and longer
DEFAULT, SGD, SLOW_SGD = "Adam 0.001", "SGD 0.001", "SGD 0.0001"
OPTIMIZERS = OrderedDict((
    (DEFAULT, lambda: keras.optimizers.Adam()),     # the source: its default rate
    (SGD, lambda: keras.optimizers.SGD(0.001)),     # the question's, as in claim 9
    (SLOW_SGD, lambda: keras.optimizers.SGD(0.0001)),
    ("Adam 0.1", lambda: keras.optimizers.Adam(0.1)),       # ours
))
# The network at 0.001, each time with one thing changed: which ones is ours, as the source does not
# say. Keras' own defaults but for the rate; 192 and 96 rows are 6 and 3 of the 13 batches.
NETWORK_SGD, NETWORK_ADAM = "network, SGD", "network, Adam"
OTHER_OPTIMIZERS = OrderedDict((
    ("network, momentum 0.9", lambda: keras.optimizers.SGD(0.001, momentum=0.9)),
    ("network, RMSprop", lambda: keras.optimizers.RMSprop()),       # its default is 0.001
    (NETWORK_ADAM, lambda: keras.optimizers.Adam()),
))
OTHER_LOSSES = OrderedDict((("network, absolute error", absolute), ("network, Huber", huber)))
OTHER_ROWS = OrderedDict((("network, 192 rows", 192), ("network, 96 rows", 96)))
NETWORKS = [NETWORK_SGD] + [label for others in (OTHER_OPTIMIZERS, OTHER_LOSSES, OTHER_ROWS)
                            for label in others]
STEPS = SAMPLES // BATCH_SIZE                       # of an epoch
# Between releases: as in claim 5; and of 260 steps of a network every last bit shows
TOLERANCE = dict.fromkeys(NETWORKS, math.inf)
TOLERANCE["Adam 0.1"] = 1e-4


def run(seed=0, epochs=EPOCHS):
    """The regression with each optimizer, and the network each way: {label: History}."""
    def sgd(**changes):
        return train_on_diabetes(seed, keras.optimizers.SGD(0.001), epochs, **changes)

    trained = train_each(OPTIMIZERS, lambda optimizer: train_regression(
        regression(seed), optimizer(), epochs))
    trained[NETWORK_SGD] = sgd()
    trained.update(train_each(OTHER_OPTIMIZERS, lambda optimizer: train_on_diabetes(
        seed, optimizer(), epochs)))
    trained.update(train_each(OTHER_LOSSES, lambda penalty: sgd(penalty=penalty)))
    trained.update(train_each(OTHER_ROWS, lambda rows: sgd(rows=rows)))
    return trained


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

    def most_that_learn(labels):
        return largest(share_learned(histories[label]) for label in labels)

    return OrderedDict(
        it_does_not_diverge=source_says(
            "adam_is_better_behaved", "Adam at its default rate does not diverge (largest loss, "
            "relative to the first epoch)", largest(adam.loss) / first, near(1, within=1e-9),
            "never above its first epoch"),
        where_gradient_descent_does=source_says(
            "adam_is_better_behaved", "… where SGD at the same rate does (loss in the end)",
            histories[SGD].loss[-1], not_finite(), "claim 9"),
        it_can_be_used=source_says(
            "adam_at_its_default", "It can be used at that rate: it learns (loss in the end, "
            "relative to the first epoch)", adam.loss[-1] / first, below(1e-6),
            "\"can be used\": ours"),
        it_can_be_used_for_a_network=source_says(
            "adam_at_its_default", "… so does a network on real data (share of the starts that end "
            "below the loss of the best constant)", share_learned(histories[NETWORK_ADAM]),
            exactly(1), "\"can be used\": ours"),
        another_optimizer_does_not_help=source_says(
            "other_optimizer", "Where SGD at 0.001 goes to NaN another optimizer does not help "
            "(network; share of the starts that learn, with the one that helps most)",
            most_that_learn(OTHER_OPTIMIZERS), exactly(0), "\"did not help\"",
            fails_because="Adam and RMSprop divide a step by the size of the gradient; of those "
            "tried here momentum alone does not help, and the source does not say which it tried"),
        another_loss_does_not_help=source_says(
            "other_loss", "… nor another loss (the same)", most_that_learn(OTHER_LOSSES),
            exactly(0), "\"did not help\"",
            fails_because="the gradient of an absolute error, and of Huber's loss, does not grow "
            "with the error; the source does not say which losses it tried"),
        other_data_do_not_help=source_says(
            "other_amount_of_data", "… nor half or a quarter of the data (the same)",
            most_that_learn(OTHER_ROWS), exactly(0), "\"did not help\""),
        momentum_does_not_help=suite_finds(
            "Momentum does not help (network; the same, with momentum and with SGD itself)",
            most_that_learn([NETWORK_SGD, "network, momentum 0.9"]), exactly(0),
            "neither bounds a step"),
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
            "The flat one, with half the way to go, is later (epochs, relative to those)",
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
    )


def draw(histories):
    figure, (left, right, last) = new_figure(1, 3, size=(16.5, 5))
    left.set_title("SGD at 0.001 leaves all numbers, Adam does not")
    left.set_xscale("log")
    left.set_ylim(1e-13, 1e43)
    for index, label in enumerate(OPTIMIZERS):
        leaving_curve(left, histories[label].loss, label, **line_style(index))
    left.set_ylabel("Loss")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.9))
    right.set_title("The two weights on their way to 2 and 1")
    epochs = np.arange(1, len(histories[DEFAULT].loss) + 1)
    for index, label in enumerate(OPTIMIZERS):
        if label in (DEFAULT, SLOW_SGD):
            style = dict(line_style(index), markevery=30)
            right.plot(epochs, histories[label].steep_weight, label=label + ", steep", **style)
            right.plot(epochs, histories[label].flat_weight, label=label + ", flat",
                       **dict(style, markerfacecolor="white"))
    right.plot(epochs, steep_weight_in_theory(len(epochs)), label="Adam's formula", **THEORY)
    right.set_ylabel("Weight")
    right.legend(loc="lower right")
    last.set_title("A network on real data, all at 0.001")
    bars_of_fates(last, OrderedDict((label[len("network, "):], histories[label])
                                    for label in NETWORKS))
    last.set_ylabel("What is other than SGD on 416 rows")
    for panel in (left, right):
        panel.set_xlabel("Epoch")
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
