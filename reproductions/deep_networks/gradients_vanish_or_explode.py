"""In a deep network gradients vanish or explode, and it fails to train either way.

Claim    A deep network passes its error back layer by layer. A factor below 1 per layer makes the
         gradient tend to 0, and the lower layers stop changing; a factor above 1 makes it huge, and
         a network that is corrected with it oscillates and cannot converge.
Source   https://www.heiqu.com/wppjwj.html, the section on gradients (in words, no program).
Setup    Chains of 20 Dense layers of 256 units: the gradient that reaches each layer, for sigmoid,
         for tanh, and for tanh and linear layers with weights that are too large. Then such
         networks in training, 10 layers of 50 units: SGD at 0.01 on the sine of a direction, 200
         fresh batches of 500. All weights of a network are one vector, and so is each step; a step
         reverses if it makes an angle of more than 90 degrees with the step before.
Theory   With weights of variance g/fan-in a layer multiplies the mean square of the gradient by
         g E[f'(z)²]: at most 1/16 for a sigmoid with Xavier weights (g = 1), g for a linear layer.
         If steps go straight on, none reverses; if their directions are unrelated, half of them do;
         if they go to and fro, all do.
Differs  The source trains no such network: widths, depths, task and rate are ours. The tanh network
         with Xavier weights is the control: the same task and rate, a factor near 1. At 0.1 even
         the control's steps reverse; with batches of 100 some do at 0.01. The two networks that are
         compared start from three draws of their weights each. One exploding network goes on to 600
         steps, because its loss still falls at 200.
"""
import math

import numpy as np

from lib.claims import above, below, largest, smallest, source_says
from lib.command import run_script
from lib.show.plotting import new_figure
from reproductions.deep_networks.parts import gradients_in_depth, networks_in_training
from reproductions.deep_networks.parts.four_networks import (CONTROL, EXPLODING, NETWORKS,
                                                             UNBOUNDED, VANISHING)
from reproductions.deep_networks.parts.gradients_in_depth import first_to_last
from reproductions.deep_networks.parts.networks_in_training import (BY_HEART, final_loss,
                                                                    from_all_starts, label_of,
                                                                    share_of_reversals)

NUMBER = 15
OVER_SEEDS = 8              # ours: a run takes more than ten seconds
EPOCHS = 200                # ours: an epoch is a step
# Ours: one start of each network. The control has learned by then; the exploding ones need longer
ON_EVERY_RELEASE = {"epochs": 100, "starts": 1, "longer": 2, "by_heart": 2, "draws": 1}
SEEDS_FORM = {}
# Between processors: a last bit moves gradients of the exploding network by up to 0.43, and its
# trainings have nothing left of their course
TOLERANCE = {f"depth: {EXPLODING}": 1.5}
TOLERANCE.update(dict.fromkeys((label_of(name, start) for name in (EXPLODING, BY_HEART)
                                for start in range(NETWORKS[EXPLODING].starts)), math.inf))


def run(seed=0, epochs=EPOCHS, starts=networks_in_training.MOST_STARTS,
        longer=networks_in_training.LONGER, by_heart=1, draws=gradients_in_depth.DRAWS):
    """Gradients in depth, and trainings, of each network: {label: History}.

    starts: at most so many of each network; longer, by_heart: how many times as many steps one
    exploding network takes on fresh batches, and each on the same batch; draws: of the kernels in
    depth.
    """
    histories = gradients_in_depth.run(seed, draws)
    histories.update(networks_in_training.run(seed, epochs, starts, longer, by_heart))
    return histories


def judge(histories):
    vanishing, control, exploding = (from_all_starts(histories, name)
                                     for name in (VANISHING, CONTROL, EXPLODING))
    rows = dict(
        the_gradient_tends_to_zero=source_says(
            "small_factor_vanishes",
            "With a factor below 1 the gradient tends to 0 (sigmoid; its size at the first of 20 "
            "layers relative to the last)",
            first_to_last(histories, VANISHING), below(1e-6), "\"tends to 0\": ours"),
        the_lower_layers_stop_changing=source_says(
            "small_factor_stops_layers",
            "With a factor below 1 the lower layers stop changing (largest change of the lowest "
            "three kernels, relative to the control's)",
            largest(np.divide(vanishing[0].change, control[0].change)[:3]), below(1e-3),
            "\"stop\": ours, a thousandth"),
        the_gradient_becomes_huge=source_says(
            "large_factor_explodes",
            "With a factor above 1 the gradient becomes huge (tanh and linear, the smaller; its "
            "size at the first of 20 layers relative to the last)",
            smallest(first_to_last(histories, name) for name in (EXPLODING, UNBOUNDED)),
            above(1e5), "\"huge\": ours"),
        the_network_oscillates=source_says(
            "large_factor_oscillates",
            "With a factor above 1 the network oscillates (share of steps that reverse, mean over "
            "the starts)",
            np.mean([share_of_reversals(history) for history in exploding]), above(1 / 3),
            "\"oscillates\": ours; 0 if all steps go straight on, 1 if they go to and fro"),
        it_does_not_converge=source_says(
            "large_factor_does_not_converge",
            "With a factor above 1 the network cannot converge (final loss relative to the best "
            "constant's, smallest of the starts)",
            smallest(map(final_loss, exploding)), above(0.9), "1: as good as learning nothing"),
    )
    return dict(rows, **networks_in_training.judge(histories),
                **gradients_in_depth.judge(histories))


def draw(histories):
    figure, (left, middle, right) = new_figure(1, 3, size=(13.4, 4.8))
    gradients_in_depth.draw(left, histories)
    networks_in_training.draw(middle, right, histories)
    return figure


if __name__ == "__main__":
    run_script(__file__)
