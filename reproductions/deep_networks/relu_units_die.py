"""A ReLU that gets only inputs below zero is dead, and stays dead.

Claim    A ReLU must not get inputs below 0, or it dies.
Source   https://www.heiqu.com/wppjwj.html, the section on ReLU (in words, no program).
Reading  Literally the claim is false: half of a ReLU's inputs are below 0. So it is judged twice,
         as written, and read as "only inputs below 0".
Setup    20 inputs, 100 ReLUs, one linear output; mean squared error on 1000 samples of the sine of
         a direction, all of them in every step; SGD at 0.01 and at 0.07, from five starts each, and
         at 0.3. A unit is dead if no sample sends anything above zero into it.
Theory   Where a ReLU's input is below 0 its slope is 0. A unit whose input is below 0 for every
         sample has the gradient 0 in all its weights, so gradient descent never moves it again. One
         whose input is below 0 for some samples learns from the others.
Differs  The source trains no such network: sizes, task and rates are ours. There is one hidden
         layer, whose inputs stay the same: deeper units may be revived by the layers below them.
"""
import numpy as np

from lib.claims import exactly, near, source_says, suite_finds
from lib.command import run_script
from lib.data import SineBatches
from lib.measure.dead_units import INPUTS, KILLING_RATE, SAMPLES
from lib.show.plotting import new_figure
from reproductions.deep_networks.parts import killed_units, units_at_the_start
from reproductions.deep_networks.parts.killed_units import (FINE, STARTS, from_all_starts,
                                                            label_of)
from reproductions.deep_networks.parts.units_at_the_start import DEEP

NUMBER = 19
EPOCHS = 20                 # ours: of ten steps
# Between releases and processors: about three times what a last bit of every weight makes of it
TOLERANCE = {DEEP: 1e-4}
TOLERANCE.update({label_of(KILLING_RATE, start): 2e-4 for start in range(STARTS)})
TOLERANCE.update({f"in the end, {label_of(KILLING_RATE, start)}": 0.1 for start in range(STARTS)})


def run(seed=0, epochs=EPOCHS):
    """Units at the start, by bias and by depth, and in training: {label: History}."""
    batches = SineBatches(seed, SAMPLES, INPUTS, fresh=False)
    histories = units_at_the_start.run(seed, batches)
    histories.update(killed_units.run(seed, epochs, batches))
    return histories


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
    after_training = from_all_starts(histories, FINE, "in the end, ")
    trainings = from_all_starts(histories, FINE) + from_all_starts(histories, KILLING_RATE)
    rows = dict(
        a_unit_that_gets_an_input_below_zero_dies=source_says(
            "relu_no_negative_inputs",
            "Read literally: inputs below 0 kill a ReLU (share of the units with such inputs that "
            "learn nothing, networks trained at 0.01)", share_killed(after_training), exactly(1),
            "the sentence without \"only\"",
            fails_because="Half of a ReLU's inputs are below 0, at the start and after training, "
                          "and it learns from the other half; only getting nothing else kills it"),
        a_unit_that_gets_no_other_inputs_is_dead=source_says(
            "relu_no_negative_inputs",
            "Read as \"only inputs below 0\": a ReLU that gets no other inputs learns nothing, and "
            "any other ReLU learns (units whose gradient contradicts this)",
            contradictions(histories), exactly(0),
            "the slope of ReLU; units at the start, by bias, and after small and large steps"),
        half_of_all_inputs_are_below_zero=suite_finds(
            "Half of the inputs are below 0 where the network learns (share, rate of 0.01)",
            np.mean([history.below for history in after_training]), near(0.5, within=0.1),
            "inputs and weights are as often positive as negative"),
        a_dead_unit_stays_dead=suite_finds(
            "A dead unit stays dead under gradient descent (units revived, rates of 0.01 and 0.07)",
            sum(sum(history.revived) for history in trainings), exactly(0), "its gradient is 0"),
    )
    return dict(rows, **killed_units.judge(histories), **units_at_the_start.judge(histories))


def draw(histories):
    figure, ((bias, dead), (depth, loss)) = new_figure(2, 2, size=(10.8, 7))
    units_at_the_start.draw(bias, depth, histories)
    killed_units.draw(dead, loss, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
