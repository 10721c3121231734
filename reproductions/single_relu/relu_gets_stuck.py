"""A ReLU started at a negative weight gets stuck at w = 0.

Claim    From w(0) < 0 every trajectory stalls at w = 0, and slows down as it gets nearer; from
         w(0) > 0 it converges to 1 quickly. So a random weight fails half of the time.
Source   https://stats.stackexchange.com/questions/379884: the question's program and figures, and
         the accepted answer.
Setup    One ReLU unit without a bias; a fresh batch of 1000 x ~ N(0, 1) every step, target
         max(x, 0); mean squared error; 'sgd'; 100 steps an epoch, 20 epochs; w(0) = -10.
Theory   For w < 0 the expected step takes w to (1 - rate) w: it decays geometrically towards 0 and
         never crosses it. A random weight is below 0 with probability 1/2, if its distribution is
         symmetric.
Differs  fit replaces fit_generator; RandomState(seed) replaces the global state and draws the same
         numbers; one call runs all steps of an epoch, which changes no number; SGD(0.01) is what
         'sgd' stands for. Starts other than -10 are ours, for "every" and for the other half of the
         claim. The question does not say how its weight is random: we draw 2,000 weights as Keras'
         Dense(1) does by default. They train as units of one model, which batches enter through
         their two moments (see lib.measure.sweeps).
"""
import numpy as np

from lib import theory
from lib.claims import below, exactly, first_epoch, largest, near, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.show.plotting import (COURSE, FAILS, GREY, HOLDS, course, label, line_style, name_curve,
                               new_figure)
from lib.training import train, train_each
from reproductions.single_relu.parts import random_starts

NUMBER = 2
EPOCHS = 20                 # the source
STEPS_PER_EPOCH = 100       # the source
LEARNING_RATE = 0.01        # Keras' default for 'sgd', then and now
STARTS = {
    "w(0) = -10": -10.0,    # the source
    "w(0) = -1": -1.0,      # ours, like the three below
    "w(0) = -0.1": -0.1,
    "w(0) = 0.1": 0.1,
    "w(0) = 10": 10.0,
}
SOLVED = "w(0) = 1, Adam"   # ours: started at the solution
STUCK, LEARNS = list(STARTS)[:3], list(STARTS)[3:]


def run(seed=0, epochs=EPOCHS):
    """Train one unit from each start, and one from each random start: {label: History}."""
    def train_from(start, optimizer=lambda: keras.optimizers.SGD(learning_rate=LEARNING_RATE)):
        return train(single_unit(keras.layers.ReLU(), start), ReLUBatches(seed), optimizer(),
                     "mean_squared_error", epochs, STEPS_PER_EPOCH)

    histories = train_each(STARTS, train_from, "starts")
    histories[SOLVED] = train_from(1.0, keras.optimizers.Adam)
    histories.update(random_starts.run(seed, epochs, STEPS_PER_EPOCH, LEARNING_RATE))
    return histories


def epochs_that_speed_up(history):
    """How many epochs moved the weight farther than the one before did; NaN counts as farther."""
    moved = np.abs(np.diff([history.settings["start"]] + history.weight))
    return int(np.sum(~(moved[1:] <= moved[:-1])))


def judge(histories):
    stuck = [histories[label] for label in STUCK]
    source = histories["w(0) = -10"]
    return dict(
        every_negative_start_stalls_at_zero=source_says(
            "all_stall",
            "From w(0) < 0 every trajectory stalls at w = 0 (largest final distance of three)",
            largest(abs(history.weight[-1]) for history in stuck), near(0, within=1e-6),
            "the source; the closed form gives -10 · 0.99^2000 = -1.9e-8"),
        no_negative_start_crosses_zero=source_says(
            "backwards_is_stuck",
            "From w(0) < 0 the weight never goes through zero to the region of lower loss (highest "
            "weight)",
            largest(largest(history.weight) for history in stuck), below(0)),
        the_nearer_to_zero_the_slower=source_says(
            "nearer_is_slower",
            "From w(0) < 0 the weight slows down as it nears 0 (epochs in which it moved farther "
            "than in the one before)",
            sum(epochs_that_speed_up(history) for history in stuck), exactly(0)),
        the_loss_stays_at_one_half=source_says(
            "may_end_suboptimal",
            "From w(0) < 0 it ends where the loss is not least (last epoch's loss, from -10)",
            source.loss[-1], near(0.5, within=0.02), "L(0) = 1/2; at w = 1 the loss is 0"),
        positive_starts_converge_to_one=source_says(
            "right_sign_learns",
            f"From w(0) > 0 the weight converges to 1 (larger final distance of {len(LEARNS)})",
            largest(abs(histories[label].weight[-1] - 1) for label in LEARNS), below(1e-4)),
        positive_starts_converge_quickly=source_says(
            "right_sign_learns",
            "From w(0) > 0 the weight converges quickly (epochs until it is within 0.1 of 1, from "
            "0.1)",
            first_epoch(abs(w - 1) < 0.1 for w in histories["w(0) = 0.1"].weight), below(5),
            "\"quickly\": ours, a quarter of the epochs; log(9)/(rate · steps) = 2.2 of them"),
        **random_starts.judge(histories),
        the_solution_stays_solved=suite_finds(
            "Started at the solution, the unit stays there, even under Adam (largest loss)",
            largest(histories[SOLVED].loss), exactly(0), "no error, no gradient, no step"),
        it_shrinks_by_a_constant_factor=suite_finds(
            "From -10 the weight shrinks by (1 - rate)^steps = 0.366 an epoch (largest difference "
            "of an epoch's factor)",
            largest(abs(after / before - (1 - LEARNING_RATE) ** STEPS_PER_EPOCH)
                    for before, after in zip(source.weight, source.weight[1:])),
            near(0, within=0.02), "closed form, give or take batch noise"),
    )


def draw(histories):
    """The weight and the loss from each start, and what becomes of random starts."""
    figure, (weight, loss, at_random) = new_figure(1, 3, size=(13, 4.8), width_ratios=(1.7, 1, 1))
    for index, name in enumerate(STARTS):
        history, colour = histories[name], FAILS if name in STUCK else HOLDS
        for panel, series in ((weight, "weight"), (loss, "loss")):
            course(panel, series, history, theory.closed_forms_of([history]),
                   originals_of([history]), **dict(line_style(index), color=colour, linestyle="-"))
        if abs(STARTS[name]) > 2:   # that far out is off the panel
            name_curve(weight, 2, history.weight[:2][-1], name, colour, xytext=(8, 0))
        else:
            name_curve(weight, 0, STARTS[name], name, colour, ha="right",
                       xytext=(-8, 4 if STARTS[name] > 0 else -4))
    epochs = len(history.weight)
    label(weight, "Epoch", "Weight w", "From below 0 it gets stuck at 0, from above it learns 1")
    weight.set(xlim=(-5.8, epochs + 0.5), ylim=(-2.4, 2.4), xticks=range(0, epochs + 1, 5))
    name_curve(weight, epochs, 0, "stuck at 0", FAILS, ha="right", xytext=(0, -13), weight="bold")
    name_curve(weight, epochs, 1, "learned: 1", HOLDS, ha="right", xytext=(0, 12), weight="bold")
    name_curve(weight, epochs, -1.8, COURSE, GREY, ha="right")
    label(loss, "Epoch", "Loss", "Stuck, it keeps a loss of 1/2")
    loss.set_yscale("log")
    loss.set_ylim(bottom=1e-13)
    name_curve(loss, epochs, 0.5, "stuck", FAILS, ha="right", xytext=(0, -13), weight="bold")
    name_curve(loss, epochs, 1e-10, "float32\nrounds here", GREY, ha="right", xytext=(0, 4))
    random_starts.draw(at_random, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
