"""The results of the original programs on TensorFlow 1.12.3, and how far ours are from them."""
import functools
import math
import os
import re
from dataclasses import dataclass
from typing import Dict, List, Optional

import numpy as np

from lib import PROJECT
from lib.claims import History, largest
from lib.data import ReLUBatches
from lib.files import BadFile, read_json
from lib.shapes import decoded
from lib.theory import unit_gradient, unit_loss

FOLDER = os.path.join(PROJECT, "figures", "originals")
SINGLE_RELU = os.path.join(FOLDER, "single_relu_seed0.json")
MNIST_CASES = {     # by how the program draws its batches
    "next_batch": "mnist_next_batch_tf1.12.3_seed42", "shuffle_batch": "mnist_tf1.12.3_seed42"}
# SGD and momentum are exact in the originals. Adam is compared with ``adam_in_numpy``, in float64,
# while each of 2,000 float32 steps rounds w, by up to 5e-7 at -10. The bound is measured, not
# derived: deviations reach 1.8e-5 on TensorFlow 2.21 and 1e-5 more on other releases and backends.
TOLERANCE = {"SGD": 1e-5, "Adam": 5e-5}
# How far last bits grow in 44,000 steps of float32: ten of 5,000 images, one of a batch of 50
MNIST_TOLERANCES = {"val_loss": 2e-3, "val_accuracy": 2e-3, "batch_accuracy": 0.02 + 1e-9}
NUMBER = r"\d+(?:\.\d+)?"
# The rates of optimizers that the original names by a string: the defaults of its Keras
DEFAULT_RATE = {"SGD": 0.01, "Adam": 0.001}


@dataclass
class _SingleReLU:
    """A run of source 1's program: w0 is w(0), batch the size of one."""
    activation: str
    w0: float
    optimizer: str
    epochs: int
    steps_per_epoch: int
    batch: int
    seed: int
    loss: List[float]
    weight: List[float]


@dataclass
class _SingleReLUs:
    tensorflow: str
    numpy: str
    cases: Dict[str, _SingleReLU]


@dataclass
class _OnMNIST:
    tensorflow: str
    numpy: str
    seed: int
    batch_accuracy: List[float]
    val_accuracy: List[float]
    val_loss: List[float]
    seconds: Optional[List[float]] = None
    batches: Optional[str] = None


@functools.lru_cache(maxsize=None)
def original_histories():
    """{case: History} of 45 runs of source 1 and two on MNIST, with our names for the settings.

    Raises BadFile.
    """
    cases = decoded(_SingleReLUs, read_json(SINGLE_RELU), SINGLE_RELU).cases
    histories = {}
    for name, case in cases.items():
        place = f"{SINGLE_RELU}: cases: {name}"
        if not re.fullmatch(r"[\w.-]+", name):
            raise BadFile(f"{place}: not a name that a figure's file may have")
        _check_lengths([case.loss, case.weight], case.epochs, place)
        histories[name] = History(_settings(case, place), loss=case.loss, weight=case.weight)
    for order, case in MNIST_CASES.items():
        histories[case] = _mnist_history(order, case)
    return histories


def _mnist_history(order, case):
    path = os.path.join(FOLDER, case + ".json")
    run = decoded(_OnMNIST, read_json(path), path)
    _check_lengths([run.val_loss, run.val_accuracy, run.batch_accuracy], len(run.val_loss), path)
    # the nearest doubles, to compare with ours: the original's are float32
    series = {"val_accuracy": run.val_accuracy, "val_loss": run.val_loss,
              "batch_accuracy": [round(value, 6) for value in run.batch_accuracy]}
    return History({"data": "MNIST", "mode": "pinned", "order": order, "seed": run.seed,
                    "batch_size": 50, "negative_slope": 0.01, "optimizer": "SGD",
                    "learning_rate": 0.01,
                    "epochs": len(run.val_loss)}, **series)


def _check_lengths(series, epochs, place):
    if not epochs or any(len(one) != epochs for one in series):
        raise BadFile(f"{place}: the series are not all as long as the training")


def reference_of(original):
    """What our History of a case is compared with: the original, or ``adam_in_numpy`` for Adam.

    Adam's step counter had a race in TensorFlow 1.12: five runs of the original program on the same
    batches gave five results, for some seeds 4e-2 apart while w crosses zero.
    """
    return adam_in_numpy(original) if _by_adam(original) else original


def _by_adam(original):
    return original.settings["optimizer"] == "Adam"


def adam_in_numpy(original):
    """The original's case trained in float64 by its optimizer's formula: a History.

    Adam (Kingma and Ba 2015, the efficient form at the end of section 2); for AMSGrad, with the
    largest second moment so far, uncorrected, as Keras has it.
    """
    run = original.settings
    w, m, v, largest_v = run["start"], 0.0, 0.0, 0.0
    beta_1, beta_2, losses = run["beta_1"], run["beta_2"], []
    moments = ReLUBatches(run["seed"], run["batch_size"]).moments(
        run["epochs"] * run["steps_per_epoch"])[:, :, 0]
    weights = []
    for step, of_batch in enumerate(moments, 1):
        losses.append(float(unit_loss(w, run["negative_slope"], of_batch)))
        gradient = float(unit_gradient(w, run["negative_slope"], of_batch))
        m += (1 - beta_1) * (gradient - m)
        v += (1 - beta_2) * (gradient ** 2 - v)
        largest_v = max(largest_v, v)
        rate = run["learning_rate"] * math.sqrt(1 - beta_2 ** step) / (1 - beta_1 ** step)
        w -= rate * m / (math.sqrt(largest_v if run["amsgrad"] else v) + run["epsilon"])
        weights.append(w)
    by_epoch = np.reshape(losses, (run["epochs"], run["steps_per_epoch"]))
    return History(run, loss=by_epoch.mean(axis=1).tolist(),
                   weight=weights[run["steps_per_epoch"] - 1::run["steps_per_epoch"]])


def tolerances_of(original):
    """{series: the largest deviation from ``reference_of`` that still counts as equal}."""
    if original.settings.get("data") == "MNIST":
        return MNIST_TOLERANCES
    return dict.fromkeys(original.series, TOLERANCE[original.settings["optimizer"]])


class Comparison:
    """How far our History of a case is from its reference.

    original, history: both as long as the original; reference: its ``reference_of``; deviations:
    {series: deviation} from that; tolerances: {series: the largest deviation that still counts as
    equal}; shown: {series: deviation} from the original if that is shown but not judged, else None.
    """

    def __init__(self, original, history):
        self.original, self.history = original, as_long_as(original, history)
        self.reference = reference_of(original)
        self.deviations = deviations(self.reference, history)
        self.tolerances = tolerances_of(original)
        self.shown = deviations(original, history) if _by_adam(original) else None

    @property
    def within(self):
        return all(deviation <= self.tolerances[name]
                   for name, deviation in self.deviations.items())


def _settings(case, place):
    """Our settings of a _SingleReLU; BadFile, which names its place, if they cannot be told."""
    # such as "momentum0.9_lr0.01" and "leaky0.3"
    optimizer = re.fullmatch(rf"(sgd|adam|amsgrad|momentum({NUMBER}))(?:_lr({NUMBER}))?",
                             case.optimizer)
    unit = re.fullmatch(rf"relu|leaky({NUMBER})", case.activation)
    if not (optimizer and unit):
        raise BadFile(f"{place}: an activation or an optimizer that the program does not have")
    kind, momentum, rate = optimizer.groups()
    name = "Adam" if kind in ("adam", "amsgrad") else "SGD"
    settings = {
        "activation": "LeakyReLU" if unit.group(1) else "ReLU",
        "negative_slope": float(unit.group(1) or 0),
        "start": case.w0,
        "optimizer": name,
        "learning_rate": float(rate) if rate else DEFAULT_RATE[name],
        "batch_size": case.batch, "steps_per_epoch": case.steps_per_epoch,
        "seed": case.seed, "epochs": case.epochs, "loss": "mean_squared_error",
    }
    if name == "Adam":
        settings.update(amsgrad=kind == "amsgrad", beta_1=0.9, beta_2=0.999, epsilon=1e-7)
    else:
        settings.update(momentum=float(momentum or 0), nesterov=False)
    return settings


def matches(original, history):
    """Whether ``history`` has the set-up of ``original`` and at least as many epochs."""
    ours = history.settings
    return (all(ours.get(name) == value for name, value in original.settings.items()
                if name != "epochs")
            and ours.get("epochs", 0) >= original.settings["epochs"])


def original_of(history):
    """The original program's History with the same set-up, or None."""
    for original in original_histories().values():
        if matches(original, history):
            return original
    return None


def originals_of(histories):
    """The original program's Histories for those of ``histories`` that it also ran."""
    return [original for original in map(original_of, histories) if original]


def deviations(original, history):
    """{series: deviation} for every series of the original; infinite if ours lacks the series."""
    return {name: deviation(values, history.series.get(name, ()))
            for name, values in original.series.items()}


def deviation(original, ours):
    """The largest |ours - original| / max(1, |original|) over the epochs of ``original``.

    Infinite if ours has fewer epochs.
    """
    if len(ours) < len(original):
        return math.inf
    return largest(map(abs, differences(original, ours)))


def differences(original, ours):
    """(ours - original) / max(1, |original|) of each epoch that both have."""
    return [(mine - theirs) / max(1.0, abs(theirs)) for mine, theirs in zip(ours, original)]


def as_long_as(original, history):
    """``history`` cut to as many epochs as ``original`` has."""
    epochs = original.settings["epochs"]
    return History(dict(history.settings, epochs=epochs),
                   **{name: values[:epochs] for name, values in history.series.items()})
