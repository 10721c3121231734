"""Steps are finite: a large enough one jumps over the flat side of a ReLU.

Claim    For some pairs of w(0) and step size, large enough, a trajectory from a negative start
         jumps over the flat side of the loss.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words.
Setup    One ReLU unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; 100 steps an epoch, 20 epochs. Single runs at three rates,
         and every pair of a grid, trained as many units of one Keras model.
Theory   Plain SGD maps w < 0 to (1 - rate) w: it crosses at once where rate > 1. It diverges where
         rate > 2 + 1/|w(0)|, and from almost any start where rate > 2.618 (lib.theory). Batches
         blur these edges both ways: the mean of x² over half a batch deviates by 7 % of its
         expectation, so that some runs cross below 1, some far starts survive a little above
         2 + 1/|w(0)|, and some near ones are driven out below 2.618. With momentum it crosses
         where rate > (1 - sqrt(m))², from any start. Adam's steps do not scale with the gradient:
         what counts is rate/|w(0)|, and the share above which it crosses in 2000 steps follows
         from its formula.
Differs  The source names no pairs; the grids are ours. In a grid a batch enters by the two moments
         that its loss depends on, which is exact (see lib.sweeps).
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.checkpoints import keep_diagrams
from lib.claims import (History, above, between, exactly, near, not_finite, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import heavy_ball_per_unit, keras
from lib.data import ReLUBatches
from lib.fates import DIVERGED, FLAT, as_rows, epochs_of_escape, fates, letters_of
from lib.models import single_unit
from lib.plotting import THEORY, epochs_of_escape_bar, new_figure, phase_diagram
from lib.sweeps import train_units
from lib.training import train, train_each

NUMBER = 7
OVER_SEEDS = 8              # ours: it takes ten seconds and more
TOLERANCE = 0.01            # between releases: the share of units, those on an edge of a region
EPOCHS = 20                                     # the source
STEPS_PER_EPOCH = 100                           # the source
START = -10.0                                   # the source's far start, for the single runs
RATES = OrderedDict((("SGD 0.5", 0.5), ("SGD 1.5", 1.5), ("SGD 4", 4.0)))       # ours
POINTS = 512                                    # ours: of each axis of a diagram
ON_EVERY_RELEASE = {"points": 129}
STARTS, GRID_RATES = (-1, 1), (-3, 1)           # ours: powers of ten, from and to
CLOSER_RATES = (0.5, 4)                         # ours: SGD about its edges
MOMENTA = (0, 0.98)                             # ours
MOMENTUM_START = -1.0                           # ours: in theory no start matters here
OPTIMIZERS = OrderedDict((
    ("SGD", lambda rate: keras.optimizers.SGD(rate)),
    ("momentum 0.9", lambda rate: keras.optimizers.SGD(rate, momentum=0.9)),
    ("Adam", lambda rate: keras.optimizers.Adam(rate)),
    ("AMSGrad", lambda rate: keras.optimizers.Adam(rate, amsgrad=True)),
))
CLOSER = "SGD, closer"
# of the mean of x² over half a batch, relative to its expectation 1/2: sqrt(5/1000) for x ~ N(0, 1)
BATCH_DEVIATION = 0.071


def run(seed=0, epochs=EPOCHS, points=POINTS):
    """Single runs, and for each diagram one row of letters a rate: {label: History}."""
    starts, momenta = -np.logspace(*STARTS, num=points), np.linspace(*MOMENTA, num=points)
    rates = np.logspace(*GRID_RATES, num=points)

    def train_at(rate):
        return train(single_unit(keras.layers.ReLU(), START), ReLUBatches(seed),
                     keras.optimizers.SGD(rate), "mean_squared_error", epochs, STEPS_PER_EPOCH)

    def train_grid(setting):
        optimizer, starts, rates, columns, settings = setting
        sweep = train_units(ReLUBatches(seed), starts, rates[:, None], optimizer, epochs,
                            STEPS_PER_EPOCH)
        return History(dict(sweep.settings, **settings), column=columns.tolist(),
                       rate=rates.tolist(), state=as_rows(fates(sweep.weights)))

    histories = train_each(RATES, train_at, "single runs")
    grids = OrderedDict((name, (optimizer, starts, rates, starts, {"grid": "start"}))
                        for name, optimizer in OPTIMIZERS.items())
    grids[CLOSER] = (OPTIMIZERS["SGD"], starts, np.linspace(*CLOSER_RATES, num=points), starts,
                     {"grid": "start"})
    grids["momentum"] = (
        heavy_ball_per_unit(momenta), np.full(points, MOMENTUM_START), rates, momenta,
        {"grid": "momentum", "momentum": "that of the column", "start": MOMENTUM_START})
    histories.update(train_each(grids, train_grid, "diagrams",
                                keep_diagrams(seed=seed, epochs=epochs, points=points)))
    return histories


def lowest_rate(history, column, fate=None):
    """The lowest rate at which the unit of that column ends so, or escapes; NaN if none does."""
    letters = letters_of(history)[:, column]
    found = epochs_of_escape(letters) > 0 if fate is None else letters == fate
    return history.rate[int(np.argmax(found))] if found.any() else np.nan


def share_of_starts_that_escape(history):
    """The share of the columns in which some rate lets the unit escape."""
    return np.mean(np.any(epochs_of_escape(letters_of(history)) > 0, axis=0))


def share_that_diverges(history, above):
    """The share of the cells whose rate is above that one that diverge."""
    return np.mean(letters_of(history)[np.array(history.rate) > above] == DIVERGED)


def agreement_with_damping(history):
    """Share of the escaped and flat cells that the damping condition sorts rightly."""
    letters = letters_of(history)
    escaped = epochs_of_escape(letters) > 0
    momenta = (np.array(history.column) if history.settings["grid"] == "momentum"
               else history.settings["momentum"])
    crosses = np.array(history.rate)[:, None] > theory.escape_rate(momenta)
    return np.mean((escaped == crosses)[escaped | (letters == FLAT)])


def adams_share(history):
    """The rate, relative to |w(0)|, above which the optimizer of a diagram crosses 0 in its steps.

    By Adam's formula on the flat side, where L'(w) = w.
    """
    settings = history.settings
    return theory.adam_crossing_rate(settings["epochs"] * settings["steps_per_epoch"],
                                     settings["amsgrad"])


def agreement_with_adam(history):
    """Share of the cells of which Adam's formula says rightly whether they leave the flat side."""
    left = letters_of(history) != FLAT
    crosses = (np.array(history.rate)[:, None] > adams_share(history) * np.abs(history.column))
    return np.mean(left == crosses)


def judge(histories):
    sgd = histories[CLOSER]
    far = len(sgd.column) - 1                   # the column of w(0) = -10
    golden = float(theory.divergence_rate(-1))  # what bounds it from every near start
    return OrderedDict(
        a_large_step_jumps_over=source_says(
            "finite_steps_jump",
            "With a step large enough a negative start jumps over (w(0) = -10, SGD 1.5)",
            histories["SGD 1.5"].weight[-1], near(1, within=0.01)),
        every_start_has_such_a_step=suite_finds(
            "Every start has such a step (share of the starts of the grid, SGD)",
            share_of_starts_that_escape(histories["SGD"]), exactly(1),
            "from every start at rates between 1 and 2"),
        a_smaller_step_does_not=suite_finds(
            "A smaller step does not (w(0) = -10, SGD 0.5)",
            histories["SGD 0.5"].weight[-1], near(0, within=1e-6), "closed form: it shrinks to 0"),
        the_lower_edge_is_at_one=suite_finds(
            "The lowest rate at which SGD jumps over (w(0) = -10)",
            lowest_rate(sgd, far), between(1 / (1 + 4 * BATCH_DEVIATION), 1.05),
            "closed form 1, or less where one of the first batches is wide: a batch of k "
            "deviations, 7 % each, carries it over at 1/(1 + 0.07 k), and of those before w is 0 "
            "in float32, about 50, none has k > 4"),
        the_upper_edge_is_above_two=suite_finds(
            "The lowest rate at which it diverges (w(0) = -10)",
            lowest_rate(sgd, far, DIVERGED), near(theory.divergence_rate(-10), within=0.25),
            "closed form 2 + 1/|w(0)|; two batches, 7 % each, move it by 0.1, either way"),
        no_start_bears_the_golden_ratio=suite_finds(
            "Above {:.3f} all diverge, where 2 + 1/|w(0)| would allow more (share of the grid)"
            .format(golden), share_that_diverges(sgd, above=golden), above(0.999),
            "closed form: from almost every start above 1 + golden ratio"),
        far_too_large_a_step_diverges=suite_finds(
            "Far above the loss becomes infinite, then NaN (SGD 4)",
            histories["SGD 4"].loss[-1], not_finite(), "divergence is an outcome"),
        the_damping_condition_sorts_the_grids=suite_finds(
            "Share of the grids with momentum that rate > (1 - sqrt(m))² sorts rightly (the less)",
            smallest(agreement_with_damping(histories[name])
                     for name in ("momentum", "momentum 0.9")), above(0.995),
            "closed form, from every start; beside it 2000 steps are too few to tell"),
        adams_formula_sorts_the_grid=suite_finds(
            "Adam and AMSGrad leave the flat side where rate > share · |w(0)| (of cells, the less)",
            smallest(agreement_with_adam(histories[name]) for name in ("Adam", "AMSGrad")),
            above(0.98), "Kingma and Ba's formula: a share of {:.2g}, for AMSGrad {:.2g}".format(
                *(adams_share(histories[name]) for name in ("Adam", "AMSGrad")))),
    )


def draw(histories):
    figure, axes = new_figure(2, 3, size=(12.5, 7.2))
    epochs = len(histories["SGD 0.5"].loss)
    figure.suptitle("What becomes of a ReLU in {} epochs, by start and step size".format(epochs))
    panels = dict(zip(list(OPTIMIZERS) + ["momentum", CLOSER], axes.flat))
    for name, panel in panels.items():
        phase_diagram(panel, histories[name], epochs)
        panel.set_title(name if name != "momentum" else "any momentum, w(0) = -1")
        panel.autoscale(False)
    epochs_of_escape_bar(figure, axes, epochs)
    starts = -np.array(histories[CLOSER].column)
    for name in ("SGD", CLOSER):
        panels[name].plot(starts, np.ones_like(starts), label="closed form", **THEORY)
        panels[name].plot(starts, theory.divergence_rate(starts), **THEORY)
    panels["momentum 0.9"].axhline(theory.escape_rate(0.9), **THEORY)
    for name in ("Adam", "AMSGrad"):
        panels[name].plot(starts, adams_share(histories[name]) * starts, **THEORY)
    momenta = np.array(histories["momentum"].column)
    panels["momentum"].plot(momenta, theory.escape_rate(momenta), **THEORY)
    panels[CLOSER].set_yscale("linear")
    panels["SGD"].legend(loc="lower right")
    return figure


if __name__ == "__main__":
    run_script(__file__)
