"""From w = -1 at step size 0.01 Adam, momentum and even plain SGD escape.

Claim    With w(0) = -1 and step size 0.01 Adam escapes, with AMSGrad as in the answer's code; so
         does SGD with momentum; so does even vanilla SGD.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words; its code has
         SGD(0.01, momentum 0.9) and Adam(0.01, AMSGrad).
Setup    One unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target max(x, 0);
         mean squared error; 100 steps an epoch, 20 epochs; w(0) = -1.
Theory   Vanilla SGD on the flat side of a ReLU is w <- (1 - rate) w in expectation: geometric
         towards 0, from every start. The answer's text follows a program with LeakyReLU(0.3):
         with that activation the statement holds, and the weight goes to 1/(1 + c²) = 0.917.
Differs  A generator in fit for fit_generator; RandomState(seed) for the global state, which draws
         the same numbers; the steps of an epoch in one call, which changes none. Other rates and
         the LeakyReLU(0.3) runs are ours: the conditions under which the claim does and does not
         hold; so are the 1,000 seeds at each rate and momentum (see claim 5).
"""
from collections import OrderedDict

from lib import theory
from lib.claims import above, below, near, smallest, source_says, suite_finds
from lib.command import run_script
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.plotting import learning_columns
from lib.training import train, train_each
from reproductions.single_relu import (ACTIVATIONS, HEAVY_BALL, NEGATIVE_SLOPE, OPTIMIZERS, SEEDS,
                                       damping_decides_for_every_seed, draw_seeds,
                                       escapes_over_seeds, share_of_seeds, weak_momentum_is_stuck)

NUMBER = 6
OVER_SEEDS = 8              # ours: it takes ten seconds and more
START = -1.0                # the source
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
ON_EVERY_RELEASE = {"seeds": 0}
# not in the foreground of the figure: other rates, and a momentum of ours
ASIDE = ("momentum 0.5, 0.01", "momentum 0.9, 0.001", "Adam 0.001", "AMSGrad 0.001")


def run(seed=0, epochs=EPOCHS, seeds=SEEDS):
    """Train each activation with each optimizer: {"ReLU, SGD 0.01": History, …}; and many seeds."""
    def train_one(setting):
        activation, optimizer = setting
        return train(single_unit(activation(), START), ReLUBatches(seed), optimizer(),
                     "mean_squared_error", epochs, STEPS_PER_EPOCH)

    histories = train_each(OrderedDict(
        (name + ", " + label, (activation, optimizer))
        for name, activation in ACTIVATIONS.items() for label, optimizer in OPTIMIZERS.items()
    ), train_one, "optimizers")
    histories.update(escapes_over_seeds(START, seed, epochs, STEPS_PER_EPOCH, seeds)
                     if seeds else {})
    return histories


def judge(histories):
    end = {label: history.weight[-1] for label, history in histories.items()
           if "weight" in history.series}
    optimum, _ = theory.right_minimum(NEGATIVE_SLOPE)
    outcomes = OrderedDict(
        adam_escapes=source_says(
            "near_start_adam", "Adam escapes (rate 0.01)",
            end["ReLU, Adam 0.01"], near(1, within=0.01)),
        amsgrad_escapes=source_says(
            "near_start_adam", "… and with AMSGrad, as in the answer's code",
            end["ReLU, AMSGrad 0.01"], near(1, within=0.01)),
        momentum_escapes=source_says(
            "near_start_momentum", "SGD with momentum escapes (0.9, rate 0.01)",
            end["ReLU, momentum 0.9, 0.01"], near(1, within=0.01)),
        vanilla_sgd_escapes=source_says(
            "near_start_sgd", "Even vanilla SGD escapes (rate 0.01)",
            end["ReLU, SGD 0.01"], near(1, within=0.01),
            fails_because="On the flat side of a ReLU a step of SGD multiplies w by 1 - rate, so "
                          "that it never crosses 0; it holds for LeakyReLU, which the answer's "
                          "program uses"),
        vanilla_sgd_is_stuck=suite_finds(
            "Vanilla SGD on a ReLU is stuck at 0", end["ReLU, SGD 0.01"], near(0, within=1e-7),
            "closed form: -0.99^2000 = -1.9e-9"),
        vanilla_sgd_escapes_with_a_leak=suite_finds(
            "Vanilla SGD escapes with LeakyReLU(0.3)", end["LeakyReLU(0.3), SGD 0.01"],
            near(optimum, within=0.005), "closed form 1/(1 + c²)"),
        adam_at_its_default_rate_does_not_escape=suite_finds(
            "At the default rate of 0.001 Adam has not escaped after 20 epochs",
            end["ReLU, Adam 0.001"], below(0),
            "Adam scales with rate/|w(0)|: as from -10 at 0.01, claim 5"),
        weak_momentum_is_stuck=weak_momentum_is_stuck(histories),
    )
    if HEAVY_BALL in histories:
        outcomes.update(judge_seeds(histories))
    return outcomes


def judge_seeds(histories):
    seeds = histories[HEAVY_BALL].settings["seeds"]
    escapes = [share_of_seeds(histories, *one) for one in (
        (HEAVY_BALL, 0.01, 0.9), ("seeds, Adam", 0.01), ("seeds, AMSGrad", 0.01))]
    return OrderedDict(
        they_escape_over_seeds=suite_finds(
            "Over {:,} seeds momentum 0.9, Adam and AMSGrad at 0.01 escape (share, lowest end)"
            .format(seeds),
            smallest(low for low, _ in escapes), above(0.99),
            "exact interval of the runs counted"),
        vanilla_sgd_is_stuck_over_seeds=suite_finds(
            "… and vanilla SGD does not (the interval's upper end)",
            share_of_seeds(histories, HEAVY_BALL, 0.01, 0.0)[1], below(0.01), "the same"),
        damping_decides_for_every_seed=damping_decides_for_every_seed(histories),
    )


def draw(histories):
    def column(name, optimum):
        chosen = OrderedDict((label, histories[name + ", " + label]) for label in OPTIMIZERS)
        foreground = [history for label, history in chosen.items() if label not in ASIDE]
        return dict(histories=chosen, aside=ASIDE, floor=1e-4,
                    notes=[(0, "stuck"), (optimum, "learned")],
                    originals=originals_of(foreground),
                    theories=theory.closed_forms_of(foreground))

    optimum, _ = theory.right_minimum(NEGATIVE_SLOPE)
    return learning_columns(
        "From w(0) = -1 at rate 0.01: Adam and momentum escape, plain SGD only with a leak",
        OrderedDict((("ReLU", column("ReLU", 1.0)),
                     ("LeakyReLU(0.3)", column("LeakyReLU(0.3)", optimum)))),
        size=(10, 6.4))


def draw_more(histories):
    title = "From w(0) = -1, in {} epochs: momentum and rate decide, not the batches"
    return draw_seeds(title, histories)


if __name__ == "__main__":
    run_script(__file__)
