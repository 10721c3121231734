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
from lib.claims import (History, Sentence, Source, above, largest, near, share_interval,
                        suite_finds)
from lib.compat import heavy_ball_per_unit, keras
from lib.data import SeededMoments
from lib.fates import escaped
from lib.plotting import share_panels
from lib.sweeps import train_units
from lib.training import train_each

QUESTION, WITH_BIAS = "question, before its program", "question, after its program"
CURVE, STALLS = "answer, on the plots of the loss", "answer, on a negative start"
LEAKY, PROGRAM = "answer, on leaky ReLU", "answer, its program and figure"
STEPS, OPTIMIZER = "answer, on finite steps", "answer, on optimizers"

SOURCE = Source(
    title="Why can't a single ReLU learn a ReLU?",
    url="https://stats.stackexchange.com/questions/379884",
    published="Cross Validated, question 379884 and its accepted answer, 2018",
    licence="CC BY-SA 4.0",
    sentences=(
        ("half_of_random_starts_fail", Sentence(
            QUESTION, "With a random weight one ReLU that should learn one ReLU fails to converge "
            "half of the time")),
        ("right_sign_learns", Sentence(
            QUESTION, "A start of the right sign learns quickly and converges to the weight 1")),
        ("backwards_is_stuck", Sentence(
            QUESTION, "A start of the wrong sign gets stuck at a weight of 0 and never goes "
            "through it to where the loss is lower")),
        ("bias_smooth_and_simple", Sentence(
            WITH_BIAS, "With a bias the loss, over two dimensions, is smooth and simple")),
        ("bias_circles_and_sticks", Sentence(
            WITH_BIAS, "… but a ReLU that starts upside down circles around and gets stuck")),
        ("bias_others_learn", Sentence(
            WITH_BIAS, "… and other starts go to the minimum")),
        ("kink", Sentence(CURVE, "The loss over w has a kink near w = 0")),
        ("vanishes_left", Sentence(CURVE, "Left of the kink the gradient vanishes towards 0")),
        ("zero_is_suboptimal", Sentence(
            CURVE, "w = 0 is not the optimum: its loss is higher than that at w = 1")),
        ("not_convex", Sentence(
            CURVE, "The loss is not convex: some line meets its curve in three places or more")),
        ("may_end_suboptimal", Sentence(
            STALLS, "So a negative start may converge to a solution that is not the optimum")),
        ("nearer_is_slower", Sentence(
            STALLS, "From w < 0 it is hard to get across 0, where the gradient is tiny: the nearer "
            "to 0 from the left, the slower")),
        ("all_stall", Sentence(STALLS, "Every trajectory from w(0) < 0 stalls near 0")),
        ("leak_keeps_a_gradient", Sentence(
            LEAKY, "The gradient of a leaky ReLU does not vanish so, as its derivative is not 0 on "
            "the left")),
        ("slope_zero", Sentence(LEAKY, "A leak of slope c = 0 is ReLU")),
        ("usual_slopes", Sentence(
            LEAKY, "Most people choose a slope like 0.1 or 0.3",
            not_judged="no run shows what people choose; that both escape is a row of claim 4")),
        ("negative_slopes", Sentence(
            LEAKY, "The author has seen no c < 0 and would like to see its effect studied",
            not_judged="it asks and states nothing; claim 4 answers it in rows of the suite")),
        ("slope_one", Sentence(LEAKY, "A leak of slope c = 1 is the identity")),
        ("slopes_beyond_one", Sentence(
            LEAKY, "With |c| > 1 many such layers may make the gradients explode")),
        ("leaky_loss_falls", Sentence(
            PROGRAM, "With LeakyReLU(0.3) from w(0) = -10 the loss falls quickly to a small "
            "value")),
        ("leaky_learns_one", Sentence(
            PROGRAM, "… and the weight goes to 1, the optimum")),
        ("finite_steps_jump", Sentence(
            STEPS, "Steps are finite, so for particular pairs of w(0) and step size, large enough, "
            "a negative start jumps over")),
        ("far_start_resists", Sentence(
            OPTIMIZER, "From w(0) = -10 neither Adam nor Adam with AMSGrad nor SGD with momentum "
            "helps")),
        ("adam_slows", Sentence(
            OPTIMIZER, "Going from SGD to Adam even slows the progress")),
        ("near_start_adam", Sentence(
            OPTIMIZER, "From w(0) = -1 with a step size of 0.01 Adam overcomes it (in the "
            "answer's code, Adam with AMSGrad)")),
        ("near_start_momentum", Sentence(
            OPTIMIZER, "… so does SGD with momentum")),
        ("near_start_sgd", Sentence(OPTIMIZER, "… and even vanilla SGD does")),
    ),
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


def weak_momentum_is_stuck(histories):
    """The outcome: below the threshold of damping a heavy ball creeps to 0."""
    runs = [histories["ReLU, " + label] for label in ("momentum 0.9, 0.001", "momentum 0.5, 0.01")]
    return suite_finds(
        "Momentum below (1 - sqrt(rate))² is stuck at 0 (0.9 at 0.001, 0.5 at 0.01: |w|/|w(0)|)",
        largest(abs(run.weight[-1] / run.settings["start"]) for run in runs),
        near(0, within=1e-7), "overdamped: 0.9 < 0.938 and 0.5 < 0.81")


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
