"""A ReLU started at a negative weight gets stuck at w = 0.

Claim    From w(0) < 0 every trajectory stalls at w = 0, the slower the nearer it gets; from
         w(0) > 0 it converges to 1 quickly. So a random weight fails half of the time.
Source   https://stats.stackexchange.com/questions/379884: the question's program and figures, and
         the accepted answer.
Setup    One ReLU unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; 'sgd'; 100 steps an epoch, 20 epochs; w(0) = -10.
Theory   For w < 0 the expected step is w <- (1 - rate) w: geometric towards 0, never across. A
         random weight is below 0 with probability 1/2, if its distribution is symmetric.
Differs  A generator in fit for fit_generator; RandomState(seed) for the global state, which draws
         the same numbers; the steps of an epoch in one call, which changes none. Starts besides
         -10 are ours, for "every" and for the other half of the claim; SGD(0.01) is what 'sgd'
         stands for. The question does not say how its weight is random: ours are 2,000 weights as
         Keras' Dense(1) draws its own by default, uniform within sqrt(3), trained as many units of
         one model, whose batches enter by their two moments (see lib.sweeps).
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, below, exactly, first_epoch, largest, near, share_interval,
                        source_says, suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.fates import escaped
from lib.models import single_unit
from lib.originals import originals_of
from lib.plotting import learning_columns
from lib.sweeps import train_units
from lib.training import train, train_each

NUMBER = 2
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
STARTS = OrderedDict((
    ("w(0) = -10", -10.0),  # the source
    ("w(0) = -1", -1.0),    # ours, as the three below
    ("w(0) = -0.1", -0.1),
    ("w(0) = 0.1", 0.1),
    ("w(0) = 10", 10.0),
))
SOLVED = "w(0) = 1, Adam"   # ours: started at the solution
STUCK, LEARNS = list(STARTS)[:3], list(STARTS)[3:]
RANDOM, RANDOM_STARTS = "random starts", 2000   # ours


def run(seed=0, epochs=EPOCHS):
    """Train one unit from each start, and one from each random start: {label: History}."""
    def train_from(start, optimizer=lambda: keras.optimizers.SGD(learning_rate=LEARNING_RATE)):
        return train(single_unit(keras.layers.ReLU(), start), ReLUBatches(seed), optimizer(),
                     "mean_squared_error", epochs, STEPS_PER_EPOCH)

    histories = train_each(STARTS, train_from, "starts")
    histories[SOLVED] = train_from(1.0, keras.optimizers.Adam)
    histories[RANDOM] = train_at_random(seed, epochs)
    return histories


def train_at_random(seed, epochs):
    """A History with each random start, and whether (1) or not (0) a unit learns from it."""
    limit = theory.glorot_limit(1, 1)
    starts = np.random.RandomState([seed, RANDOM_STARTS]).uniform(-limit, limit, RANDOM_STARTS)
    sweep = train_units(ReLUBatches(seed), starts, LEARNING_RATE,
                        lambda rate: keras.optimizers.SGD(learning_rate=rate), epochs,
                        STEPS_PER_EPOCH)
    return History(dict(sweep.settings, start="at random", learning_rate=LEARNING_RATE),
                   weight_at_start=starts.tolist(),
                   learned=escaped(sweep.weights).astype(int).tolist())


def went_farther(history):
    """In how many epochs the weight did not go less far than, or as far as, in the one before."""
    ways = np.abs(np.diff([history.settings["start"]] + history.weight))
    return int(np.sum(~(ways[1:] <= ways[:-1])))


def judge(histories):
    stuck = [histories[label] for label in STUCK]
    source = histories["w(0) = -10"]
    learned = np.array(histories[RANDOM].learned)
    failed = int(np.sum(learned == 0))
    return OrderedDict(
        half_of_the_random_starts_fail=source_says(
            "half_of_random_starts_fail",
            "Of {:,} random weights the share that fails to converge (95 % interval {:.3f} to "
            "{:.3f})".format(len(learned), *share_interval(failed, len(learned))),
            failed / len(learned), near(0.5, within=0.05),
            "half are below 0; of 2,000 that share has a standard deviation of 0.011"),
        the_sign_decides_which=suite_finds(
            "… of which so many started above 0, or learned from below",
            np.sum((np.array(histories[RANDOM].weight_at_start) > 0) != (learned == 1)),
            exactly(0), "no step crosses 0 from below, every step from 0 up leads to 1"),
        every_negative_start_stalls_at_zero=source_says(
            "all_stall", "From w(0) < 0 every trajectory stalls at w = 0 (farthest end of three)",
            largest(abs(history.weight[-1]) for history in stuck), near(0, within=1e-6),
            "the source; the closed form gives -10 · 0.99^2000 = -1.9e-8"),
        no_negative_start_crosses_zero=source_says(
            "backwards_is_stuck",
            "It never goes through zero to the region of lower loss (highest weight)",
            largest(largest(history.weight) for history in stuck), below(0)),
        the_nearer_to_zero_the_slower=source_says(
            "nearer_is_slower",
            "The nearer to 0, the slower (epochs in which it went farther than in the one before)",
            sum(went_farther(history) for history in stuck), exactly(0)),
        the_loss_stays_at_one_half=source_says(
            "may_end_suboptimal", "It ends where the loss is not least (last epoch, w(0) = -10)",
            source.loss[-1], near(0.5, within=0.02), "L(0) = 1/2; at w = 1 the loss is 0"),
        positive_starts_converge_to_one=source_says(
            "right_sign_learns",
            "From w(0) > 0 it converges to 1 (farther end of {})".format(len(LEARNS)),
            largest(abs(histories[label].weight[-1] - 1) for label in LEARNS), below(1e-4)),
        positive_starts_converge_quickly=source_says(
            "right_sign_learns", "… and quickly: epochs until it is within 0.1 of 1 (w(0) = 0.1)",
            first_epoch(abs(w - 1) < 0.1 for w in histories["w(0) = 0.1"].weight), below(5),
            "\"quickly\": ours, in a quarter of the epochs; log(9)/(rate · steps) = 2.2 of them"),
        the_solution_stays_solved=suite_finds(
            "Started at the solution it stays there, even under Adam (largest loss)",
            largest(histories[SOLVED].loss), exactly(0), "no error, no gradient, no step"),
        it_shrinks_by_a_constant_factor=suite_finds(
            "It shrinks by (1 - rate)^steps an epoch (largest distance from 0.366, w(0) = -10)",
            largest(abs(after / before - (1 - LEARNING_RATE) ** STEPS_PER_EPOCH)
                    for before, after in zip(source.weight, source.weight[1:])),
            near(0, within=0.02), "closed form; batch noise"),
    )


def draw(histories):
    def column(labels, end, text):
        chosen = OrderedDict((label, histories[label]) for label in labels)
        return dict(histories=chosen, notes=[(end, text)],
                    theories=theory.closed_forms_of(chosen.values()),
                    originals=originals_of(chosen.values()))

    return learning_columns("ReLU learning ReLU", OrderedDict((
        ("from w(0) < 0", column(STUCK, 0, "stuck at 0")),
        ("from w(0) > 0", column(LEARNS, 1, "learned: 1")))))


if __name__ == "__main__":
    run_script(__file__)
