"""A ReLU that gets only inputs below zero is dead, and stays dead.

Claim    The inputs of a ReLU must not all be below 0, or the unit is dead: it passes nothing on and
         learns nothing any more. Too large a step can bring a unit there.
Source   https://www.heiqu.com/wppjwj.html, the section on ReLU (in words, no program).
Setup    20 inputs, 100 ReLUs, one linear output; mean squared error on 1000 samples of the sine of
         a direction, all of them in every step; SGD at rates from 0.01 to 0.3. A unit is dead if no
         sample sends anything above zero into it. Which of the large rates kills most is chance.
Theory   Where a ReLU's input is below 0 its slope is 0. A unit that is there for every sample has
         the gradient 0 in all its weights, so gradient descent never moves it again.
Differs  The source trains no such network: sizes, task and rates are ours. One hidden layer, whose
         inputs stay: a deeper unit may be revived by the layers below it.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import History, above, exactly, largest, not_finite, source_says, suite_finds
from lib.command import run_script
from lib.compat import keras
from lib.data import SineBatches
from lib.dead_units import (INPUTS, LARGE_RATES, SAMPLES, UNITS, inputs_and_gradients,
                            one_hidden_layer, train_and_watch)
from lib.plotting import line_style, new_figure
from lib.progress import track
from lib.signals import signals_in_depth

NUMBER = 19
EPOCHS = 20                 # ours
STEPS_PER_EPOCH = 10        # ours
RATES = OrderedDict((       # ours: from one that is fine to one that diverges
    ("rate {:g}".format(rate), rate) for rate in (0.01,) + LARGE_RATES + (0.3,)))
FINE, DIVERGES = "rate 0.01", "rate 0.3"
BIASES = (0.0, -1.0, -2.0, -3.0, -4.0, -6.0)    # ours: the farther below 0, the fewer inputs reach
DEPTH, IN_THE_END = "at the start, 20 layers", "in the end, at the deadliest rate"


def run(seed=0, epochs=EPOCHS):
    """Units at the start, by bias and by depth, and while they are trained: {label: History}."""
    batches = SineBatches(seed, SAMPLES, INPUTS, fresh=False)

    def units(model, **settings):
        highest, gradient = inputs_and_gradients(model, batches)
        return History(dict(batches.settings(), units=UNITS, **settings), highest=highest,
                       gradient=gradient)

    histories = OrderedDict()
    for bias in BIASES:
        histories["at the start, bias {:g}".format(bias)] = units(
            one_hidden_layer(keras.layers.ReLU(), seed, bias), bias=bias)
    histories[DEPTH] = signals_in_depth(
        keras.initializers.HeNormal(seed=keras.random.SeedGenerator(seed)), keras.layers.ReLU, seed)
    models = {label: one_hidden_layer(keras.layers.ReLU(), seed) for label in RATES}
    for label in track(RATES, "rates"):
        histories[label] = train_and_watch(models[label], batches, RATES[label], epochs,
                                           STEPS_PER_EPOCH)
    worst = deadliest(histories)
    histories[IN_THE_END] = units(models[worst], learning_rate=RATES[worst])
    return histories


def deadliest(histories):
    """The label of the rate that kills most units; one at which the loss diverges kills none."""
    return max(RATES, key=lambda label: np.nan_to_num(histories[label].dead[-1]))


def contradictions(histories):
    """Units that get only inputs below zero and learn, or that get others and do not."""
    watched = [history for history in histories.values() if "highest" in history.series]
    return sum((highest <= 0) != (gradient == 0) for history in watched
               for highest, gradient in zip(history.highest, history.gradient))


def dead_at_the_start(histories, bias):
    """The share of units without an input above zero."""
    return float(np.mean(np.array(histories["at the start, bias {:g}".format(bias)].highest) <= 0))


def judge(histories):
    worst = histories[deadliest(histories)]
    return OrderedDict(
        units_with_only_negative_inputs_learn_nothing=source_says(
            "A unit is dead if it gets only inputs below 0, and only then (units for which its "
            "gradient says otherwise)", contradictions(histories), exactly(0),
            "the slope of ReLU; at the start, by bias, and after large steps"),
        too_large_a_step_kills=source_says(
            "Too large a step kills units (share dead after 200 steps, at the deadliest rate)",
            worst.dead[-1], above(0.5), "ours: half of them"),
        a_dead_unit_stays_dead=source_says(
            "A dead unit stays dead under gradient descent (units revived, all rates but 0.3)",
            sum(sum(histories[label].revived) for label in RATES
                if np.isfinite(histories[label].loss[-1])), exactly(0), "its gradient is 0"),
        a_small_step_kills_none=suite_finds(
            "At a rate of 0.01 none dies (share)", largest(histories[FINE].dead), exactly(0),
            "ours"),
        they_die_at_once=suite_finds(
            "They die at once: share dead after the first ten steps", worst.dead[0], above(0.5),
            "ours: half of them"),
        the_dead_are_missed=suite_finds(
            "What is left learns worse: loss in terms of that at 0.01",
            worst.loss[-1] / histories[FINE].loss[-1], above(1.5),
            "ours; at other rates the last few units may learn on"),
        a_still_larger_step_diverges=suite_finds(
            "At 0.3 the loss diverges before anything can be said to live or die",
            histories[DIVERGES].loss[-1], not_finite(), "ours"),
        a_low_bias_kills_at_the_start=suite_finds(
            "At the start nearly all units of bias -6 are dead (share)",
            dead_at_the_start(histories, -6), above(0.9),
            "their inputs have the deviation sqrt(2): 1000 samples seldom reach 6"),
        none_is_dead_at_the_start_without_a_bias=suite_finds(
            "… and of bias 0 none", dead_at_the_start(histories, 0), exactly(0),
            "half of 1000 samples are above 0"),
        depth_kills_at_the_start=suite_finds(
            "In depth units are born dead, for the batch: share in layer 20 of a He network",
            histories[DEPTH].dead[-1], above(0.1),
            "deep in a ReLU network all samples look alike; Lu et al. 2019"),
        but_not_near_the_input=suite_finds(
            "… and none in its first layer", histories[DEPTH].dead[0], exactly(0),
            "half of 100 samples are above 0"),
    )


def draw(histories):
    figure, axes = new_figure(2, 2, size=(10.8, 7))
    (dead, loss), (bias, depth) = axes
    epochs = len(histories[FINE].loss)
    for index, label in enumerate(RATES):
        history, style = histories[label], dict(line_style(index), markevery=3)
        if not np.isfinite(history.loss[-1]):
            loss.semilogy([], label=label + ": NaN", **style)
            continue
        dead.plot(range(1, epochs + 1), 100 * np.array(history.dead), label=label, **style)
        loss.semilogy(range(1, epochs + 1), history.loss, label=label, **style)
    dead.set_title("Too large a step kills, and the dead stay dead")
    dead.set_ylabel("Dead units in %")
    loss.set_title("What is left may learn worse")
    loss.set_ylabel("Loss")
    for panel in (dead, loss):
        panel.set_xlabel("Epoch of {} steps".format(STEPS_PER_EPOCH))
        panel.set_xticks(range(0, epochs + 1, 5))
    bias.set_title("Units at the start: dead if no input is above 0")
    for index, value in enumerate(BIASES):
        history = histories["at the start, bias {:g}".format(value)]
        bias.plot(history.highest, history.gradient, label="bias {:g}".format(value), **dict(
            line_style(index), linestyle="none"))
    bias.axvline(0, color="black", linewidth=1)
    bias.set_yscale("symlog", linthresh=1e-4, linscale=0.4)
    bias.set_ylim(-2e-5, None)
    bias.set_xlabel("Highest input of the unit over the samples")
    bias.set_ylabel("Largest derivative by its weights")
    depth.set_title("Born dead in depth: a He network of 20 layers")
    shares = 100 * np.array(histories[DEPTH].dead)
    depth.plot(np.arange(1, len(shares) + 1), shares, **line_style(0))
    depth.set_xlabel("Layer")
    depth.set_xticks(range(0, len(shares) + 1, 5))
    depth.set_ylabel("Dead units in %")
    for panel in axes.flat:
        panel.grid(True)
    for panel in (loss, bias):  # the rates of one are those of the other
        panel.legend()
    return figure


if __name__ == "__main__":
    run_script(__file__)
