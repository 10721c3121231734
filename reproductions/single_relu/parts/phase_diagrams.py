"""Claim 7: what becomes of a ReLU at every pair of a start, or a momentum, and a learning rate."""
import numpy as np

from lib import theory
from lib.claims import History, above, between, near, smallest, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.measure.fates import DIVERGED, FLAT, as_rows, epochs_of_escape, fates, letters_of
from lib.measure.sweeps import train_units
from lib.show.plotting import (border, epochs_of_escape_bar, name_curve, new_figure,
                               phase_diagram)
from lib.training import train_each

POINTS = 512                                # ours: of each axis of a diagram
STARTS, RATES = (-1, 1), (-3, 1)            # ours: powers of ten, from and to; of -w(0)
CLOSER_RATES = (0.5, 4)                     # ours: around the edges of plain SGD
MOMENTA = (0, 0.98)                         # ours
MOMENTUM_START = -1.0                       # ours: in theory the start does not matter here
OPTIMIZERS = {
    "SGD": lambda rate: keras.optimizers.SGD(rate),
    "momentum 0.9": lambda rate: keras.optimizers.SGD(rate, momentum=0.9),
    "Adam": lambda rate: keras.optimizers.Adam(rate),
    "AMSGrad": lambda rate: keras.optimizers.Adam(rate, amsgrad=True),
}
CLOSER = "SGD, closer"
# standard deviation of the mean of x² over half a batch of 1000 x ~ N(0, 1), relative to its
# expectation 1/2: sqrt(5/1000)
BATCH_DEVIATION = 0.071


def run(seed, epochs, steps_per_epoch, points, closer, momenta, resume):
    """One diagram for each optimizer, a closer one and one over momenta: {label: History}.

    points: how many starts, and rates; closer: how many rates of the closer one; momenta: how many
    of these. ``state`` has one string of letters a rate, one letter a column (lib.measure.fates).
    """
    starts, momenta = -np.logspace(*STARTS, num=points), np.linspace(*MOMENTA, num=momenta)
    rates = np.logspace(*RATES, num=points)

    def train_grid(setting):
        optimizer, rates, settings, by_column = setting
        sweep = train_units(ReLUBatches(seed), learning_rates=rates[:, None],
                            make_optimizer=optimizer, epochs=epochs,
                            steps_per_epoch=steps_per_epoch, **by_column)
        column = by_column["momenta" if settings["grid"] == "momentum" else "starts"]
        return History(dict(sweep.settings, **settings), column=column.tolist(),
                       rate=rates.tolist(), state=as_rows(fates(sweep.weights)))

    by_start = {"grid": "start"}, {"starts": starts}
    grids = {name: (optimizer, rates) + by_start for name, optimizer in OPTIMIZERS.items()}
    grids[CLOSER] = (OPTIMIZERS["SGD"], np.linspace(*CLOSER_RATES, num=closer)) + by_start
    grids["momentum"] = (
        lambda rate, momentum: keras.optimizers.SGD(rate, momentum=momentum), rates,
        {"grid": "momentum", "start": MOMENTUM_START},
        {"starts": MOMENTUM_START, "momenta": momenta})
    return train_each(grids, train_grid, "diagrams", resume)


def share_of_starts_that_escape(history):
    """The share of the columns in which some rate lets the unit escape."""
    return np.mean(np.any(epochs_of_escape(letters_of(history)) > 0, axis=0))


def lowest_rate(history, cells):
    """The lowest rate at which the column of the farthest start has one of ``cells``, or NaN."""
    found = cells[:, -1]
    return history.rate[int(np.argmax(found))] if found.any() else np.nan


def agreement_with_damping(history):
    """The share of the escaped and the flat cells that the damping condition sorts rightly."""
    letters = letters_of(history)
    escaped = epochs_of_escape(letters) > 0
    momenta = (np.array(history.column) if history.settings["grid"] == "momentum"
               else history.settings["momentum"])
    crosses = np.array(history.rate)[:, None] > theory.escape_rate(momenta)
    return np.mean((escaped == crosses)[escaped | (letters == FLAT)])


def adam_crossing_ratio(history):
    """The rate relative to |w(0)| above which a diagram's Adam crosses 0, by Adam's formula.

    On the flat side, where L'(w) = w, in the steps of the diagram.
    """
    settings = history.settings
    return theory.adam_crossing_rate(settings["epochs"] * settings["steps_per_epoch"],
                                     settings["amsgrad"])


def agreement_with_adam(history):
    """The share of the cells of which Adam's formula says rightly whether they leave the flat side.
    """
    leaves = letters_of(history) != FLAT
    crosses = np.array(history.rate)[:, None] > (
        adam_crossing_ratio(history) * np.abs(history.column))
    return np.mean(leaves == crosses)


def judge(histories):
    closer = histories[CLOSER]
    letters = letters_of(closer)
    golden = float(theory.divergence_rate(-1))  # above it near starts diverge too
    return dict(
        the_lower_edge_is_at_one=suite_finds(
            "From w(0) = -10 SGD jumps over at rates from about 1 (lowest rate that does)",
            lowest_rate(closer, epochs_of_escape(letters) > 0),
            between(1 / (1 + 4 * BATCH_DEVIATION), 1.05),
            "closed form 1, lower if an early batch is wide: one that is k deviations of 7 % above "
            "the mean carries w over at 1/(1 + 0.07 k), and w is 0 in float32 after some 50 "
            "batches, none of which has k > 4"),
        the_upper_edge_is_above_two=suite_finds(
            "From w(0) = -10 SGD diverges at rates from about 2 + 1/|w(0)| (lowest rate that does)",
            lowest_rate(closer, letters == DIVERGED),
            near(theory.divergence_rate(-10), within=0.25),
            "closed form 2 + 1/|w(0)|; two batches, 7 % each, move it by 0.1, either way"),
        no_start_bears_the_golden_ratio=suite_finds(
            f"Above a rate of {golden:.3f} SGD diverges from nearly every start, even where "
            "2 + 1/|w(0)| is higher (share of the grid that does)",
            np.mean(letters[np.array(closer.rate) > golden] == DIVERGED), above(0.999),
            "closed form: from almost every start above 1 + golden ratio"),
        the_damping_condition_sorts_the_grids=suite_finds(
            "With momentum m SGD escapes where rate > (1 - sqrt(m))² (share sorted rightly, lower "
            "of two grids)",
            smallest(agreement_with_damping(histories[name])
                     for name in ("momentum", "momentum 0.9")), above(0.995),
            "closed form, from every start; near the edge 2000 steps are too few to tell"),
        adams_formula_sorts_the_grid=suite_finds(
            "Adam and AMSGrad leave the flat side where rate/|w(0)| exceeds a constant (share "
            "sorted rightly, lower of their grids)",
            smallest(agreement_with_adam(histories[name]) for name in ("Adam", "AMSGrad")),
            above(0.98), "Kingma and Ba's formula: the constant is {:.2g}, for AMSGrad {:.2g}"
            .format(*(adam_crossing_ratio(histories[name]) for name in ("Adam", "AMSGrad")))),
    )


def draw(histories):
    figure, axes = new_figure(2, 3, size=(12.5, 7.2))
    epochs = histories[CLOSER].settings["epochs"]
    titles = {"SGD": "SGD: only rates from 1 to 2 jump over",
              CLOSER: "SGD, closer: from 2 on it wanders",
              "momentum 0.9": "Momentum 0.9: far smaller ones do, too",
              "momentum": "More momentum, smaller steps",
              "Adam": "Adam: farther out, larger steps",
              "AMSGrad": "AMSGrad: the same"}
    panels = dict(zip(titles, axes.flat))
    for name, panel in panels.items():
        phase_diagram(panel, histories[name], epochs)
        panel.set_title(titles[name])
        panel.autoscale(False)
        panel.set_xlabel("Momentum, from w(0) = -1" if name == "momentum"
                         else "Distance of the start below 0, -w(0)")
    panels[CLOSER].set_yscale("linear")
    epochs_of_escape_bar(figure, axes, epochs)
    distances = -np.array(histories[CLOSER].column)
    for name in ("SGD", CLOSER):
        border(panels[name], distances, np.ones_like(distances))
        border(panels[name], distances, theory.divergence_rate(distances))
    border(panels["momentum 0.9"], distances, np.full_like(distances, theory.escape_rate(0.9)))
    for name in ("Adam", "AMSGrad"):
        border(panels[name], distances, adam_crossing_ratio(histories[name]) * distances)
    momenta = np.array(histories["momentum"].column)
    border(panels["momentum"], momenta, theory.escape_rate(momenta))
    name_curve(panels["SGD"], 0.11, 0.6, "dotted: closed form", "black")
    return figure
