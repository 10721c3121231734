"""Steps are finite: a large enough one jumps over the flat side of a ReLU.

Claim    For some pairs of w(0) and step size, large enough, a trajectory from a negative start
         jumps over the flat side of the loss.
Source   https://stats.stackexchange.com/questions/379884, accepted answer, in words.
Setup    One ReLU unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; 100 steps an epoch, 20 epochs. Single runs at three rates,
         and every pair of a grid, trained as many units of one Keras model.
Theory   Plain SGD maps w < 0 to (1 - rate) w: it crosses at once where rate > 1. It diverges where
         rate > 2 + 1/|w(0)|, and from almost any start where rate > 2.618 (lib.theory). With
         momentum it crosses where rate > (1 - sqrt(m))², from any start. Adam's steps do not scale
         with the gradient: what counts is rate/|w(0)|.
Differs  The source names no pairs; the grids are ours. In a grid a batch enters by the two moments
         that its loss depends on, which is exact (see lib.sweeps).
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import History, above, between, near, not_finite, source_says, suite_finds
from lib.command import run_script
from lib.compat import heavy_ball_per_unit, keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.plotting import THEORY, new_figure, phase_diagram
from lib.sweeps import (DIVERGED, ESCAPED, FLAT, fates, letters_of, train_units)
from lib.training import train, train_each

NUMBER = 7
TOLERANCE = 0.01            # between releases: the share of units, those on an edge of a region
EPOCHS = 20                                     # the source
STEPS_PER_EPOCH = 100                           # the source
START = -10.0                                   # the source's far start, for the single runs
RATES = OrderedDict((("SGD 0.5", 0.5), ("SGD 1.5", 1.5), ("SGD 4", 4.0)))       # ours
GRID_STARTS = -np.logspace(-1, 1, 65)           # ours; both axes have 32 points a decade
GRID_RATES = np.logspace(-3, 1, 129)            # ours
CLOSER_RATES = np.linspace(0.5, 4, 141)         # ours: SGD about its edges
GRID_MOMENTA = np.linspace(0, 0.98, 99)         # ours
MOMENTUM_START = -1.0                           # ours: in theory no start matters here
OPTIMIZERS = OrderedDict((
    ("SGD", lambda rate: keras.optimizers.SGD(rate)),
    ("momentum 0.9", lambda rate: keras.optimizers.SGD(rate, momentum=0.9)),
    ("Adam", lambda rate: keras.optimizers.Adam(rate)),
    ("AMSGrad", lambda rate: keras.optimizers.Adam(rate, amsgrad=True)),
))
CLOSER = "SGD, closer"


def run(seed=0, epochs=EPOCHS):
    """Single runs, and for each grid one row of letters a rate: {label: History}."""
    def train_at(rate):
        return train(single_unit(keras.layers.ReLU(), START), ReLUBatches(seed),
                     keras.optimizers.SGD(rate), "mean_squared_error", epochs, STEPS_PER_EPOCH)

    def train_grid(setting):
        optimizer, rates = setting
        settings, weights = train_units(ReLUBatches(seed), GRID_STARTS, rates[:, None], optimizer,
                                        epochs, STEPS_PER_EPOCH)
        return History(dict(settings, grid="start"), column=GRID_STARTS.tolist(),
                       rate=rates.tolist(), state=fates(weights))

    histories = train_each(RATES, train_at, "single runs")
    grids = OrderedDict((name, (optimizer, GRID_RATES)) for name, optimizer in OPTIMIZERS.items())
    grids[CLOSER] = (OPTIMIZERS["SGD"], CLOSER_RATES)
    histories.update(train_each(grids, train_grid, "grids"))
    rates, momenta = np.broadcast_arrays(GRID_RATES[:, None], GRID_MOMENTA)
    settings, weights = train_units(ReLUBatches(seed), MOMENTUM_START, rates,
                                    heavy_ball_per_unit(momenta), epochs, STEPS_PER_EPOCH)
    histories["momentum"] = History(
        dict(settings, grid="momentum", momentum="that of the column", start=MOMENTUM_START),
        column=GRID_MOMENTA.tolist(), rate=GRID_RATES.tolist(), state=fates(weights))
    return histories


def lowest_rate(history, state, column):
    """The lowest rate of the grid at which the unit of that column ends in ``state``."""
    found = letters_of(history)[:, column] == state
    return history.rate[int(np.argmax(found))] if found.any() else np.nan


def agreement_with_damping(history):
    """Share of the escaped and flat cells that the damping condition sorts rightly."""
    grid = letters_of(history)
    crosses = np.array(history.rate)[:, None] > theory.escape_rate(np.array(history.column))
    counted = (grid == ESCAPED) | (grid == FLAT)
    return np.mean((grid == ESCAPED)[counted] == crosses[counted])


def agreement_on_diagonals(history):
    """Share of the cells whose fate is that of the cell with twice the start and rate."""
    grid = letters_of(history)
    twice = 10                                  # points: 10^(10/32) = 2.05
    return np.mean(grid[:-twice, :-twice] == grid[twice:, twice:])


def judge(histories):
    sgd, adam = histories[CLOSER], histories["Adam"]
    far = len(sgd.column) - 1                   # the column of w(0) = -10
    near_one = int(np.argmin(np.abs(np.array(sgd.column) + 1)))
    return OrderedDict(
        a_large_step_jumps_over=source_says(
            "With a step large enough a negative start jumps over (w(0) = -10, SGD 1.5)",
            histories["SGD 1.5"].weight[-1], near(1, within=0.01)),
        some_pairs_jump_over=source_says(
            "… for some pairs of start and step size (share of the grid, SGD)",
            np.mean(letters_of(histories["SGD"]) == ESCAPED), above(0)),
        a_smaller_step_does_not=suite_finds(
            "A step of half the size or less does not (w(0) = -10, SGD 0.5)",
            histories["SGD 0.5"].weight[-1], near(0, within=1e-6), "closed form: it shrinks to 0"),
        the_lower_edge_is_at_one=suite_finds(
            "The lowest rate at which SGD jumps over (w(0) = -10)",
            lowest_rate(sgd, ESCAPED, far), between(0.8, 1.05),
            "closed form 1; below it the widest of the first batches, before w is 0 in float32"),
        the_upper_edge_is_above_two=suite_finds(
            "The lowest rate at which it diverges (w(0) = -10)",
            lowest_rate(sgd, DIVERGED, far), near(theory.divergence_rate(-10), within=0.25),
            "closed form 2 + 1/|w(0)|, give or take the first batches"),
        no_start_bears_the_golden_ratio=suite_finds(
            "… and from w(0) = -1, for which 2 + 1/|w(0)| would allow 3",
            lowest_rate(sgd, DIVERGED, near_one), between(2.3, theory.divergence_rate(-1)),
            "closed form: at most 1 + golden ratio; batch noise drives it out earlier"),
        far_too_large_a_step_diverges=suite_finds(
            "Far above the loss becomes infinite, then NaN (SGD 4)",
            histories["SGD 4"].loss[-1], not_finite(), "divergence is an outcome"),
        momentum_lowers_the_edge=suite_finds(
            "With momentum 0.9 the lowest rate that escapes (w(0) = -10)",
            lowest_rate(histories["momentum 0.9"], ESCAPED, far),
            near(theory.escape_rate(0.9), within=0.0004), "closed form (1 - sqrt(m))²"),
        the_damping_condition_sorts_the_grid=suite_finds(
            "Share of the (momentum, rate) grid that rate > (1 - sqrt(m))² sorts rightly",
            agreement_with_damping(histories["momentum"]), above(0.995), "closed form"),
        adam_scales_with_the_start=suite_finds(
            "Adam: share of pairs with the same fate at twice the start and twice the rate",
            agreement_on_diagonals(adam), above(0.95), "Adam's steps scale with its rate alone"),
    )


def draw(histories):
    figure, axes = new_figure(2, 3, size=(11.5, 7))
    figure.suptitle("What becomes of a ReLU after {} epochs, by start and step size".format(
        len(histories["SGD 0.5"].loss)))
    panels = dict(zip(list(OPTIMIZERS) + ["momentum", CLOSER], axes.flat))
    for name, panel in panels.items():
        phase_diagram(panel, histories[name])
        panel.set_title(name if name != "momentum" else "any momentum, w(0) = -1")
    starts = -GRID_STARTS
    for name in ("SGD", CLOSER):
        panels[name].plot(starts, np.ones_like(starts), label="closed form", **THEORY)
        panels[name].plot(starts, theory.divergence_rate(starts), **THEORY)
    panels["momentum 0.9"].axhline(theory.escape_rate(0.9), **THEORY)
    panels["momentum"].plot(GRID_MOMENTA, theory.escape_rate(GRID_MOMENTA), **THEORY)
    panels["momentum"].set_ylim(GRID_RATES[0], GRID_RATES[-1])
    panels[CLOSER].set_yscale("linear")
    panels["SGD"].legend(loc="lower right")
    return figure


if __name__ == "__main__":
    run_script(__file__)
