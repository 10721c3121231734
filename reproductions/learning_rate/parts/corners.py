"""Least squares on four samples, whose Hessian has any condition number (claim 12).

The samples are the corners (±√k, ±1) times a size, with the target 0: the mean squared error is
size² (k w1² + w2²), and its Hessian size² diag(2 k, 2) has the condition number k.
"""
import numpy as np

from lib import theory
from lib.claims import History, largest, near, suite_finds
from lib.data import FixedBatches
from lib.measure.curvature import LossSurface
from lib.measure.descents import mean_squared_error, threshold_rate
from lib.models import linear_unit
from lib.show.plotting import FAILS, GREY, HOLDS, THEORY, label, name_curve

CORNERS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
STEEP_AT_START = 0.01                           # ours: √k w1, where w2 is 1
USABLE = 0.9                                    # ours: of the largest usable rate
LEFT = 0.01                                     # ours: the share of the cost at which it is solved
MANY_STEPS = 1000                               # ours: after which it is stuck, or not
MOST_STEPS = 10 ** 7                            # ours: eight times as many as a million takes
COLUMNS = {"condition": "{:g}", "largest_curvature": "{:g}", "usable_rate": "{:.3e}",
           "steps": "{:,.0f}", "left": "{:.4f}"}


def problem(condition, size=1.0):
    """The start and the samples. The start costs the same at any size."""
    start = [STEEP_AT_START / condition ** 0.5 / size, 1.0 / size]
    return start, FixedBatches(size * CORNERS * [condition ** 0.5, 1], np.zeros((4, 1)),
                               data="corners", condition=condition)


def measure(descend, condition, bisection_steps, precision, solved_up_to, size=1.0):
    """Usable rate, steps and curvature of one condition number: {name: number}.

    descend: of ``lib.measure.descents.many_descents``; precision: of the usable rate, relative;
    solved_up_to: beyond this condition number the steps until it is solved are not counted, NaN.
    """
    start, samples = problem(condition, size)
    model = linear_unit(start)
    weights = model.get_weights()
    cost, _, hessian = LossSurface(model, mean_squared_error, samples.x, samples.y).derivatives()
    flat, steep = np.linalg.eigvalsh(hessian)
    usable, _ = threshold_rate(descend, weights, samples, 0.2 / steep, 20 / steep,
                               bisection_steps, precision)
    steps = np.nan
    if condition <= solved_up_to:
        steps, _ = descend(weights, samples, USABLE * usable, MOST_STEPS, LEFT * cost)
    _, left = descend(weights, samples, USABLE * usable, MANY_STEPS)
    return dict(condition=condition, largest_curvature=float(steep),
                smallest_curvature=float(flat), usable_rate=usable, steps=steps, left=left / cost)


def gathered(rows):
    """A History of the same numbers of several condition numbers."""
    return History({"optimizer": "SGD", "data": "corners", "start": "(0.01/√k, 1)/size"},
                   **{name: [row[name] for row in rows] for name in rows[0]})


def judge(sweep):
    """Closed forms over all condition numbers; sweep: their ``gathered`` History."""
    conditions, steps = np.array(sweep.condition), np.array(sweep.steps)
    relative_rate = np.array(sweep.usable_rate) * sweep.largest_curvature / 2
    relative_condition = np.divide(sweep.largest_curvature, sweep.smallest_curvature) / conditions
    counted = (conditions >= 100) & ~np.isnan(steps)
    in_theory = theory.steps_to_share(LEFT, USABLE / conditions[counted], 2)
    return dict(
        the_usable_rate_is_two_over_the_curvature=suite_finds(
            "The largest usable rate is 2/largest curvature (1 plus the largest relative distance "
            "of all condition numbers)", 1 + largest(np.abs(relative_rate - 1)),
            near(1, within=0.02), "closed form"),
        the_condition_number_is_known=suite_finds(
            "The condition number is the k of the set-up (largest over smallest curvature, by "
            "automatic differentiation; 1 plus the largest relative distance)",
            1 + largest(np.abs(relative_condition - 1)), near(1, within=1e-4), "H = diag(2 k, 2)"),
        the_steps_grow_like_the_condition_number=suite_finds(
            "The steps to 1 % of the cost grow like the condition number (largest relative "
            "distance from the closed form, condition numbers from 100 on)",
            largest(np.abs(steps[counted] / in_theory - 1)), near(0, within=0.03),
            "log(s)/(2 log(1 - 1.8/k)), about 1.28 k"),
    )


def table_rows(history):
    """Each condition number of a ``gathered`` History, in text."""
    return [["-" if np.isnan(number) else form.format(number)
             for form, number in zip(COLUMNS.values(), row)]
            for row in zip(*(history.series[name] for name in COLUMNS))]


def draw_left(panel, sweep):
    """The share of the cost that is left after many steps, against the condition number."""
    conditions, left = np.array(sweep.condition), np.array(sweep.left)
    between = np.geomspace(conditions[0], conditions[-1], 200)
    panel.semilogx(between, np.abs(1 - 2 * USABLE / between) ** (2 * MANY_STEPS), **THEORY)
    for points, colour, marker, words in ((left < 0.5, HOLDS, "o", "learned"),
                                          (left >= 0.5, FAILS, "^", "stuck")):
        panel.semilogx(conditions[points], left[points], color=colour, marker=marker, markersize=8,
                       linestyle="none")
        name_curve(panel, conditions[points][-1], left[points][-1], words, colour, ha="right",
                   fontsize="medium", xytext=(0, -16 if words == "stuck" else 16))
    name_curve(panel, 4e3, 0.4, "grey road:\nclosed form", GREY, ha="right", xytext=(-10, 0))
    label(panel, "Condition number", f"Share of the cost left after {MANY_STEPS} steps",
          "Ill-conditioned, it gets stuck")


def draw_rates(panel, sweep):
    """At which rates the cost falls and at which it rises, against the condition number."""
    conditions, lowest = np.array(sweep.condition), 1e-8
    panel.loglog(conditions, 2 / np.array(sweep.largest_curvature), **THEORY)
    panel.loglog(conditions, sweep.usable_rate, color="black", marker="o", linestyle="none",
                 clip_on=False)
    panel.fill_between(conditions, sweep.usable_rate, 10, color=FAILS, alpha=0.15, linewidth=0)
    panel.fill_between(conditions, lowest, sweep.usable_rate, color=HOLDS, alpha=0.12, linewidth=0)
    panel.set(xlim=(conditions[0], conditions[-1]), ylim=(lowest, 10))
    name_curve(panel, 1e4, 3e-2, "the cost rises", FAILS, fontsize="medium", ha="center")
    name_curve(panel, 1e2, 1e-5, "the cost falls", HOLDS, fontsize="medium", ha="center")
    name_curve(panel, 1e3, 1e-3, "2 / largest\ncurvature", GREY, xytext=(10, 8))
    label(panel, "Condition number", "Learning rate", "Even very small steps raise the cost")
