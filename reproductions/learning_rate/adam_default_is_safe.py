"""Adam at its default rate is safe where gradient descent goes to infinity.

Claim    Adam is better behaved, and may be used at its default rate. Before that the question says
         that another optimizer, another loss and another amount of data did not help.
Source   https://datascience.stackexchange.com/questions/15962, a comment and the question.
Setup    The regression of this source (see __init__.py) in batches of 100, 360 epochs: Adam as
         Keras has it, rate 0.001, beside SGD at 0.001 and 0.0001; and Adam at 0.1. Then the network
         of this source from 32 starts, 20 epochs, all at 0.001: SGD; and SGD with one change each
         time: another optimizer in its place, another loss, or less data.
Theory   Adam divides the gradient by its size so far: a step is at most about the rate, however
         steep the bowl, and nothing grows exponentially. While it remembers the large gradients of
         the start its steps shrink with the error, so that a distance of 2 takes more than 2/0.001
         steps: 197 epochs of 20 to within 1 %, by Adam's formula on a bowl (lib.theory). RMSprop
         divides in the same way. An absolute error bounds the step as well, since its gradient does
         not grow with the error. Momentum and other data bound nothing.
Differs  The source has no program; the problems are those of claim 9. It does not name the
         optimizers and losses that the asker tried, and they may have been such as do not help. The
         comment that recommends Adam assumes that Adam was not among them.
"""
import math

import numpy as np

from lib.claims import below, exactly, largest, near, not_finite, source_says
from lib.command import run_script
from lib.compat import keras
from lib.measure.networks import share_learned
from lib.show.plotting import FAILS, GREY, HOLDS, label, leaving_curve, name_curve, new_figure
from lib.training import train_each
from reproductions.learning_rate.parts import arrivals, diabetes_network, one_change, regression

NUMBER = 14
EPOCHS = 360                                        # ours: as long as Adam takes, and longer
DEFAULT, SGD, SLOW_SGD, FAST = "Adam 0.001", "SGD 0.001", "SGD 0.0001", "Adam 0.1"
OPTIMIZERS = {
    DEFAULT: lambda: keras.optimizers.Adam(),       # the source: its default rate
    SGD: lambda: keras.optimizers.SGD(0.001),       # the question's, as in claim 9
    SLOW_SGD: lambda: keras.optimizers.SGD(0.0001),     # the question's, as in claim 9
    FAST: lambda: keras.optimizers.Adam(0.1),       # ours
}
LOOKS = {DEFAULT: {"color": HOLDS, "marker": "o", "markersize": 4},
         SGD: {"color": FAILS, "marker": "^", "markersize": 5},
         SLOW_SGD: {"color": GREY, "linestyle": "--"}, FAST: {"color": GREY}}
# Between releases: as in claim 5; and of 260 steps of a network every last bit shows
TOLERANCE = dict.fromkeys(one_change.LABELS, math.inf)
TOLERANCE[FAST] = 1e-4


def run(seed=0, epochs=EPOCHS):
    """The regression with each optimizer, and the network with each change: {label: History}."""
    histories = train_each(OPTIMIZERS, lambda optimizer: regression.train(
        regression.data(seed), optimizer(), epochs))
    histories.update(one_change.run(seed, epochs))
    return histories


def judge(histories):
    adam = histories[DEFAULT]

    def most_that_learn(changes):
        return one_change.most_that_learn(histories, changes)

    return dict(
        it_does_not_diverge=source_says(
            "adam_is_better_behaved", "Adam at its default rate does not diverge (regression; "
            "largest loss relative to the first epoch)", largest(adam.loss) / adam.loss[0],
            near(1, within=1e-9), "never above its first epoch"),
        where_gradient_descent_does=source_says(
            "adam_is_better_behaved", "Adam is better behaved than SGD, which diverges at the same "
            "rate (regression; loss of SGD in the end)", histories[SGD].loss[-1], not_finite(),
            "claim 9"),
        it_can_be_used=source_says(
            "adam_at_its_default", "Adam can be used at its default rate: the regression learns "
            "(loss in the end relative to the first epoch)", adam.loss[-1] / adam.loss[0],
            below(1e-6), "\"can be used\": ours"),
        it_can_be_used_for_a_network=source_says(
            "adam_at_its_default", "Adam can be used at its default rate: a network on real data "
            "learns (share of the starts that end below the loss of the best constant)",
            share_learned(histories[one_change.ADAM]), exactly(1), "\"can be used\": ours"),
        another_optimizer_does_not_help=source_says(
            "other_optimizer", "Where SGD at 0.001 goes to NaN another optimizer does not help "
            "(network; share of the starts that learn, with the one that helps most)",
            most_that_learn(one_change.OPTIMIZERS), exactly(0),
            fails_because="Adam and RMSprop divide a step by the size of the gradient; of those "
            "tried here only momentum does not help, and the source does not say which it tried"),
        another_loss_does_not_help=source_says(
            "other_loss", "Where SGD at 0.001 goes to NaN another loss does not help (network; "
            "share of the starts that learn, with the one that helps most)",
            most_that_learn(one_change.LOSSES), exactly(0),
            fails_because="The gradient of an absolute error, and of Huber's loss, does not grow "
            "with the error; the source does not say which losses it tried"),
        other_data_do_not_help=source_says(
            "other_amount_of_data", "Where SGD at 0.001 goes to NaN half or a quarter of the data "
            "does not help (network; share of the starts that learn, with the amount that helps "
            "most)", most_that_learn(one_change.ROWS), exactly(0)),
        **one_change.judge(histories),
        **arrivals.judge(adam, histories[SLOW_SGD], histories[FAST]))


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    draw_losses(left, histories)
    arrivals.draw(middle, histories[DEFAULT], histories[SLOW_SGD])
    diabetes_network.draw_fates(right, histories, one_change.LABELS)
    right.set(title="A network at 0.001: what helps",
              ylabel="SGD on 416 rows, and what was changed")
    return figure


def draw_losses(panel, histories):
    """Both at 0.001 in colour, and what else was tried in grey, named where each ends."""
    panel.set(xscale="log", ylim=(1e-13, 1e43))
    for name, look in LOOKS.items():
        losses = histories[name].loss
        leaving_curve(panel, losses, name, **look)
        if np.isfinite(losses[-1]):
            name_curve(panel, len(losses), losses[-1], name, look["color"])
    name_curve(panel, 1.2, 1e30, SGD, LOOKS[SGD]["color"], fontsize="medium")
    label(panel, "Epoch", "Loss of the regression", "SGD overflows where Adam learns")


if __name__ == "__main__":
    run_script(__file__)
