"""Claim 7: an animation of a point that jumps over the flat side of L(w), beside one that does not.
"""
import numpy as np

from lib import theory
from lib.show.plotting import (FAILS, GREY, HOLDS, SHADE, Animation, label, name_curve,
                               new_figure, way_to)

START = -3.0                    # ours: so near that the flat side is wide in the picture
STEPS, FRAMES_A_STEP = 7, 4     # ours


def animate(jumps, sticks):
    """The expected steps at the rates of two histories, as records have no single steps."""
    figure, panel = new_figure(size=(5.2, 3.6))
    weights = np.linspace(-3.3, 2.6, 200)
    panel.axvspan(-1, 0, color=SHADE, zorder=0)
    panel.plot(weights, theory.unit_loss(weights), color=GREY, linewidth=1)
    name_curve(panel, -0.5, 0.05, "flat side", GREY, ha="center", xytext=(0, 0))
    moving = []
    for history, colour, marker, words, place in (
            (sticks, FAILS, "s", "gets stuck at w = 0", (-3.1, 1)),
            (jumps, HOLDS, "o", "jumps over, to w = 1", (-1, 3.5))):
        rate = history.settings["learning_rate"]
        _, weights = theory.expected_training(START, rate, STEPS, steps_per_epoch=1)
        path = np.array([START] + weights)
        line, = panel.plot([], [], color=colour, linewidth=1, marker=marker, markersize=9)
        name_curve(panel, *place, f"Rate {rate:g}\n{words}", colour, fontsize="medium")
        moving.append((np.stack([path, theory.unit_loss(path)], axis=-1), line))
    label(panel, "Weight w", "Loss")
    panel.set_title("steps of the expected gradient, in closed form", loc="right",
                    fontsize="small", color=GREY)

    def show(moment):
        panel.set_title(f"step {int(moment)}", loc="left", family="monospace")
        for path, line in moving:
            way = way_to(moment, path)
            line.set(data=way, markevery=[way.shape[1] - 1])

    moments = np.arange(STEPS * FRAMES_A_STEP + 1) / FRAMES_A_STEP
    return Animation(figure, show, [*moments, *[STEPS] * 12])
