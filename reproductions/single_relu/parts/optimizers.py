"""Claims 5 and 6: each activation with each optimizer, from one start.

The far and the near start share the trainings, one row of the verdict, and how a panel is drawn.
Claim 1 uses the activations.
"""
import numpy as np

from lib import theory
from lib.claims import largest, near, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
from lib.show.plotting import FAILS, GREY, HOLDS, course, label, line_style
from lib.training import train, train_each

NEGATIVE_SLOPE = 0.3    # the source
ACTIVATIONS = {         # the source
    "ReLU": lambda: keras.layers.ReLU(),
    "LeakyReLU(0.3)": lambda: keras.layers.LeakyReLU(negative_slope=NEGATIVE_SLOPE),
}
# Where the loss of each is least, in closed form
OPTIMA = {"ReLU": 1.0, "LeakyReLU(0.3)": theory.right_minimum(NEGATIVE_SLOPE)[0]}
# The source's optimizers at its rates and at Keras' defaults, and a weaker momentum of ours.
# "momentum 0.9, 0.01": SGD with momentum 0.9 and learning rate 0.01.
OPTIMIZERS = {
    "SGD 0.01": lambda: keras.optimizers.SGD(0.01),
    "momentum 0.5, 0.01": lambda: keras.optimizers.SGD(0.01, momentum=0.5),
    "momentum 0.9, 0.001": lambda: keras.optimizers.SGD(0.001, momentum=0.9),
    "momentum 0.9, 0.01": lambda: keras.optimizers.SGD(0.01, momentum=0.9),
    "Adam 0.001": lambda: keras.optimizers.Adam(0.001),
    "Adam 0.01": lambda: keras.optimizers.Adam(0.01),
    "AMSGrad 0.001": lambda: keras.optimizers.Adam(0.001, amsgrad=True),
    "AMSGrad 0.01": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
}


def run(start, seed, epochs, steps_per_epoch, longer=()):
    """Train each activation with each optimizer: {"ReLU, SGD 0.01": History, …}.

    longer: pairs of an optimizer's label and a number of epochs, for more runs on a ReLU:
    {"run on: ReLU, Adam 0.01": History, …}.
    """
    def train_one(setting):
        activation, optimizer, epochs = setting
        return train(single_unit(ACTIVATIONS[activation](), start), ReLUBatches(seed),
                     OPTIMIZERS[optimizer](), "mean_squared_error", epochs, steps_per_epoch)

    settings = {f"{activation}, {optimizer}": (activation, optimizer, epochs)
                for activation in ACTIVATIONS for optimizer in OPTIMIZERS}
    settings.update({f"run on: ReLU, {optimizer}": ("ReLU", optimizer, more_epochs)
                     for optimizer, more_epochs in longer})
    return train_each(settings, train_one, "optimizers")


def final_weights(histories):
    """{label: weight after the last epoch} of the single runs."""
    return {label: history.weight[-1] for label, history in histories.items()
            if "weight" in history.series}


def judge(histories):
    runs = [histories[f"ReLU, {label}"] for label in ("momentum 0.9, 0.001", "momentum 0.5, 0.01")]
    return dict(
        weak_momentum_is_stuck=suite_finds(
            "Momentum below (1 - sqrt(rate))² gets stuck at 0 (larger final |w|/|w(0)| of 0.9 at "
            "rate 0.001 and 0.5 at 0.01)",
            largest(abs(run.weight[-1] / run.settings["start"]) for run in runs),
            near(0, within=1e-7), "overdamped: 0.9 < 0.938 and 0.5 < 0.81"),
    )


def draw(panel, series, histories, activation, aside, prefix="", labels=OPTIMIZERS):
    """The weight or the loss of each optimizer: blue if it escapes, red if it does not.

    aside: labels of the optimizers in the background; prefix: of the runs' own labels.
    """
    for index, optimizer in enumerate(OPTIMIZERS):
        if optimizer in labels:
            history = histories[f"{prefix}{activation}, {optimizer}"]
            if optimizer in aside:
                course(panel, series, history, color=GREY, linewidth=0.9, zorder=1.9)
            else:
                course(panel, series, history, theory.closed_forms_of([history]),
                       originals_of([history]), **dict(
                           line_style(index), color=HOLDS if history.weight[-1] > 0 else FAILS))
    label(panel, "Epoch", "Weight w" if series == "weight" else "Loss")
    epochs = len(history.weight)
    panel.set(xlim=(-0.02 * epochs, 1.02 * epochs), xticks=np.linspace(0, epochs, 5))
    if series == "loss":
        panel.set_yscale("log")
        panel.set_ylim(bottom=1e-4)
