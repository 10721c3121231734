"""What the original programs gave on TensorFlow 1.12.3, and how far ours is from it."""
import functools
import json
import math
import os
import re
from collections import OrderedDict

import numpy as np

from lib import PROJECT
from lib.claims import History, largest
from lib.data import ReLUBatches
from lib.theory import unit_gradient, unit_loss

FOLDER = os.path.join(PROJECT, "figures", "originals")
SINGLE_RELU = os.path.join(FOLDER, "single_relu_seed0.json")
MNIST_CASES = OrderedDict((     # by how the program drew its batches
    ("next_batch", "mnist_next_batch_tf1.12.3_seed42"), ("shuffle_batch", "mnist_tf1.12.3_seed42")))
# SGD and momentum are exact in the originals. Adam is held against ``adam_in_numpy``, in float64;
# 2,000 steps in float32 each round w, at -10 by up to 5e-7. The bound is measured, not derived: up
# to 1.8e-5 on TensorFlow 2.21, and 1e-5 more between releases and backends.
TOLERANCE = {"SGD": 1e-5, "Adam": 5e-5}
# 44,000 steps of float32 carry last bits this far: ten of 5,000 images, one of a batch of 50
MNIST_TOLERANCES = {"val_loss": 2e-3, "val_accuracy": 2e-3, "batch_accuracy": 0.02 + 1e-9}
# What the original's strings stand for, by the defaults of its Keras
DEFAULT_RATE = {"SGD": 0.01, "Adam": 0.001}
ACTIVATION_TITLE = {"ReLU": "ReLU learning ReLU", "LeakyReLU": "LeakyReLU learning ReLU"}


@functools.lru_cache(maxsize=None)
def original_histories():
    """{case: History} of the 45 runs of source 1 and the two on MNIST, with our settings' names."""
    with open(SINGLE_RELU, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    histories = OrderedDict(
        (name, History(_settings(case), loss=case["loss"], weight=case["weight"]))
        for name, case in cases.items())
    for order, case in MNIST_CASES.items():
        histories[case] = _mnist_history(order, case)
    return histories


def _mnist_history(order, case):
    with open(os.path.join(FOLDER, case + ".json"), encoding="utf-8") as file:
        run = json.load(file)
    series = {name: run[name] for name in ("val_accuracy", "val_loss")}
    # in double precision, as ours: the original's are float32
    series["batch_accuracy"] = [round(value, 6) for value in run["batch_accuracy"]]
    return History({"data": "MNIST", "mode": "pinned", "order": order, "seed": run["seed"],
                    "batch_size": 50, "negative_slope": 0.01, "optimizer": "SGD",
                    "learning_rate": 0.01,
                    "epochs": len(run["val_loss"])}, **series)


def reference_of(original):
    """What our History of a case is held against: the original, or for Adam ``adam_in_numpy``.

    Adam's step counter raced in TensorFlow 1.12, so that five runs of the original program on one
    set of batches gave five results, with some seeds 4e-2 apart while w crosses zero.
    """
    return adam_in_numpy(original) if _by_adam(original) else original


def _by_adam(original):
    return original.settings["optimizer"] == "Adam"


def adam_in_numpy(original):
    """The History of the original's case that its optimizer's formula gives, in float64.

    Adam (Kingma and Ba 2015, the efficient form at the end of section 2), for AMSGrad with the
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
    """{series: the largest deviation from the case's ``reference_of`` that is none}."""
    if original.settings.get("data") == "MNIST":
        return MNIST_TOLERANCES
    return dict.fromkeys(original.series, TOLERANCE[original.settings["optimizer"]])


class Comparison:
    """How far our History of a case is from what it is held against.

    deviations: {series: deviation} from its ``reference_of``; tolerances: {series: the largest that
    is none}; shown: {series: deviation} from the original where that is shown but not judged, or
    None.
    """

    def __init__(self, original, history):
        self.deviations = deviations(reference_of(original), history)
        self.tolerances = tolerances_of(original)
        self.shown = deviations(original, history) if _by_adam(original) else None

    @property
    def within(self):
        return all(deviation <= self.tolerances[name]
                   for name, deviation in self.deviations.items())


def _settings(case):
    kind, _, rate = case["optimizer"].partition("_lr")
    optimizer = "Adam" if kind in ("adam", "amsgrad") else "SGD"
    slope = re.fullmatch(r"leaky(.+)", case["activation"])
    settings = {
        "activation": "LeakyReLU" if slope else "ReLU",
        "negative_slope": float(slope.group(1)) if slope else 0.0,
        "start": float(case["w0"]),
        "optimizer": optimizer,
        "learning_rate": float(rate) if rate else DEFAULT_RATE[optimizer],
        "batch_size": case["batch"], "steps_per_epoch": case["steps_per_epoch"],
        "seed": case["seed"], "epochs": case["epochs"], "loss": "mean_squared_error",
    }
    if optimizer == "Adam":
        settings.update(amsgrad=kind == "amsgrad", beta_1=0.9, beta_2=0.999, epsilon=1e-7)
    else:
        settings.update(momentum=float(kind[len("momentum"):]) if kind != "sgd" else 0.0,
                        nesterov=False)
    return settings


def matches(original, history):
    """Whether ``history`` had the set-up of ``original``, and at least as many epochs."""
    ours = history.settings
    return (all(ours.get(name) == value for name, value in original.settings.items()
                if name != "epochs")
            and ours["epochs"] >= original.settings["epochs"])


def original_of(history):
    """The original program's History of the same set-up, or None."""
    for original in original_histories().values():
        if matches(original, history):
            return original
    return None


def originals_of(histories):
    """The original program's Histories of those of ``histories`` that it ran."""
    return [original for original in map(original_of, histories) if original]


def deviations(original, history):
    """{series: deviation} of every series that the original recorded; infinite if we did not."""
    return OrderedDict((name, deviation(values, history.series.get(name, ())))
                       for name, values in original.series.items())


def deviation(original, ours):
    """The largest |ours - original| / max(1, |original|) over the epochs of ``original``.

    Infinite if ours has fewer epochs.
    """
    if len(ours) < len(original):
        return math.inf
    return largest(abs(mine - theirs) / max(1.0, abs(theirs))
                   for mine, theirs in zip(ours, original))


def as_long_as(original, history):
    """``history`` cut to the epochs of ``original``."""
    epochs = original.settings["epochs"]
    return History(dict(history.settings, epochs=epochs),
                   **{name: values[:epochs] for name, values in history.series.items()})
