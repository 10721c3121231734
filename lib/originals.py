"""What the original programs gave on TensorFlow 1.12.3, and how far ours is from it."""
import functools
import json
import math
import os
import re
from collections import OrderedDict

from lib import PROJECT
from lib.claims import History, largest

FOLDER = os.path.join(PROJECT, "figures", "originals")
SINGLE_RELU = os.path.join(FOLDER, "single_relu_seed0.json")
MNIST_CASE = "mnist_tf1.12.3_seed42"
# SGD and momentum are exact there; Adam's step counter raced in TensorFlow 1.12, so that five runs
# of the original program on one set of batches gave five results, up to 1e-2 apart around w = 0.
TOLERANCE = {"SGD": 1e-5, "Adam": 1e-2}
# 44,000 steps of float32 carry last bits this far: ten of 5,000 images, one of a batch of 50
MNIST_TOLERANCES = {"val_loss": 2e-3, "val_accuracy": 2e-3, "batch_accuracy": 0.02 + 1e-9}
# What the original's strings stand for, by the defaults of its Keras
DEFAULT_RATE = {"SGD": 0.01, "Adam": 0.001}
ACTIVATION_TITLE = {"ReLU": "ReLU learning ReLU", "LeakyReLU": "LeakyReLU learning ReLU"}


@functools.lru_cache(maxsize=None)
def original_histories():
    """{case: History} of the 45 runs of source 1 and the one on MNIST, with our settings' names."""
    with open(SINGLE_RELU, encoding="utf-8") as file:
        cases = json.load(file)["cases"]
    histories = OrderedDict(
        (name, History(_settings(case), loss=case["loss"], weight=case["weight"]))
        for name, case in cases.items())
    histories[MNIST_CASE] = _mnist_history()
    return histories


def _mnist_history():
    with open(os.path.join(FOLDER, MNIST_CASE + ".json"), encoding="utf-8") as file:
        run = json.load(file)
    series = {name: run[name] for name in ("val_accuracy", "val_loss")}
    # in double precision, as ours: the original's are float32
    series["batch_accuracy"] = [round(value, 6) for value in run["batch_accuracy"]]
    return History({"data": "MNIST", "mode": "pinned", "seed": run["seed"], "batch_size": 50,
                    "negative_slope": 0.01, "optimizer": "SGD", "learning_rate": 0.01,
                    "epochs": len(run["val_loss"])}, **series)


def tolerances_of(original):
    """{series: the largest deviation from this original that is none}."""
    if original.settings.get("data") == "MNIST":
        return MNIST_TOLERANCES
    return dict.fromkeys(original.series, TOLERANCE[original.settings["optimizer"]])


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
    """{series: deviation} of every series that the original recorded."""
    return OrderedDict((name, deviation(values, history.series[name]))
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
