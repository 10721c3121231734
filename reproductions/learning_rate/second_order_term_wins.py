"""When the second-order term of a step wins, the cost rises.

Claim    To second order a step of rate e along -g changes the cost by e²/2 gᵀHg - e gᵀg. When the
         first term wins the cost rises.
Source   https://datascience.stackexchange.com/questions/15962, an answer, after I. Goodfellow,
         Y. Bengio and A. Courville, "Deep Learning" (2016), section 8.2.1.
Setup    Plain gradient descent on all samples, 50 steps at 0.4 of 2/largest curvature of the
         start. Before each step both terms are measured through the framework, and the change of
         the cost by the step and by seven trial steps, of 0.01 to 3 times 2/largest curvature at
         that place, which are undone. Three networks, the first also at 1.1 times that rate:
         - the regression of this source (__init__.py), H = 2 E[x xᵀ];
         - two linear layers of one weight each, v u x, that learn y = x from (u, v) = (0.5, 0.2):
           cost m (u v - 1)² with m = E[x²], H = 2 m [[v², 2 u v - 1], [2 u v - 1, u²]];
         - a tanh layer of 4 units and a linear one on two inputs, 17 weights, whose H has no short
           form; they learn sin(2 x1) x2.
Theory   The prediction is exact where the cost is quadratic. Elsewhere the third order adds a part
         that shrinks as e³, so that short steps are predicted well, and long ones may go the other
         way.
Differs  The source has no program: networks, data and rates are ours.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import above, below, exactly, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.curvature import LossSurface
from lib.data import FixedBatches
from lib.descents import mean_squared_error, watched_descent
from lib.models import linear_unit, two_linear_layers
from lib.plotting import THEORY, line_style, new_figure
from lib.training import train_each
from reproductions.learning_rate import SAMPLES, START, regression

NUMBER = 11
TOLERANCE = 1e-3            # between releases: too fast a descent multiplies every last bit
EPOCHS = 50                 # ours: steps, each an epoch of one batch
REGRESSION, LINEAR, TANH = "regression", "two linear layers", "tanh network"
TOO_FAST = "regression, too fast"
# ours: the rate of each training, in terms of 2/largest curvature at its start
RATES = OrderedDict(((REGRESSION, 0.4), (TOO_FAST, 1.1), (LINEAR, 0.4), (TANH, 0.4)))
TRIALS = (0.01, 0.03, 0.1, 0.3, 0.9, 1.5, 3.0)      # ours: the same, of where each step begins
SHORT = 0.1                 # ours: a tenth of 2/largest curvature
AT_THE_EDGE = 0.05          # ours: nearer than that to their balance neither term wins


def networks(seed):
    """{name: (the network at its start, its data)}."""
    random_state = np.random.RandomState(seed)
    x = random_state.randn(200, 2)
    kernels = random_state.randn(2, 4) / np.sqrt(2), random_state.randn(4, 1) / 2
    return OrderedDict((
        (REGRESSION, (linear_unit(START), regression(seed, SAMPLES))),
        (TOO_FAST, (linear_unit(START), regression(seed, SAMPLES))),
        (LINEAR, (two_linear_layers(0.5, 0.2), FixedBatches(
            x[:, :1], x[:, :1], data="y = x", seed=seed))),
        (TANH, (tanh_network(*kernels), FixedBatches(
            x, np.sin(2 * x[:, :1]) * x[:, 1:], data="y = sin(2 x1) x2", seed=seed)))))


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


def wrong_signs(history, sizes=np.inf):
    """How many steps of up to that size went the other way than the term that wins."""
    size, balance, change = steps_of(history)
    counted = (np.abs(balance - 1) > AT_THE_EDGE) & (size <= sizes)
    return int(np.sum(counted & ~((change > 0) == (balance > 1))))


def judge(histories):
    short = [errors(history)[steps_of(history)[0] <= SHORT * (1 + 1e-6)]
             for history in histories.values()]
    quadratic = [histories[REGRESSION], histories[TOO_FAST]]
    trained = [histories[label] for label in (REGRESSION, LINEAR, TANH)]
    linear = histories[LINEAR].largest_curvature
    _, balance, change = (table[:, 0] for table in steps_of(histories[TOO_FAST]))
    return OrderedDict(
        the_change_is_the_sum_of_the_terms=source_says(
            "second_order_expansion",
            "A step adds e²/2 gᵀHg - e gᵀg to the cost (all networks, steps of at most a tenth of "
            "2/largest curvature; largest relative distance)",
            largest(np.concatenate(short)), near(0, within=0.05), "second order; 5 %: ours"),
        the_cost_rises_where_the_first_term_wins=source_says(
            "first_term_wins",
            "When the first term wins the cost rises (regression at 1.1 times 2/largest curvature; "
            "share of the steps taken in which both is so)",
            np.mean((change > 0) & (balance > 1)), exactly(1)),
        the_sign_is_that_of_the_winner=suite_finds(
            "… and where the second wins it falls (regression, steps of any size; how many have "
            "the wrong sign)", sum(map(wrong_signs, quadratic)), exactly(0),
            "the same expansion, which is exact there"),
        on_a_quadratic_cost_it_is_exact=suite_finds(
            "On a quadratic cost both terms are all, however long the step (regression, steps of "
            "0.3 times 2/largest curvature or longer; largest relative distance)",
            largest(np.concatenate([errors(history)[steps_of(history)[0] > 0.2]
                                    for history in quadratic])),
            near(0, within=0.005), "no third order; float32"),
        elsewhere_a_long_step_may_go_the_other_way=suite_finds(
            "On another cost a long step may go the other way (two linear layers; how many have "
            "the wrong sign)", wrong_signs(histories[LINEAR]), above(0),
            "the cost m (u v - 1)² has a third and a fourth order"),
        but_no_shorter_one=suite_finds(
            "… but none of up to 0.4 times 2/largest curvature (all networks; the same)",
            sum(wrong_signs(history, 0.41) for history in histories.values()), exactly(0),
            "there gᵀHg e/2 is at most 0.4 gᵀg: the third order would have to be as large"),
        the_curvature_does_not_stay=suite_finds(
            "The largest curvature grows on the way (two linear layers; relative to the start)",
            linear[-1] / linear[0], near(2.11, within=0.05),
            "from 1.904 m at (0.5, 0.2) to 2 m (u² + v²) = 4.022 m: u v = 1, and gradient descent "
            "in small steps keeps u² - v²"),
        all_this_is_so_along_real_training=suite_finds(
            "All this while they learn (cost in the end, in terms of the start, the largest of the "
            "three at 0.4)", largest(history.loss[-1] / history.loss[0] for history in trained),
            below(0.8), "ours"),
    )


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(12, 5))
    left.set_title("What a step adds to the cost")
    left.axvspan(1, 3.2, color="#f3e3d3", zorder=0)
    left.plot([-1.2, 3.2], [-2.2, 2.2], label="second order", **THEORY)
    right.set_title("How far off the second order is")
    for index, (label, history) in enumerate(histories.items()):
        _, balance, change = steps_of(history)
        left.plot(balance.ravel(), change.ravel(), label=label,
                  **dict(line_style(index), linestyle="none", alpha=0.6))
        right.loglog(TRIALS, np.max(errors(history)[:, 1:], axis=0), label=label,
                     **line_style(index))
    left.set_xlim(-1.2, 3.2)
    left.set_yscale("symlog", linthresh=2.5, linscale=3)
    left.set_ylim(-2.5, 100)
    left.set_yticks([-2, -1, 0, 1, 2, 10, 100], ["-2", "-1", "0", "1", "2", "10", "100"])
    left.axhline(0, color="#555555", linewidth=1)
    left.annotate("the first term wins", (0.98, 0.03), xycoords="axes fraction", ha="right",
                  fontsize=9)
    left.set_xlabel("First term in terms of the second, (e/2 gᵀHg) / gᵀg")
    left.set_ylabel("Change of the cost / (e gᵀg)")
    left.legend(loc="upper left")
    right.fill_between((min(TRIALS), SHORT), 0.05, color="#d9e8f5", zorder=0)
    right.annotate("within 5 % up to a tenth", (0.0105, 0.06), fontsize=9)
    right.set_xlabel("Size of the step, in terms of 2 / largest curvature")
    right.set_ylabel("Relative distance, the largest of all steps\n"
                     "(regression: float32's rounding)")
    for panel in (left, right):
        panel.grid(True)
    return figure


if __name__ == "__main__":
    run_script(__file__)
