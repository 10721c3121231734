"""A ReLU that gets only inputs below zero is dead, and stays dead.

Claim    A ReLU must not get inputs below 0, or it dies.
Source   https://www.heiqu.com/wppjwj.html, the section on ReLU (in words, no program).
Setup    20 inputs, 100 ReLUs, one linear output; mean squared error on 1000 samples of the sine of
         a direction, all of them in every step; SGD at 0.01, at 0.07, from five starts each, and at
         0.3. A unit is dead if no sample sends anything above zero into it.
Theory   Where a ReLU's input is below 0 its slope is 0. A unit that is there for every sample has
         the gradient 0 in all its weights, so gradient descent never moves it again. One that is
         there for some learns from the others.
Differs  The source trains no such network: sizes, task and rates are ours. One hidden layer, whose
         inputs stay: a deeper unit may be revived by the layers below it. Read literally the claim
         is false, so that it is judged read as "only inputs below 0", too.
"""
from collections import OrderedDict

import numpy as np

from lib.claims import (History, above, exactly, largest, near, not_finite, source_says,
                        suite_finds)
from lib.command import run_script
from lib.compat import keras
from lib.data import SineBatches
from lib.dead_units import (INPUTS, KILLING_RATE, SAMPLES, UNITS, inputs_and_gradients,
                            one_hidden_layer, train_and_watch)
from lib.plotting import line_style, new_figure
from lib.progress import track
from lib.signals import signals_in_depth

NUMBER = 19
EPOCHS = 20                 # ours
STEPS_PER_EPOCH = 10        # ours
FINE, DIVERGES = 0.01, 0.3  # ours: rates at which none dies, and at which the loss diverges
STARTS = 5                  # ours: how many units a large step kills changes from start to start
BIASES = (0.0, -1.0, -2.0, -3.0, -4.0, -6.0)    # ours: the farther below 0, the fewer inputs reach
DEPTH, DRAWS = "at the start, 20 layers", 4     # ours


def run(seed=0, epochs=EPOCHS):
    """Units at the start, by bias and by depth, and while they are trained: {label: History}."""
    batches = SineBatches(seed, SAMPLES, INPUTS, fresh=False)

    def units(model, **settings):
        return History(dict(batches.settings(), units=UNITS, **settings),
                       **inputs_and_gradients(model, batches))

    histories = OrderedDict()
    for bias in BIASES:
        histories["at the start, bias {:g}".format(bias)] = units(
            one_hidden_layer(keras.layers.ReLU(), [seed, 0], bias), bias=bias)
    histories[DEPTH] = signals_in_depth(
        keras.initializers.HeNormal(seed=keras.random.SeedGenerator(seed)), keras.layers.ReLU, seed,
        draws=DRAWS)
    trainings = [(rate, start) for rate in (FINE, KILLING_RATE) for start in range(STARTS)]
    for rate, start in track(trainings + [(DIVERGES, 0)], "trainings"):
        model = one_hidden_layer(keras.layers.ReLU(), [seed, start])
        histories[label_of(rate, start)] = train_and_watch(model, batches, rate, epochs,
                                                           STEPS_PER_EPOCH)
        if rate != DIVERGES:
            histories["in the end, " + label_of(rate, start)] = units(model, learning_rate=rate)
    return histories


def label_of(rate, start):
    return "rate {:g}, start {}".format(rate, start)


def trained(histories, rate, prefix=""):
    """The histories of all starts at that rate."""
    return [histories[prefix + label_of(rate, start)] for start in range(STARTS)]


def mean_of(histories, series, epoch):
    return float(np.mean([getattr(history, series)[epoch] for history in histories]))


def contradictions(histories):
    """Units that get only inputs below zero and learn, or that get others and do not."""
    watched = [history for history in histories.values() if "highest" in history.series]
    return sum((highest <= 0) != (gradient == 0) for history in watched
               for highest, gradient in zip(history.highest, history.gradient))


def share_killed(histories):
    """Of the units that get any input below zero, the share that learn nothing."""
    gradients = [gradient for history in histories
                 for below, gradient in zip(history.below, history.gradient) if below > 0]
    return np.mean(np.equal(gradients, 0)) if gradients else np.nan


def judge(histories):
    fine, killing = trained(histories, FINE), trained(histories, KILLING_RATE)
    learned = trained(histories, FINE, "in the end, ")
    low = histories["at the start, bias -6"]
    return OrderedDict(
        a_unit_that_gets_an_input_below_zero_dies=source_says(
            "relu_no_negative_inputs",
            "Read literally: inputs below 0 kill (share, of units that get some, that learn "
            "nothing; networks trained at 0.01)", share_killed(learned), exactly(1),
            "the sentence without \"only\"",
            fails_because="Half of the inputs of a ReLU are below 0, at the start and after "
                          "training, and it learns from the other half; one dies of getting "
                          "nothing else"),
        a_unit_that_gets_no_other_inputs_is_dead=source_says(
            "relu_no_negative_inputs",
            "Read as \"only\": a unit learns nothing if it gets only inputs below 0, and only then "
            "(units for which its gradient says otherwise)", contradictions(histories), exactly(0),
            "the slope of ReLU; at the start, by bias, and after small and large steps"),
        half_of_all_inputs_are_below_zero=suite_finds(
            "Half of the inputs are below 0 where the network learns (share, rate 0.01)",
            np.mean([history.below for history in learned]), near(0.5, within=0.1),
            "inputs and weights have no sign"),
        a_dead_unit_stays_dead=suite_finds(
            "A dead unit stays dead under gradient descent (units revived, rates 0.01 and 0.07)",
            sum(sum(history.revived) for history in fine + killing), exactly(0),
            "its gradient is 0"),
        too_large_a_step_kills=suite_finds(
            "Too large a step kills units (share dead after 200 steps at 0.07, mean over starts)",
            mean_of(killing, "dead", -1), above(0.25), "ours: a quarter of them"),
        they_die_at_once=suite_finds(
            "… at once: of these the share that is dead after the first ten steps",
            mean_of(killing, "dead", 0) / max(mean_of(killing, "dead", -1), 1 / UNITS), above(0.5),
            "ours: half of them"),
        a_small_step_kills_none=suite_finds(
            "At a rate of 0.01 none dies (share, largest of epochs and starts)",
            largest(largest(history.dead) for history in fine), exactly(0), "ours"),
        the_dead_are_missed=suite_finds(
            "What is left learns worse: loss at 0.07 relative to that at 0.01, means over starts",
            mean_of(killing, "loss", -1) / mean_of(fine, "loss", -1), above(1.2), "ours"),
        a_still_larger_step_diverges=suite_finds(
            "At 0.3 the loss diverges before anything can be said to live or die",
            histories[label_of(DIVERGES, 0)].loss[-1], not_finite(), "ours"),
        a_low_bias_kills_at_the_start=suite_finds(
            "At the start most units of bias -6 are dead (share)",
            np.mean(np.array(low.highest) <= 0), above(0.5),
            "their inputs have the deviation sqrt(2): 1000 samples seldom reach 6"),
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
    epochs = len(histories[label_of(FINE, 0)].loss)
    for start in range(STARTS):
        history, style = histories[label_of(KILLING_RATE, start)], line_style(start + 1)
        dead.plot(range(1, epochs + 1), 100 * np.array(history.dead), **dict(style, markevery=3))
        loss.semilogy(range(1, epochs + 1), history.loss, label=label_of(KILLING_RATE, start),
                      **dict(style, markevery=3))
    history = histories[label_of(FINE, 0)]
    dead.plot(range(1, epochs + 1), 100 * np.array(history.dead), **line_style(0))
    loss.semilogy(range(1, epochs + 1), history.loss, label=label_of(FINE, 0), **line_style(0))
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
