"""Claims 5 and 6: each activation with each optimizer, from one start.

The far and the near start share the trainings, one row of the verdict, and the figure's columns.
Claim 1 uses the activations.
"""
from lib import theory
from lib.claims import largest, near, suite_finds
from lib.compat import keras
from lib.data import ReLUBatches
from lib.models import single_unit
from lib.originals import originals_of
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


def draw_column(histories, activation, aside, prefix="", labels=OPTIMIZERS):
    """One column for ``lib.show.plotting.learning_columns``: the runs of an activation.

    aside: labels of the optimizers in the background; prefix: of the runs' own labels.
    """
    chosen = {label: histories[f"{prefix}{activation}, {label}"] for label in labels}
    foreground = [history for label, history in chosen.items() if label not in aside]
    return dict(histories=chosen, order=OPTIMIZERS, aside=aside, floor=1e-4,
                notes=[(0, "stuck"), (OPTIMA[activation], "learned")],
                originals=originals_of(foreground), theories=theory.closed_forms_of(foreground))
