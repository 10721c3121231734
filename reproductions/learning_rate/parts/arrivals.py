"""When each of the two weights of the regression arrives at its target (claim 14)."""
import numpy as np

from lib import theory
from lib.claims import above, below, exactly, first_epoch, largest, near, suite_finds
from lib.show.plotting import GREY, HOLDS, THEORY, label, name_curve
from reproductions.learning_rate.parts.regression import BATCH_SIZE, SAMPLES, TARGET_WEIGHTS

STEEP, FLAT = TARGET_WEIGHTS
STEPS = SAMPLES // BATCH_SIZE                   # of an epoch


def arrival(weights, target):
    """The first epoch after which the weight is within 1 % of its target."""
    return first_epoch(abs(weight - target) < 0.01 * target for weight in weights)


def steep_weight_in_theory(epochs):
    """The steep weight by Adam's formula at 0.001, after each epoch."""
    return STEEP + theory.adam_on_a_bowl(-STEEP, 0.001, epochs * STEPS)[STEPS - 1::STEPS]


def judge(adam, sgd, fast_adam):
    """The histories of Adam at 0.001, of SGD at 0.0001, and of Adam at 0.1."""
    in_theory = steep_weight_in_theory(len(adam.loss))
    return dict(
        it_takes_its_time=suite_finds(
            "Adam takes some 200 epochs to bring the steep weight to its target (epochs until it "
            "is within 1 % of 2)", arrival(adam.steep_weight, STEEP),
            near(arrival(in_theory, STEEP), within=5), "Adam's formula on a bowl"),
        it_follows_its_formula=suite_finds(
            "The steep weight follows Adam's formula (largest distance after any epoch)",
            largest(np.abs(np.array(adam.steep_weight) - in_theory)), near(0, within=0.03),
            "Adam's formula on a bowl; batch noise"),
        the_flat_weight_is_later=suite_finds(
            "Adam brings the flat weight to its target later, though it has half as far to go "
            "(epochs relative to the steep weight's)",
            arrival(adam.flat_weight, FLAT) / arrival(adam.steep_weight, STEEP), above(1.2),
            "measured: the steep error is noise in its gradient, many times its size"),
        gradient_descent_is_faster_on_the_steep_weight=suite_finds(
            "SGD at 0.0001 brings the steep weight to its target at once (epochs until it is "
            "within 1 % of 2)", arrival(sgd.steep_weight, STEEP), exactly(1),
            "1 - 0.0001 · 2450 a step"),
        but_leaves_the_flat_one_behind=suite_finds(
            "SGD at 0.0001 leaves the flat weight behind (its distance from 1 after all epochs)",
            abs(sgd.flat_weight[-1] - FLAT),
            near((1 - 2 * 0.0001) ** (len(sgd.loss) * STEPS), within=0.05),
            "closed form: (1 - 0.0001 · 2)^steps"),
        a_larger_rate_is_faster=suite_finds(
            "At a hundred times its default rate Adam brings both weights to their targets soon "
            "(epochs until both are within 1 %)",
            max(arrival(fast_adam.steep_weight, STEEP), arrival(fast_adam.flat_weight, FLAT)),
            below(10), "about a hundredth of the epochs"),
    )


def draw(panel, adam, sgd):
    """Both weights by Adam at 0.001, and by SGD at 0.0001 in grey."""
    epochs = np.arange(1, 1 + len(adam.loss))
    panel.plot(epochs, steep_weight_in_theory(len(epochs)), **THEORY)
    for history, colour, width in ((sgd, GREY, 1.2), (adam, HOLDS, 2)):
        panel.plot(epochs, history.steep_weight, color=colour, linewidth=width)
        panel.plot(epochs, history.flat_weight, color=colour, linewidth=width, linestyle="--")
    last = len(epochs)
    for epoch, height, words, colour, size in (
            (75, 1.15, "Adam 0.001", HOLDS, "medium"),
            (105, 1.5, "grey road:\nAdam's formula", GREY, "small"),
            (10, 1.91, "SGD 0.0001", GREY, "small"),
            (last, sgd.flat_weight[-1], "SGD 0.0001", GREY, "small"),
            (last, adam.steep_weight[-1], "large input's", HOLDS, "small"),
            (last, adam.flat_weight[-1], "small input's", HOLDS, "small")):
        name_curve(panel, epoch, height, words, colour, fontsize=size)
    label(panel, "Epoch", "Weight of each input", "Adam takes longer, but learns both weights")
