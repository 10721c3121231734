"""Which of the two second-order terms wins, step by step, on the corners (claim 12)."""
import numpy as np

from lib import theory
from lib.claims import below, exactly, first_epoch, largest, near, suite_finds
from lib.measure.descents import watched_descent
from lib.models import linear_unit
from lib.show.plotting import FAILS, HOLDS, label, name_curve
from reproductions.learning_rate.parts import corners
from reproductions.learning_rate.parts.corners import USABLE

TOO_LARGE = 1.1         # ours: of the largest usable rate
AT_THE_EDGE = 0.02      # ours: nearer than that to their balance float32 decides which term wins


def run(condition, usable_rate, steps):
    """So many steps at USABLE and at TOO_LARGE times the usable rate: {label: History}."""
    start, samples = corners.problem(condition)
    return {label_of(condition, share): watched_descent(
        linear_unit(start), samples, share * usable_rate, steps) for share in (USABLE, TOO_LARGE)}


def label_of(condition, share):
    return f"{condition:g}, {share} of the usable rate"


def balance(history):
    """Half gᵀHg relative to gᵀg/rate at each step: the cost rises where it exceeds 1."""
    return (history.settings["learning_rate"] / 2 * np.array(history.curvature_along)
            / np.array(history.squared_gradient))


def as_the_balance_says(history):
    """Of each step off the edge, whether the cost rises if half gᵀHg wins and falls if not."""
    of_terms, change = balance(history), np.array(history.change)
    return ((of_terms > 1) == (change > 0))[np.abs(of_terms - 1) > AT_THE_EDGE]


def first_rise(history):
    """The first step, from 1, on which the cost rises."""
    return first_epoch(change > 0 for change in history.change)


def first_rise_in_theory(condition):
    """The first step, from 1, on which it rises at TOO_LARGE, by the closed form."""
    gradient = 2 * condition ** 0.5 * corners.STEEP_AT_START, 2
    return theory.first_rise(2 * condition, 2, gradient, TOO_LARGE / condition)


def judge(histories, conditions):
    """histories: with those of ``run`` for each of ``conditions``."""
    usable, too_large = ([histories[label_of(condition, share)] for condition in conditions]
                         for share in (USABLE, TOO_LARGE))
    return dict(
        at_usable_rates_the_first_term_never_wins=suite_finds(
            "At 0.9 of the usable rate half gᵀHg never exceeds gᵀg/rate (largest ratio of the two, "
            "all condition numbers)", largest(np.max(balance(history)) for history in usable),
            below(1), "gᵀHg <= gᵀg · largest curvature"),
        the_cost_rises_where_it_wins=suite_finds(
            "At 1.1 of the usable rate the cost rises exactly where half gᵀHg exceeds gᵀg/rate "
            "(share of the steps of which that is true, all condition numbers)",
            np.mean(np.concatenate([as_the_balance_says(history) for history in too_large])),
            exactly(1), "the cost is quadratic"),
        the_first_rise_is_that_of_the_closed_form=suite_finds(
            "At 1.1 of the usable rate the cost first rises on the step of the closed form "
            "(largest distance in steps, all condition numbers)",
            largest(abs(first_rise(history) - first_rise_in_theory(condition))
                    for condition, history in zip(conditions, too_large)),
            near(0, within=1), "the step on which the steep part of gᵀHg has become large enough"),
    )


def draw(panel, histories, condition):
    """The cost along the steps that are watched."""
    for share, colour, marker, words, place in ((USABLE, HOLDS, "o", "stuck", (0, 12)),
                                                (TOO_LARGE, FAILS, "^", "it rises", (-10, 0))):
        history = histories[label_of(condition, share)]
        rate, steps = history.settings["learning_rate"], len(history.loss)
        panel.semilogy(np.arange(steps), np.array(history.loss) / history.loss[0], color=colour,
                       marker=marker, markevery=5)
        name_curve(panel, steps - 1, history.loss[-1], f"rate {rate:.7f}: {words}", colour,
                   ha="right", fontsize="medium", xytext=place)
    label(panel, "Step", "Cost, relative to the start")
