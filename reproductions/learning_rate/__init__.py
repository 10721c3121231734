"""Source 2: why a learning rate makes the weights of a network skyrocket.

The source has no program, so the networks are ours. Most is shown on one regression, the smallest
whose Hessian is known: two inputs, of standard deviation 35 and 1; the target 2 x1 + x2, without
noise; ``Dense(1)`` without a bias, from weights of 0; mean squared error. Its Hessian is 2 E[x xᵀ],
about diag(2450, 2), wherever the weights are. It proves that a set-up exists in which everything
goes as the question says: the scale of its inputs was chosen for that.

Beside it stands what the asker had, a network, on real data that nobody has scaled: the diabetes
table (lib.diabetes), 10-64-64-1, ReLU, biases of 0, Glorot uniform kernels, batches of 32, from 32
starts. Of the 442 rows, in an order drawn once, 416 fill 13 batches; the other 26 are left out.
"""
from collections import OrderedDict

import numpy as np

from lib import diabetes
from lib.claims import History, Sentence, Source
from lib.compat import optimizer_settings
from lib.data import FixedBatches, linear_data
from lib.descents import mean_squared_error
from lib.models import linear_unit
from lib.networks import (drawn_kernels, share_dead, share_learned, share_lost, squared,
                          train_networks)
from lib.training import fit

QUESTION, REPORT = "question, first paragraph", "question, second paragraph"
COMMENT = "comment on the question, on Adam"
BOOK = "answer on ill-conditioning, after chapter 8 of \"Deep Learning\""
BOWL = "answer on the bowl, with two figures"
NEXT_BATCH = "answers and comments, on the data of the second step"

SENTENCES = OrderedDict((
    ("nan_weights", Sentence(
        QUESTION, "Many trainings of simple networks ended with weights that are NaN.",
        not_judged="a report of trainings whose networks and data are not given")),
    ("other_optimizer", Sentence(QUESTION, "Another optimizer did not help.")),
    ("other_loss", Sentence(QUESTION, "Another loss did not help.")),
    ("other_amount_of_data", Sentence(QUESTION, "Another amount of data did not help.")),
    ("the_rate_makes_the_difference", Sentence(
        QUESTION, "A change of the learning rate made a huge difference to the weights.")),
    ("grows_exponentially", Sentence(
        REPORT, "At a rate of 0.001 the minimizer raised the loss exponentially.")),
    ("a_trillion_after_one_epoch", Sentence(
        REPORT, "After one epoch the loss could jump from thousands to a trillion.")),
    ("then_infinity", Sentence(REPORT, "… and then to infinity, NaN.")),
    ("a_smaller_rate_works", Sentence(REPORT, "At 0.0001 everything worked.")),
    ("one_order_of_magnitude", Sentence(
        "question, first of the two asked",
        "A single order of magnitude in the rate has this effect.")),
    ("the_opposite", Sentence(
        "question, second of the two asked",
        "The minimizer does the opposite of what it is for: it raises the loss.")),
    ("at_no_rate", Sentence(
        "question, second of the two asked", "That should happen at no rate.",
        not_judged="what the asker expected; the answers that claims 10 to 12 judge say why not")),
    ("adam_is_better_behaved", Sentence(COMMENT, "Adam seems to be better behaved.")),
    ("adam_at_its_default", Sentence(COMMENT, "Adam may be usable at its default rate.")),
    ("it_may_be_ill_conditioned", Sentence(
        BOOK, "The asker's problem may be ill-conditioned.",
        not_judged="the asker's problem is not given")),
    ("first_derivatives_only", Sentence(
        BOOK, "A step of gradient descent uses first derivatives only.",
        not_judged="the definition of the method")),
    ("gets_stuck", Sentence(BOOK, "With an ill-conditioned Hessian SGD gets \"stuck\".")),
    ("very_small_steps_raise_the_cost", Sentence(BOOK, "Even very small steps raise the cost.")),
    ("second_order_expansion", Sentence(
        BOOK, "To second order a step of e along -g adds e²/2 gᵀHg - e gᵀg to the cost.")),
    ("first_term_wins", Sentence(
        BOOK, "It is a problem where the first of these terms exceeds the second.")),
    ("step_scales_with_gradient", Sentence(
        BOWL, "On a bowl like x² each step scales with the gradient.")),
    ("small_rate_approaches", Sentence(BOWL, "At 0.01 it approaches the minimum (first figure).")),
    ("lands_beyond", Sentence(
        BOWL, "Too large a rate, 0.12 in the second figure, lands beyond the minimum.")),
    ("farther_out_again_and_again", Sentence(
        BOWL, "… farther out than before, and again and again.")),
    ("other_data", Sentence(
        NEXT_BATCH, "The data of the second step are not those of the first, so that a step that "
        "is good for its batch can raise the loss on the next.")),
    ("larger_loss_is_very_likely", Sentence(
        NEXT_BATCH, "If the model learns the values of the first batch and falls into a local "
        "minimum, a larger loss on new values is very likely.")),
))

SOURCE = Source(
    title="Why is learning rate causing my neural network's weights to skyrocket?",
    url="https://datascience.stackexchange.com/questions/15962",
    published="Data Science Stack Exchange, question 15962, its answers and comments, 2016",
    licence="CC BY-SA 3.0",
    sentences=SENTENCES,
)

# All ours, see above; 20 batches an epoch
DEVIATIONS = (35.0, 1.0)
TARGET_WEIGHTS = (2.0, 1.0)
START = (0.0, 0.0)
SAMPLES, BATCH_SIZE = 2000, 100
# The network
WIDTHS = (10, 64, 64, 1)
STARTS = 32
ROWS, ROWS_IN_A_BATCH = 416, 32                 # 32: Keras' default
NETWORK_EPOCHS = 20


def regression(seed, batch_size=BATCH_SIZE):
    """The data of the regression in batches, in a fixed order."""
    return FixedBatches(*linear_data(seed, SAMPLES, DEVIATIONS, TARGET_WEIGHTS),
                        batch_size=batch_size, data="regression", seed=seed)


def train_regression(batches, optimizer, epochs):
    """One training: a History of ``loss`` and of both weights after each epoch."""
    return train_linear(START, batches, optimizer, epochs, ("steep_weight", "flat_weight"))


def train_linear(start, batches, optimizer, epochs, names):
    """Train a ``linear_unit``: a History of ``loss``, and of each weight by its name."""
    steps = len(batches.x) // batches.size
    losses, weights = fit(linear_unit(start), batches, optimizer, mean_squared_error, epochs, steps)
    settings = dict(optimizer_settings(optimizer), loss="mean squared error", start=list(start),
                    epochs=epochs, steps_per_epoch=steps, **batches.settings())
    columns = np.array([kernel[:, 0] for kernel, in weights], float).T.tolist()
    return History(settings, loss=losses, **dict(zip(names, columns)))


def train_on_diabetes(seed, optimizer, epochs, penalty=squared, rows=ROWS):
    """The network from all its starts: a History, see ``lib.networks.train_networks``."""
    x, y = diabetes.load()
    order = np.random.RandomState(seed).permutation(len(x))[:rows]
    batches = FixedBatches(x[order], y[order], ROWS_IN_A_BATCH, data="diabetes", seed=seed)
    return train_networks(drawn_kernels(seed, STARTS, WIDTHS), batches, optimizer,
                          min(epochs, NETWORK_EPOCHS), penalty)


def bars_of_fates(panel, histories):
    """A bar for each {name: History of the networks}: what became of the starts."""
    places = range(len(histories))
    learned, dead, lost = (np.array([share(history) for history in histories.values()])
                           for share in (share_learned, share_dead, share_lost))
    begin = np.zeros(len(histories))
    for share, name, color in ((learned, "learned", "#0072b2"),
                               (1 - learned - dead - lost, "neither", "#cfe3f2"),
                               (dead, "a layer dead", "#555555"), (lost, "NaN", "#d55e00")):
        panel.barh(places, share, left=begin, label=name, color=color, height=0.7)
        begin = begin + share
    panel.set_yticks(places, histories)
    panel.invert_yaxis()
    panel.set_xlim(0, 1)
    panel.set_xlabel("Share of the {} starts".format(STARTS))
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncol=4, frameon=False)
