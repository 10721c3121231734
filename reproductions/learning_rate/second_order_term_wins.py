"""When the second-order term of a step wins, the cost rises.

Claim    To second order a step of rate e along -g changes the cost by e²/2 gᵀHg - e gᵀg. When the
         first term wins the cost rises.
Source   https://datascience.stackexchange.com/questions/15962, an answer, after I. Goodfellow,
         Y. Bengio and A. Courville, "Deep Learning" (2016), section 8.2.1.
Setup    Plain gradient descent on all samples, 50 steps at half of 2/largest curvature of the
         start. Before each step both terms are measured through the framework, and the change of
         the cost by the step and by seven trial steps, of 0.01 to 3 times 2/largest curvature at
         that place, which are undone. Three networks, the first also at 1.1 times that rate:
         - the regression of this source (__init__.py), H = 2 E[x xᵀ];
         - two linear layers of one weight each, v u x, that learn y = x from (u, v) = (0.5, 0.2):
           cost m (u v - 1)² with m = E[x²], H = 2 m [[v², 2 u v - 1], [2 u v - 1, u²]];
         - a tanh layer of 4 units and a linear one on two inputs, 17 weights, whose H has no short
           form; they learn sin(2 x1) x2.
Theory   The prediction is exact where the cost is quadratic. Elsewhere the third order adds a part
         that shrinks as e² where the two terms shrink as e.
Differs  The source has no program: networks, data and rates are ours.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import (above, between, exactly, largest, near, smallest, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.curvature import LossSurface
from lib.data import FixedBatches
from lib.descents import mean_squared_error, watched_descent
from lib.models import linear_unit
from lib.plotting import THEORY, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import SAMPLES, START, regression

NUMBER = 11
EPOCHS = 50                 # ours: steps, each an epoch of one batch
REGRESSION, LINEAR, TANH = "regression", "two linear layers", "tanh network"
TOO_FAST = "regression, too fast"
# ours: the rate of each training, in terms of 2/largest curvature at its start
RATES = OrderedDict(((REGRESSION, 0.5), (TOO_FAST, 1.1), (LINEAR, 0.5), (TANH, 0.5)))
TRIALS = (0.01, 0.03, 0.1, 0.3, 0.9, 1.5, 3.0)      # ours: the same, of where each step begins
SMALL_STEP = 0.1            # ours: "a tenth of 2/largest curvature"
AT_THE_EDGE = 0.05          # ours: nearer than that to their balance neither term wins


def networks(seed):
    """{name: (the network at its start, its data)}."""
    random_state = np.random.RandomState(seed)
    x = random_state.randn(200, 2)
    kernels = random_state.randn(2, 4) / np.sqrt(2), random_state.randn(4, 1) / 2
    return OrderedDict((
        (REGRESSION, (linear_unit(START), regression(seed, SAMPLES))),
        (TOO_FAST, (linear_unit(START), regression(seed, SAMPLES))),
        (LINEAR, (two_linear_layers(), FixedBatches(x[:, :1], x[:, :1], data="y = x", seed=seed))),
        (TANH, (tanh_network(*kernels), FixedBatches(
            x, np.sin(2 * x[:, :1]) * x[:, 1:], data="y = sin(2 x1) x2", seed=seed)))))


def two_linear_layers():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False),
                              keras.layers.Dense(1, use_bias=False)])
    model.set_weights([np.array([[weight]], "float32") for weight in (0.5, 0.2)])
    return model


def tanh_network(first, second):
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(4, activation="tanh"),
                              keras.layers.Dense(1)])
    model.set_weights([first, np.zeros(4), second, np.zeros(1)])
    return model


def run(seed=0, epochs=EPOCHS):
    """Each network in training, with what every step would do: {label: History}."""
    def train(setting):
        (model, batches), share = setting
        surface = LossSurface(model, mean_squared_error, batches.x, batches.y)
        rate = share * 2 / surface.largest_curvature()
        return watched_descent(model, batches, rate, epochs, TRIALS)

    made = networks(seed)
    return train_each(OrderedDict((label, (made[label], share)) for label, share in RATES.items()),
                      train)


def steps_of(history):
    """All steps, taken and tried: three arrays of shape (places, 1 + tried), taken ones first.

    size: the rate in terms of 2/largest curvature there; balance: the first term in terms of the
    second, e/2 gᵀHg / gᵀg; change: what it added to the cost, in terms of the second, e gᵀg.
    The prediction of ``change`` is balance - 1.
    """
    curvature = np.array(history.largest_curvature)[:, None]
    squared, along = (np.array(series)[:, None] for series in (history.squared_gradient,
                                                               history.curvature_along))
    taken = np.full_like(curvature, history.settings["learning_rate"])
    rates = np.hstack([taken, np.array(history.settings["trials"]) * 2 / curvature])
    change = np.hstack([np.array(history.change)[:, None], history.trial_change])
    return rates * curvature / 2, rates * along / squared / 2, change / (rates * squared)


def errors(history):
    """Of every step: the distance of the change from its prediction, relative to the prediction."""
    _, balance, change = steps_of(history)
    return np.abs(change / (balance - 1) - 1)


def wrong_signs(history, above_size=0.0):
    """How many steps of at least that size had a winner and went the other way, and their share."""
    size, balance, change = steps_of(history)
    counted = (np.abs(balance - 1) > AT_THE_EDGE) & (size > above_size)
    wrong = ~((change > 0) == (balance > 1)) & counted
    return int(wrong.sum()), float(wrong.sum() / max(1, counted.sum()))


def judge(histories):
    small = [errors(history)[steps_of(history)[0] <= SMALL_STEP * (1 + 1e-6)]
             for history in histories.values()]
    quadratic = [histories[REGRESSION], histories[TOO_FAST]]
    size, balance, change = steps_of(histories[TOO_FAST])
    return OrderedDict(
        the_change_is_the_sum_of_the_terms=source_says(
            "A step adds e²/2 gᵀHg - e gᵀg to the cost (largest relative distance, all networks, "
            "steps of at most a tenth of 2/largest curvature)",
            largest(np.concatenate(small)), near(0, within=0.05), "second order; 5 %: ours"),
        the_cost_rises_where_the_first_term_wins=source_says(
            "When the first term wins the cost rises (regression at 1.1 times 2/largest curvature; "
            "share of the steps taken)",
            np.mean((change[:, 0] > 0) & (balance[:, 0] > 1)), exactly(1)),
        the_sign_is_that_of_the_winner=source_says(
            "… and else it falls (steps of any size with the wrong sign, regression)",
            sum(wrong_signs(history)[0] for history in quadratic), exactly(0)),
        it_is_so_in_a_network=source_says(
            "… in a network as well (the same, tanh network)",
            wrong_signs(histories[TANH])[0], exactly(0)),
        on_a_quadratic_cost_it_is_exact=suite_finds(
            "On a quadratic cost it is exact, however large the step (largest relative distance, "
            "steps of 0.3 times 2/largest curvature or more)",
            largest(np.concatenate([errors(history)[steps_of(history)[0] > 0.2]
                                    for history in quadratic])),
            near(0, within=0.005), "no third order; float32"),
        it_is_not_all_where_the_cost_is_not_quadratic=suite_finds(
            "Two linear layers: of steps of 0.9 times that or more this share goes the other way",
            wrong_signs(histories[LINEAR], 0.8)[1], between(0.05, 0.4),
            "the cost m (u v - 1)² has a third and a fourth order"),
        small_steps_always_go_the_right_way=suite_finds(
            "… and of those of at most 0.3 times that (share, all networks)",
            smallest(np.mean(change[size < 0.4] < 0) for size, _, change
                     in map(steps_of, histories.values())), exactly(1),
            "gᵀHg is at most gᵀg times the largest curvature"),
        the_curvature_does_not_stay=suite_finds(
            "Two linear layers: 2/largest curvature shrinks on the way (in terms of it the rate, "
            "half of it at the start, is at most)",
            largest(steps_of(histories[LINEAR])[0][:, 0]), above(1),
            "H at (0.5, 0.2) has the eigenvalue 1.90 m, at any solution 2 m (u² + v²) >= 4 m"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(12, 5))
    left.set_title("What a step adds to the cost")
    left.axvspan(1, 3.3, color="#f3e3d3", zorder=0)
    left.plot([-1, 3.3], [-2, 2.3], label="second order: balance - 1", **THEORY)
    right.set_title("How far off the second order is")
    for index, (label, history) in enumerate(histories.items()):
        size, balance, change = steps_of(history)
        style = dict(line_style(index), linestyle="none", alpha=0.6)
        left.plot(balance.ravel(), change.ravel(), label=label, **style)
        right.loglog(TRIALS, np.max(errors(history)[:, 1:], axis=0), **line_style(index))
    left.set_xlim(-1, 3.3)
    left.set_ylim(-2.2, 3)
    left.axhline(0, color="#555555", linewidth=1)
    left.text(2.9, -2.05, "the first term wins", ha="right", fontsize=9)
    left.set_xlabel("First term in terms of the second, (e/2 gᵀHg) / gᵀg")
    left.set_ylabel("Change of the cost / (e gᵀg)")
    left.legend(loc="upper left")
    right.fill_between((min(TRIALS), SMALL_STEP), 0.05, color="#d9e8f5", zorder=0)
    right.text(0.0105, 0.028, "within 5 % up to a tenth", fontsize=9)
    right.set_xlabel("Size of the step, in terms of 2 / largest curvature")
    right.set_ylabel("Relative distance (the largest of all steps)")
    for panel in (left, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
