"""Claim 8: the loss of a ReLU with a bias, over its weight w and its bias b."""
import numpy as np

from lib import theory
from lib.claims import History, below, near, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.measure.landscapes import changes_of_slope

AXIS = np.linspace(-3, 3, 41)   # ours: the grid, for w and for b
SAMPLE = 10000                  # ours: its losses are exact within 3 %


def run(seed):
    """The loss at each point of the grid, one list a bias: {"surface": History}."""
    losses = measure_losses(*map(np.ravel, np.meshgrid(AXIS, AXIS)), sample=SAMPLE, seed=seed)
    return {"surface": History({"sample": SAMPLE, "seed": seed}, axis=AXIS.tolist(),
                               loss=losses.reshape(len(AXIS), -1).tolist())}


def measure_losses(w, b, sample, seed):
    """The mean squared error of each unit (w, b) on one sample, through one Keras layer."""
    x, y = (values[:, None] for values in next(iter(ReLUBatches(seed, sample))))
    model = keras.Sequential([keras.layers.Input((1,)),
                              keras.layers.Dense(len(w), activation="relu")])
    model.set_weights([w[None].astype("float32"), b.astype("float32")])
    errors = model.predict(x, batch_size=1000, verbose=0) - y
    return np.mean(np.square(errors, dtype="float64"), axis=0)


def changes_of_slope_by_distance(surface):
    """By how much the slope changes at each point, and that point's distance from (0, 0)."""
    w, b = np.meshgrid(surface.axis, surface.axis)
    return changes_of_slope(np.array(surface.loss), surface.axis), np.hypot(w, b)[:, 1:-1]


def judge(histories):
    surface = histories["surface"]
    change, distance = changes_of_slope_by_distance(surface)
    closed_form = theory.relu_loss_with_bias(*np.meshgrid(surface.axis, surface.axis))
    error = np.abs(np.array(surface.loss) - closed_form) / np.maximum(1, closed_form)
    return dict(
        the_kink_is_at_the_origin=suite_finds(
            "At (0, 0) the loss has the kink of claim 1 (change of slope)",
            change[distance < 1e-9][0], near(0.85, within=0.1),
            "the jump of 1, less the grid's 0.15 · L'' = 0.15"),
        the_surface_is_the_closed_form=suite_finds(
            "The loss over (w, b) is a closed form in the normal's density and tail (largest "
            "deviation)",
            np.max(error), below(0.1),
            "closed form; at the worst point a sample of 10,000 has a deviation of 0.029"),
    )


def draw(panel, histories):
    """Contours of the loss that Keras measured, with its minimum."""
    surface = histories["surface"]
    levels = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 2, 4, 8]
    drawn = panel.contour(surface.axis, surface.axis, surface.loss, levels, colors="#888888",
                          linewidths=0.8)
    panel.clabel(drawn, fontsize="x-small")
    panel.plot(1, 0, "*", color="black", markersize=13, zorder=6)
    panel.set(xlabel="Weight w", ylabel="Bias b", aspect="equal")
