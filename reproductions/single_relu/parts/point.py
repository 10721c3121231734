"""Claim 8: the question's animation of a point that moves on L(w), the loss without a bias."""
import numpy as np

from lib import theory
from lib.claims import History
from lib.compat import keras
from lib.data import ReLUBatches
from lib.measure.sweeps import train_units
from lib.show.plotting import FAILS, HOLDS, Animation, fast_first, label, name_curve, new_figure

STARTS = (-2.0, 3.0)                    # ours: one on either side of 0
STEPS_PER_EPOCH, EPOCHS = 10, 60        # ours: how often the weight is kept, and for how long


def run(seed, learning_rate):
    """The weight of a unit without a bias from either start: {"point from -2": History, …}."""
    sweep = train_units(ReLUBatches(seed), STARTS, learning_rate,
                        lambda rate: keras.optimizers.SGD(rate), EPOCHS, STEPS_PER_EPOCH)
    return {f"point from {start:g}": History(
        dict(sweep.settings, start=start, learning_rate=learning_rate),
        weight=sweep.weights[:, index].tolist()) for index, start in enumerate(STARTS)}


def animate(histories):
    figure, panel = new_figure(size=(4.8, 3.6))
    grid = np.linspace(-2.3, 3.3, 200)
    panel.plot(grid, theory.unit_loss(grid), color="#777777")
    paths = [[start] + histories[f"point from {start:g}"].weight for start in STARTS]
    dots = [panel.plot([], [], marker, color=colour, markersize=10)[0]
            for colour, marker in ((FAILS, "s"), (HOLDS, "o"))]
    name_curve(panel, 0, 0.5, "gets stuck at 0", FAILS, ha="right", xytext=(-12, -8))
    name_curve(panel, 1, 0, "learns 1", HOLDS, ha="center", xytext=(0, 16))
    label(panel, x="Weight", y="Loss")

    def show(epoch):
        panel.set_title(f"step {epoch * STEPS_PER_EPOCH}", loc="left", family="monospace")
        for path, dot in zip(paths, dots):
            dot.set_data(path[epoch:epoch + 1], theory.unit_loss(path[epoch:epoch + 1]))

    return Animation(figure, show, fast_first(len(paths[0])))
