"""An ill-conditioned Hessian gets gradient descent stuck.

Claim    With an ill-conditioned Hessian SGD gets "stuck": even very small steps raise the cost.
Source   https://datascience.stackexchange.com/questions/15962, an answer, after I. Goodfellow,
         Y. Bengio and A. Courville, "Deep Learning" (2016), section 8.2.1.
Setup    ``Dense(1)`` without a bias on four samples (±√k, ±1) with the target 0, for condition
         numbers k from 1 to a million: the mean squared error is k w1² + w2², the Hessian
         diag(2 k, 2). The start, w1 = 0.01/√k, w2 = 1, leaves one part in 10,000 of the cost to the
         steep direction. For each k: the largest usable rate, by bisection; the steps at 0.9 of it
         until 1 % of the cost is left; and 60 steps at 0.9 and at 1.1 of it, both terms measured.
         Then a million once more with the inputs a thousandth as large, H = diag(2, 2/k).
Theory   Usable are rates up to 2/(2 k) = 1/k. The flat direction shrinks by 1 - 2 · rate a step,
         so that a share s of the cost takes log(s)/(2 log(1 - 1.8/k)) steps, that is 1.28 k for a
         hundredth. Half gᵀHg exceeds gᵀg/rate where the steep direction holds enough of gᵀg: its
         part of gᵀHg is k times as large.
Differs  The source has no program. All samples are in each step, so that no other batch raises the
         cost (claim 13); the solution is 0, where float32 is finest.
"""
from collections import OrderedDict

import numpy as np

from lib import theory
from lib.claims import (History, below, exactly, first_epoch, largest, near, source_says,
                        suite_finds)
from lib.command import run_script
from lib.curvature import LossSurface
from lib.data import FixedBatches
from lib.descents import many_descents, mean_squared_error, threshold_rate, watched_descent
from lib.models import linear_unit
from lib.plotting import THEORY, line_style, new_figure
from lib.training import train_each

NUMBER = 12
ONE_SEED = "nothing is drawn at random"
TOLERANCE = 0.3             # between releases: of the curvature along what is mostly rounding
EPOCHS = 60                                     # ours: steps that are watched
CONDITIONS = [10.0 ** exponent for exponent in range(7)]    # ours: 1 to a million
CORNERS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
STEEP_AT_START = 0.01                           # ours: √k w1, where w2 is 1
USABLE, TOO_LARGE = 0.9, 1.1                    # ours: in terms of the largest usable rate
BISECTION_STEPS = 2000                          # ours: enough for the steep direction to show
LEFT = 0.01                                     # ours: the share of the cost at which it is solved
MANY_STEPS = 1000                               # ours: after which it is stuck, or not
MOST_STEPS = 10 ** 7
AT_THE_EDGE = 0.02      # ours: nearer than that to their balance float32 decides which term wins
LEFT_IN_THEORY = (1 - 2 * USABLE / CONDITIONS[-1]) ** (2 * MANY_STEPS)
COLUMNS = OrderedDict((("condition", "{:g}"), ("largest_curvature", "{:g}"),
                       ("usable_rate", "{:.3e}"), ("steps", "{:,.0f}"), ("left", "{:.4f}")))
SWEEP, FLATTENED = "condition numbers", "condition 10⁶, largest curvature 2"


def run(seed=0, epochs=EPOCHS):
    """The sweep, and the watched steps of each: {label: History}. Nothing is drawn at random."""
    descend, watched = many_descents(linear_unit([0, 0])), OrderedDict()

    def sweep(condition):
        numbers, start, corners = measure(descend, condition)
        for share in (USABLE, TOO_LARGE):
            watched[label(condition, share)] = watched_descent(
                linear_unit(start), corners, share * numbers["usable_rate"], epochs)
        return numbers

    swept = train_each(OrderedDict((condition, condition) for condition in CONDITIONS), sweep)
    flattened, _, _ = measure(descend, CONDITIONS[-1], size=CONDITIONS[-1] ** -0.5)
    return OrderedDict([(SWEEP, gathered(swept.values())), (FLATTENED, gathered([flattened]))]
                       + list(watched.items()))


def measure(descend, condition, size=1.0):
    """Usable rate, steps and curvature of one condition number; the start, and the data.

    size: of the inputs; the largest curvature is 2 k size². The start costs the same at any size.
    """
    start = [STEEP_AT_START / condition ** 0.5 / size, 1.0 / size]
    corners = FixedBatches(size * CORNERS * [condition ** 0.5, 1], np.zeros((4, 1)),
                           data="corners", condition=condition)
    model = linear_unit(start)
    weights = model.get_weights()
    cost, _, hessian = LossSurface(model, mean_squared_error, corners.x, corners.y).derivatives()
    flat, steep = np.linalg.eigvalsh(hessian)
    usable, _ = threshold_rate(descend, weights, corners, 0.2 / steep, 20 / steep, BISECTION_STEPS)
    steps, _ = descend(weights, corners, USABLE * usable, MOST_STEPS, LEFT * cost)
    _, left = descend(weights, corners, USABLE * usable, MANY_STEPS)
    return OrderedDict(condition=condition, largest_curvature=float(steep),
                       smallest_curvature=float(flat), usable_rate=usable, steps=steps,
                       left=left / cost), start, corners


def gathered(rows):
    """A History of the same numbers of several condition numbers."""
    rows = list(rows)
    return History({"optimizer": "SGD", "data": "corners", "start": "(0.01/√k, 1)/size"},
                   **{name: [row[name] for row in rows] for name in rows[0]})


def label(condition, share):
    return "{:g}, {} of the usable rate".format(condition, share)


def balance(history):
    """Half gᵀHg in terms of gᵀg/rate at each step: the cost rises where it exceeds 1."""
    return (history.settings["learning_rate"] / 2 * np.array(history.curvature_along)
            / np.array(history.squared_gradient))


def as_the_balance_says(history):
    """Whether the cost rises where half gᵀHg wins and falls elsewhere, of each step off the edge.
    """
    of_terms, change = balance(history), np.array(history.change)
    return ((of_terms > 1) == (change > 0))[np.abs(of_terms - 1) > AT_THE_EDGE]


def first_rise(history):
    """The first step, from 1, on which the cost rises."""
    return first_epoch(change > 0 for change in history.change)


def first_rise_in_theory(condition):
    """The same, for the start of the set-up at TOO_LARGE times the usable rate."""
    gradient = 2 * condition ** 0.5 * STEEP_AT_START, 2
    return theory.first_rise(2 * condition, 2, gradient, TOO_LARGE / condition)


def judge(histories):
    sweep, flattened = histories[SWEEP], histories[FLATTENED]
    conditions, usable = np.array(sweep.condition), np.array(sweep.usable_rate)
    steps = np.array(sweep.steps)
    watched = {share: [histories[label(condition, share)] for condition in CONDITIONS]
               for share in (USABLE, TOO_LARGE)}
    ill = histories[label(CONDITIONS[-1], TOO_LARGE)]
    return OrderedDict(
        it_gets_stuck=source_says(
            "gets_stuck",
            "With an ill-conditioned Hessian it gets stuck (condition 10⁶, at 0.9 of the usable "
            "rate: share of the cost left after 1000 steps)",
            sweep.left[-1], near(LEFT_IN_THEORY, within=0.0005),
            "closed form: 1 - 0.0036, of which an untrained one would have 1"),
        even_very_small_steps_raise_the_cost=source_says(
            "very_small_steps_raise_the_cost",
            "… even very small steps raise the cost (condition 10⁶: the smallest rate that does, "
            "relative to what the flat direction bears)",
            usable[-1] * sweep.smallest_curvature[-1] / 2, near(1e-6, within=2e-8),
            "closed form: 1/condition number; \"very small\": ours"),
        a_step_a_little_larger_does_at_once=source_says(
            "very_small_steps_raise_the_cost",
            "… (1.1 times that: the first step on which the cost rises)",
            first_rise(ill), exactly(1)),
        a_well_conditioned_one_does_not=suite_finds(
            "Where it is well conditioned it does not (condition 10: share left after 1000 steps)",
            sweep.left[1], below(1e-6), "closed form: 0.82^2000"),
        the_steepness_forbids_the_step=suite_finds(
            "What forbids the step is the steepness, not the condition: the same one, with inputs "
            "a thousandth as large, bears a rate of", flattened.usable_rate[0],
            near(1, within=0.02), "closed form: 2/largest curvature, which is 2"),
        it_is_stuck_all_the_same=suite_finds(
            "… and is stuck all the same (share of the cost left after 1000 steps)",
            flattened.left[0], near(LEFT_IN_THEORY, within=0.0005), "closed form: 1 - 0.0036"),
        the_usable_rate_is_two_over_the_curvature=suite_finds(
            "The largest usable rate in terms of 2/largest curvature (farthest from 1)",
            1 + largest(np.abs(usable * sweep.largest_curvature / 2 - 1)), near(1, within=0.02),
            "closed form"),
        the_condition_number_is_known=suite_finds(
            "Largest over smallest curvature, by automatic differentiation, in terms of k "
            "(farthest from 1)",
            1 + largest(np.abs(np.divide(sweep.largest_curvature, sweep.smallest_curvature)
                               / conditions - 1)), near(1, within=1e-4), "H = diag(2 k, 2)"),
        the_steps_grow_like_the_condition_number=suite_finds(
            "The steps to 1 % of the cost grow like the condition number (largest relative "
            "distance from the closed form, from 100 on)",
            largest(np.abs(steps[2:] / theory.steps_to_share(LEFT, USABLE / conditions[2:], 2)
                           - 1)), near(0, within=0.03), "log(s)/(2 log(1 - 1.8/k)), about 1.28 k"),
        at_usable_rates_the_first_term_never_wins=suite_finds(
            "At 0.9 of the usable rate half gᵀHg never exceeds gᵀg/rate (largest in terms of it)",
            largest(np.max(balance(history)) for history in watched[USABLE]), below(1),
            "gᵀHg <= gᵀg · largest curvature"),
        the_cost_rises_where_it_wins=suite_finds(
            "At 1.1 times it the cost rises just where it does (share of the steps, all k)",
            np.mean(np.concatenate([as_the_balance_says(history)
                                    for history in watched[TOO_LARGE]])), exactly(1),
            "the cost is quadratic"),
        the_first_rise_is_that_of_the_closed_form=suite_finds(
            "… for the first time on the step of the closed form (largest distance, all k)",
            largest(abs(first_rise(history) - first_rise_in_theory(condition))
                    for condition, history in zip(CONDITIONS, watched[TOO_LARGE])),
            near(0, within=1), "where the steep part of gᵀHg has become large enough"),
    )


def table(histories):
    """Each condition number with its rate and steps, for the terminal."""
    rows = []
    for history in (histories[SWEEP], histories[FLATTENED]):
        for row in zip(*(history.series[name] for name in COLUMNS)):
            rows.append([form.format(number) for form, number in zip(COLUMNS.values(), row)]
                        + [first_rise(histories[label(row[0], TOO_LARGE)])])
    rows[-1][-1] = ""               # not watched
    return dict.fromkeys(["condition", "largest curvature", "usable rate", "steps to 1 %",
                          "left after 1000", "first rise at 1.1"], "right"), rows


def draw(histories):
    sweep = histories[SWEEP]
    conditions = np.array(sweep.condition)
    figure, (left, middle, right) = new_figure(1, 3, size=(13.6, 4.8))
    left.set_title("The steeper one way, the smaller the steps")
    left.loglog(conditions, sweep.usable_rate, label="measured", **line_style(1))
    left.loglog(conditions, 2 / np.array(sweep.largest_curvature), label="2 / largest curvature",
                **THEORY)
    left.set_ylabel("Largest usable rate")
    middle.set_title("… and the more of them")
    middle.loglog(conditions, sweep.steps, label="measured", **line_style(0))
    middle.loglog(conditions[1:], theory.steps_to_share(
        LEFT, USABLE / conditions[1:], 2), label="closed form", **THEORY)
    middle.set_ylabel("Steps to 1 % of the cost, at 0.9 of that rate")
    for panel in (left, middle):
        panel.set_xlabel("Condition number")
        panel.legend()
    right.set_title("Where the cost rises: condition 10⁴")
    for index, share in ((0, USABLE), (1, TOO_LARGE)):
        values = balance(histories[label(1e4, share)])[:40]
        right.semilogy(np.arange(1, len(values) + 1), values, markevery=4,
                       label="{} of the usable rate".format(share), **line_style(index))
    right.axhspan(1, 3, color="#f3e3d3", zorder=0)
    right.annotate("the cost rises", (0.97, 0.95), xycoords="axes fraction", ha="right",
                   va="top", fontsize=9)
    right.set_ylim(top=3)
    right.set_xlabel("Step")
    right.set_ylabel("Half gᵀHg in terms of gᵀg / rate")
    right.legend(loc="center right")
    for panel in (left, middle, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
