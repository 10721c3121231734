"""When the second-order term of a step wins, the cost rises.

Claim    To second order a step of rate e along -g changes the cost by e²/2 gᵀHg - e gᵀg. When the
         first term wins the cost rises.
Source   https://datascience.stackexchange.com/questions/15962, an answer, after I. Goodfellow,
         Y. Bengio and A. Courville, "Deep Learning" (2016), section 8.2.1.
Setup    Plain gradient descent on all samples, 50 steps at 0.4 times 2/largest curvature of the
         start. Before each step the framework gives both terms. The change of the cost is measured
         for the step, and for seven trial steps of 0.01 to 3 times 2/largest curvature at that
         place, which are undone. Three networks; the first also trains at 1.1 times 2/largest
         curvature:
         - the regression of this source (__init__.py), H = 2 E[x xᵀ];
         - two linear layers of one weight each, v u x, that learn y = x from (u, v) = (0.5, 0.2):
           cost m (u v - 1)² with m = E[x²], H = 2 m [[v², 2 u v - 1], [2 u v - 1, u²]];
         - a tanh layer of 4 units and a linear one on two inputs, 17 weights, whose H has no short
           form; they learn sin(2 x1) x2.
Theory   Where the cost is quadratic the two terms are exact. Elsewhere they leave out a third
         order, which shrinks as e³: they predict short steps well, while long ones may go the other
         way.
Differs  The source has no program: networks, data and rates are ours.
"""
import numpy as np

from lib.claims import below, exactly, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import FixedBatches
from lib.measure.curvature import LossSurface
from lib.measure.descents import mean_squared_error, watched_descent
from lib.models import linear_unit, two_linear_layers
from lib.show.plotting import new_figure
from lib.training import train_each
from reproductions.learning_rate.parts import regression, trial_steps

NUMBER = 11
TOLERANCE = 1e-3            # between releases: too fast a descent multiplies every last bit
EPOCHS = 50                 # ours: steps, each an epoch of one batch
REGRESSION, LINEAR, TANH = "regression", "two linear layers", "tanh network"
TOO_FAST = "regression, too fast"
# ours: the rate of each training, relative to 2/largest curvature at its start
RATES = {REGRESSION: 0.4, TOO_FAST: 1.1, LINEAR: 0.4, TANH: 0.4}
TRIALS = (0.01, 0.03, 0.1, 0.3, 0.9, 1.5, 3.0)      # ours: relative to it where each step begins


def networks(seed):
    """{label: (the network at its start, its data)}."""
    random_state = np.random.RandomState(seed)
    x = random_state.randn(200, 2)
    kernels = random_state.randn(2, 4) / np.sqrt(2), random_state.randn(4, 1) / 2
    samples = regression.SAMPLES
    return {
        REGRESSION: (linear_unit(regression.START), regression.data(seed, samples)),
        TOO_FAST: (linear_unit(regression.START), regression.data(seed, samples)),
        LINEAR: (two_linear_layers(0.5, 0.2), FixedBatches(
            x[:, :1], x[:, :1], data="y = x", seed=seed)),
        TANH: (tanh_network(*kernels), FixedBatches(
            x, np.sin(2 * x[:, :1]) * x[:, 1:], data="y = sin(2 x1) x2", seed=seed))}


def tanh_network(first, second):
    """Its kernels are given; its biases start at 0."""
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(4, activation="tanh"),
                              keras.layers.Dense(1)])
    model.set_weights([first, np.zeros(4), second, np.zeros(1)])
    return model


def run(seed=0, epochs=EPOCHS):
    """Each network in training, with what every step would do: {label: History}."""
    prepared = networks(seed)

    def train(label):
        model, batches = prepared[label]
        surface = LossSurface(model, mean_squared_error, batches.x, batches.y)
        rate = RATES[label] * 2 / surface.largest_curvature()
        return watched_descent(model, batches, rate, epochs, TRIALS)

    return train_each({label: label for label in RATES}, train)


def judge(histories):
    trained = [histories[label] for label in (REGRESSION, LINEAR, TANH)]
    curvature = histories[LINEAR].largest_curvature
    steps = trial_steps.steps_of(histories[TOO_FAST])
    rises, first_wins = steps.change[:, 0] > 0, steps.balance[:, 0] > 1     # of the steps taken
    return dict(
        the_change_is_the_sum_of_the_terms=source_says(
            "second_order_expansion",
            "A step adds e²/2 gᵀHg - e gᵀg to the cost (all trainings, steps of at most a tenth of "
            "2/largest curvature; largest relative distance)",
            trial_steps.largest_error_of_short_steps(histories), near(0, within=0.05),
            "second order; 5 %: ours"),
        the_cost_rises_where_the_first_term_wins=source_says(
            "first_term_wins",
            "When the first term wins the cost rises (regression at 1.1 times 2/largest curvature; "
            "share of the steps taken in which both happen)",
            np.mean(rises & first_wins), exactly(1)),
        **trial_steps.judge(histories, (REGRESSION, TOO_FAST), LINEAR),
        the_curvature_does_not_stay=suite_finds(
            "The largest curvature grows along the way (two linear layers; in the end relative to "
            "the start)", curvature[-1] / curvature[0], near(2.11, within=0.05),
            "from 1.904 m at (0.5, 0.2) to 2 m (u² + v²) = 4.022 m: u v = 1, and gradient descent "
            "in small steps keeps u² - v²"),
        all_this_is_so_along_real_training=suite_finds(
            "All three networks learn meanwhile (cost in the end relative to the start, at 0.4 "
            "times 2/largest curvature; the largest of the three)",
            largest(history.loss[-1] / history.loss[0] for history in trained), below(0.8), "ours"))


def draw(histories):
    figure, (left, right) = new_figure(1, 2, size=(11.6, 4.8))
    trial_steps.draw_one_step(left, histories[TOO_FAST], longest=1.5)
    trial_steps.draw_errors(right, histories, TRIALS, LINEAR)
    return figure


def draw_more(histories):
    """{"every_step": all steps, taken and tried, of all trainings}."""
    figure, panel = new_figure(size=(7.2, 4.8))
    trial_steps.draw_changes(panel, histories, LINEAR)
    return {"every_step": figure}


if __name__ == "__main__":
    run_script(__file__)
