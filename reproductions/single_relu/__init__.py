"""Source 1: one ReLU that should learn a ReLU, and often does not.

What its scripts share, all from the source's program: every step draws a fresh batch of 1000
x ~ N(0, 1); the target is max(x, 0); the model is one weight without a bias, then the activation;
mean squared error; 'sgd' at its default rate of 0.01 unless said otherwise; 100 steps an epoch,
20 epochs; the weight and the mean loss are kept after each epoch.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.checkpoints import keep_diagrams
from lib.claims import History, Source, above, share_interval, suite_finds
from lib.compat import heavy_ball_per_unit, keras
from lib.data import SeededMoments
from lib.fates import escaped
from lib.plotting import share_panels
from lib.sweeps import train_units
from lib.training import train_each

SOURCE = Source(
    title="Why can't a single ReLU learn a ReLU?",
    url="https://stats.stackexchange.com/questions/379884",
    published="Cross Validated, question 379884 and its accepted answer, 2018",
    licence="CC BY-SA 4.0",
)

# The activations and optimizers that the source names, at its rates and at Keras' default ones,
# and a weaker momentum of ours. "momentum 0.9, 0.01": SGD with momentum 0.9, learning rate 0.01.
NEGATIVE_SLOPE = 0.3
ACTIVATIONS = OrderedDict((
    ("ReLU", lambda: keras.layers.ReLU()),
    ("LeakyReLU(0.3)", lambda: keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE)),
))
OPTIMIZERS = OrderedDict((
    ("SGD 0.01", lambda: keras.optimizers.SGD(0.01)),
    ("momentum 0.5, 0.01", lambda: keras.optimizers.SGD(0.01, momentum=0.5)),
    ("momentum 0.9, 0.001", lambda: keras.optimizers.SGD(0.001, momentum=0.9)),
    ("momentum 0.9, 0.01", lambda: keras.optimizers.SGD(0.01, momentum=0.9)),
    ("Adam 0.001", lambda: keras.optimizers.Adam(0.001)),
    ("Adam 0.01", lambda: keras.optimizers.Adam(0.01)),
    ("AMSGrad 0.001", lambda: keras.optimizers.Adam(0.001, amsgrad=True)),
    ("AMSGrad 0.01", lambda: keras.optimizers.Adam(0.01, amsgrad=True)),
))

# Ours: how often a ReLU escapes, over seeds, at rates and momenta about those of the source
SEEDS = 1000
SEED_RATES = np.logspace(-3, -1, 17)
SEED_MOMENTA = np.linspace(0, 0.98, 50)
HEAVY_BALL = "seeds, SGD"
BY_RATE = OrderedDict((
    ("seeds, Adam", lambda rate: keras.optimizers.Adam(rate)),
    ("seeds, AMSGrad", lambda rate: keras.optimizers.Adam(rate, amsgrad=True)),
))


def escapes_over_seeds(start, seed, epochs, steps_per_epoch, seeds):
    """How many of ``seeds`` let a ReLU escape from ``start``: {label: History}.

    At each rate and momentum of SGD, in ``escaped`` one list a rate; at each rate of Adam and
    AMSGrad, one number each.
    """
    batches = SeededMoments(seed, seeds)

    def train_all(setting):
        optimizer, starts, rates = setting
        sweep = train_units(batches, starts, rates, optimizer, epochs, steps_per_epoch)
        return sweep.settings, escaped(sweep.weights).sum(axis=-1).tolist()

    def train_heavy_balls(_):
        settings, numbers = train_all((heavy_ball_per_unit(SEED_MOMENTA[:, None]),
                                       np.full((len(SEED_MOMENTA), 1), start),
                                       SEED_RATES[:, None, None]))
        return History(dict(settings, momentum="that of the column", start=start),
                       rate=SEED_RATES.tolist(), momentum=SEED_MOMENTA.tolist(), escaped=numbers)

    def train_at_rates(optimizer):
        settings, numbers = train_all((optimizer, start, SEED_RATES[:, None]))
        return History(dict(settings, start=start), rate=SEED_RATES.tolist(), escaped=numbers)

    keep = keep_diagrams(seed=seed, epochs=epochs, seeds=seeds)
    histories = train_each({HEAVY_BALL: None}, train_heavy_balls, "seeds", keep)
    histories.update(train_each(BY_RATE, train_at_rates, "seeds", keep))
    return histories


def share_of_seeds(histories, label, rate, momentum=None):
    """The interval of the share of seeds that escape at a rate, and momentum, of the grid."""
    history = histories[label]
    number = history.escaped[int(np.argmin(np.abs(np.log(np.array(history.rate) / rate))))]
    if momentum is not None:
        number = number[int(np.argmin(np.abs(np.array(history.momentum) - momentum)))]
    return share_interval(number, history.settings["seeds"])


def damping_decides_for_every_seed(histories):
    """The outcome: at each rate and momentum all seeds escape, or none, as damping has it."""
    history = histories[HEAVY_BALL]
    crosses = np.array(history.rate)[:, None] > theory.escape_rate(np.array(history.momentum))
    return suite_finds(
        "Share of the pairs of rate and momentum at which all seeds do as damping has it",
        np.mean(np.array(history.escaped) == crosses * history.settings["seeds"]), above(0.9),
        "closed form: momentum > (1 - sqrt(rate))²")


def draw_seeds(title, histories):
    """The share that escapes, where ``escapes_over_seeds`` was run: {"seeds": figure}, or {}.

    title: with a place for the epochs.
    """
    if HEAVY_BALL not in histories:
        return {}
    grid = histories[HEAVY_BALL]
    momenta = np.array(grid.momentum)
    columns = OrderedDict(
        (label, (grid.rate, [row[int(np.argmin(np.abs(momenta - momentum)))]
                             for row in grid.escaped]))
        for label, momentum in (("SGD", 0.0), ("momentum 0.9", 0.9)))
    columns.update((label.split(", ")[1], (histories[label].rate, histories[label].escaped))
                   for label in BY_RATE)
    return {"seeds": share_panels(title.format(grid.settings["epochs"]), grid, columns,
                                  (momenta, theory.escape_rate(momenta)))}
