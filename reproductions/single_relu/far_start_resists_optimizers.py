"""From w = -10 no optimizer helps a ReLU; Adam even slows it down.

Claim    Keep w(0) = -10 and ReLU, change SGD to Adam, Adam with AMSGrad, or SGD with momentum:
         nothing helps; and going from SGD to Adam even slows the progress.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words. It does not
         state the rates of these runs; its code elsewhere has SGD(0.01, momentum 0.9) and
         Adam(0.01, AMSGrad).
Setup    One unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target max(x, 0);
         mean squared error; 100 steps an epoch, 20 epochs; w(0) = -10; every optimizer at its
         default rate and at the rates named in the source.
Theory   On the flat side L'(w) = w is linear: a heavy ball crosses 0 exactly if it is
         underdamped, momentum > (1 - sqrt(rate))², wherever it starts. Adam is a heavy ball of
         momentum 0.9 and rate 0.1 rate / sqrt(v): it crosses when its memory v of the large first
         gradients has faded to sqrt(v) < 0.1 rate / (1 - sqrt(0.9))². AMSGrad keeps the
         largest v, so it cannot.
Differs  A generator in fit for fit_generator; RandomState(seed) for the global state, which draws
         the same numbers; the steps of an epoch in one call, which changes none. Adam and AMSGrad
         at 0.01 run on, to 80 epochs, to see whether they cross. The LeakyReLU(0.3) runs are ours:
         the condition under which the optimizer hardly matters; so are the 1,000 seeds at each rate
         and momentum, whose batches enter by their two moments, drawn from their distribution.
"""
from collections import OrderedDict

from lib import theory
from lib.claims import (above, below, first_epoch, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.plotting import learning_columns
from lib.training import train, train_each
from reproductions.single_relu import (ACTIVATIONS, HEAVY_BALL, NEGATIVE_SLOPE, OPTIMIZERS, SEEDS,
                                       damping_decides_for_every_seed, draw_seeds,
                                       escapes_over_seeds, share_of_seeds, weak_momentum_is_stuck)

NUMBER = 5
OVER_SEEDS = 8              # ours: it takes ten seconds and more
TOLERANCE = 1e-4            # between releases: Adam divides by what has all but faded
START = -10.0               # the source
EPOCHS = 20                 # the source
RUN_ON = 4                  # ours: times the epochs, see Differs
STEPS_PER_EPOCH = 100       # the source
ON_EVERY_RELEASE = {"seeds": 0}
ASIDE = ("momentum 0.5, 0.01", "momentum 0.9, 0.001", "AMSGrad 0.001")    # not in the foreground
RUNS_ON = ("Adam 0.01", "AMSGrad 0.01")


def run(seed=0, epochs=EPOCHS, seeds=SEEDS):
    """Train each activation with each optimizer: {"ReLU, SGD 0.01": History, …}; and many seeds."""
    def train_one(setting):
        activation, optimizer, epochs = setting
        return train(single_unit(activation(), START), ReLUBatches(seed), optimizer(),
                     "mean_squared_error", epochs, STEPS_PER_EPOCH)

    settings = OrderedDict(
        (name + ", " + label, (activation, optimizer, epochs))
        for name, activation in ACTIVATIONS.items() for label, optimizer in OPTIMIZERS.items())
    for label in RUNS_ON:
        settings["run on: ReLU, " + label] = (ACTIVATIONS["ReLU"], OPTIMIZERS[label],
                                              RUN_ON * epochs)
    histories = train_each(settings, train_one, "optimizers")
    histories.update(escapes_over_seeds(START, seed, epochs, STEPS_PER_EPOCH, seeds)
                     if seeds else {})
    return histories


def slowest_gain(histories, optimizer):
    """The loss of an optimizer on a ReLU over that of SGD, in the epoch in which it is least."""
    return smallest(loss / loss_of_sgd for loss, loss_of_sgd in zip(
        histories["ReLU, " + optimizer].loss, histories["ReLU, SGD 0.01"].loss))


def adams_way(history):
    """The weight after each epoch of a run of Adam, by its formula on the flat side's L'(w) = w."""
    steps = history.settings["steps_per_epoch"]
    return theory.adam_on_a_bowl(START, history.settings["learning_rate"],
                                 len(history.weight) * steps)[steps - 1::steps]


def judge(histories):
    end = {label: history.weight[-1] for label, history in histories.items()
           if "weight" in history.series}
    optimum, _ = theory.right_minimum(NEGATIVE_SLOPE)
    slow, runs_on = histories["ReLU, Adam 0.001"], histories["run on: ReLU, Adam 0.01"]
    outcomes = OrderedDict(
        adam_does_not_help=source_says(
            "far_start_resists",
            "Adam does not help: w stays below 0 (rates 0.001 and 0.01, the higher end)",
            largest([end["ReLU, Adam 0.001"], end["ReLU, Adam 0.01"]]), below(0)),
        amsgrad_does_not_help=source_says(
            "far_start_resists",
            "Adam with AMSGrad does not help (rates 0.001 and 0.01, the higher end)",
            largest([end["ReLU, AMSGrad 0.001"], end["ReLU, AMSGrad 0.01"]]), below(0)),
        momentum_does_not_help=source_says(
            "far_start_resists",
            "SGD with momentum does not help (0.9, the source's rate of 0.01)",
            end["ReLU, momentum 0.9, 0.01"], below(0),
            fails_because="A heavy ball of momentum 0.9 > (1 - sqrt(0.01))² = 0.81 is underdamped "
                          "on the flat side and crosses 0, in the original program too"),
        adam_slows_the_progress=source_says(
            "adam_slows", "Going from SGD to Adam slows the progress (at Adam's default rate of "
            "0.001: its loss over that of SGD, in the epoch in which it is least)",
            slowest_gain(histories, "Adam 0.001"), above(1)),
        adam_slows_the_progress_at_the_rate_of_sgd=source_says(
            "adam_slows", "… and at the rate of SGD, 0.01",
            slowest_gain(histories, "Adam 0.01"), above(1)),
        weak_momentum_is_stuck=weak_momentum_is_stuck(histories),
        adam_escapes_when_its_memory_fades=suite_finds(
            "Adam 0.01, run on, does escape, but only in epoch",
            first_epoch(w > 0 for w in runs_on.weight),
            near(first_epoch(w > 0 for w in adams_way(runs_on)), within=3),
            "Kingma and Ba's formula for L'(w) = w; batch noise"),
        amsgrad_stays_stuck=suite_finds(
            "AMSGrad 0.01, run on for {} epochs, does not".format(
                len(histories["run on: ReLU, AMSGrad 0.01"].weight)),
            end["run on: ReLU, AMSGrad 0.01"], below(0),
            "it keeps the largest v, for which 0.9 is overdamped"),
        adam_goes_its_rate_a_step=suite_finds(
            "Adam 0.001 is slow because a step is no longer than the rate: way in all its steps",
            slow.weight[-1] - START, near(adams_way(slow)[-1] - START, within=0.02),
            "the formula; 0.001 · 2000 steps at most (Kingma and Ba 2015, section 2.1)"),
        a_leak_helps_plain_and_momentum_sgd=suite_finds(
            "With LeakyReLU(0.3) SGD learns, at momentum 0, 0.5 and 0.9 (farthest from 0.917)",
            largest(abs(end["LeakyReLU(0.3), " + label] - optimum)
                    for label in OPTIMIZERS if not label.startswith("A")),
            near(0, within=0.01), "closed form 1/(1 + c²)"),
    )
    if HEAVY_BALL in histories:
        outcomes.update(judge_seeds(histories))
    return outcomes


def judge_seeds(histories):
    seeds = histories[HEAVY_BALL].settings["seeds"]
    others = [share_of_seeds(histories, *one) for one in (
        (HEAVY_BALL, 0.01, 0.0), (HEAVY_BALL, 0.001, 0.9), ("seeds, Adam", 0.001),
        ("seeds, Adam", 0.01), ("seeds, AMSGrad", 0.001), ("seeds, AMSGrad", 0.01))]
    return OrderedDict(
        momentum_escapes_over_seeds=suite_finds(
            "Over {:,} seeds momentum 0.9 at 0.01 escapes (share, the interval's lower end)".format(
                seeds),
            share_of_seeds(histories, HEAVY_BALL, 0.01, 0.9)[0], above(0.99),
            "exact interval of the runs counted"),
        the_others_are_stuck_over_seeds=suite_finds(
            "… SGD, Adam, AMSGrad at 0.01 and, with momentum 0.9 too, 0.001 do not (highest end)",
            largest(high for _, high in others), below(0.01), "the same"),
        damping_decides_for_every_seed=damping_decides_for_every_seed(histories),
    )


def draw(histories):
    def column(prefix, labels=OPTIMIZERS, optimum=1.0):
        chosen = OrderedDict((label, histories[prefix + label]) for label in labels)
        foreground = [history for label, history in chosen.items() if label not in ASIDE]
        return dict(histories=chosen, order=OPTIMIZERS, aside=ASIDE, floor=1e-4,
                    notes=[(0, "stuck"), (optimum, "learned")],
                    originals=originals_of(foreground),
                    theories=theory.closed_forms_of(foreground))

    optimum, _ = theory.right_minimum(NEGATIVE_SLOPE)
    return learning_columns(
        "From w(0) = -10: on a ReLU only momentum 0.9 at 0.01 escapes in 20 epochs",
        OrderedDict((
            ("ReLU", column("ReLU, ")),
            ("ReLU, run on", column("run on: ReLU, ", RUNS_ON)),
            ("LeakyReLU(0.3)", column("LeakyReLU(0.3), ", optimum=optimum)))),
        size=(11.5, 6))


def draw_more(histories):
    title = "From w(0) = -10, in {} epochs: it is not chance which setting escapes"
    return draw_seeds(title, histories)


if __name__ == "__main__":
    run_script(__file__)
