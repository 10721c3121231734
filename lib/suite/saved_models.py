"""Models that each release saved when its record was made, loaded by the release that is installed.

A file may load and score as it did and still train otherwise, for want of what its optimizer
remembered. So each is scored and trained for a step, by the release that saved it and by this one.
"""
import json
import math
import os
import re
import zipfile

import numpy as np

from lib.compat import compile_model, forget_models, keras, outputs_of, saving
from lib.compat import load as load_package
from lib.suite import records, releases

INPUTS, HIDDEN, OUTPUTS, SAMPLES = 4, 5, 3, 8
NEGATIVE_SLOPE = 0.2        # "alpha" in Keras 2; no release has it by default
STEPS, LEARNING_RATE = 5, 0.01
LAST_BITS = 1e-6            # of numbers near 1: float32 sums in another order
LONGEST = 160               # characters of an error
LAYERS = {"InputLayer", "Dense", "LeakyReLU"}   # those of the models that are saved
LARGEST_CONFIG = 10 ** 6    # bytes; ours have some thousand
COLUMNS = {"environment": "whole", "file": "left", "loads": "left", "outputs": "left",
           "the optimizer's memory": "left", "weights after a step": "left"}


def save(folder, name):
    """Train a small model with Adam and save it in each format that this release writes.

    The files are ``name`` with the endings of the formats. Returns {format: numbers}, plain data
    for the record: ``outputs`` and ``loss`` on a fixed batch, ``moments``, the sum of the sizes of
    what the optimizer remembers, and ``after``, the weights after one more step. Where the release
    fails to save, {format: {"error": a line}}.
    """
    os.makedirs(folder, exist_ok=True)
    found = {}
    for ending in saving.formats():
        try:    # a model for each: Keras 3 saves another optimizer once it has written HDF5
            found[ending] = _save_one(os.path.join(folder, name + ending))
        except Exception as error:      # whatever a release may raise is a finding
            found[ending] = {"error": why(error)}
    return found


def _save_one(path):
    forget_models()
    random_state = np.random.RandomState(0)     # the same on every release
    model = saving.leaky_network(INPUTS, HIDDEN, OUTPUTS, NEGATIVE_SLOPE)
    model.set_weights([random_state.randn(*weights.shape) for weights in model.get_weights()])
    compile_model(model, keras.optimizers.Adam(learning_rate=LEARNING_RATE), "mean_squared_error")
    x, y = batch()
    for _ in range(STEPS):
        model.train_on_batch(x, y)
    saving.save(model, path)
    return _numbers_of(model)


def batch():
    """The fixed batch: x (SAMPLES, INPUTS) and y (SAMPLES, OUTPUTS), float32."""
    random_state = np.random.RandomState(1)
    return [random_state.randn(SAMPLES, size).astype("float32") for size in (INPUTS, OUTPUTS)]


def _numbers_of(model, after=True):
    """What ``save`` returns of a model as it is; it is trained for a step. after: whether to."""
    x, y = batch()
    outputs = outputs_of(model, x)
    numbers = {"outputs": _flat([outputs]), "loss": float(np.mean(np.square(outputs - y))),
               "moments": float(sum(np.sum(np.abs(one)) for one in saving.moments_of(model)))}
    if after:
        model.train_on_batch(x, y)
        numbers["after"] = _flat(model.get_weights())
    return numbers


def _flat(arrays):
    return [float(number) for array in arrays for number in np.ravel(array)]


def load(path, saved):
    """How the model in a file fares here, compared with the numbers that ``save`` returned for it.

    Returns {"error": a line} if it does not load, or else ``outputs`` and ``loss``, the largest
    differences; ``remembers``, whether the optimizer's memory came along; and ``after``, the
    largest difference of a weight after one step, or ``step_error``, why none can be taken.
    """
    forget_models()
    try:
        _refuse_code(path)
        model = saving.load_model(path)
        here = _numbers_of(model, after=False)
    except Exception as error:
        return {"error": why(error)}
    found = {"outputs": _difference(here["outputs"], saved["outputs"]),
             "loss": abs(here["loss"] - saved["loss"]),
             "remembers": abs(here["moments"] - saved["moments"]) <= LAST_BITS * saved["moments"]}
    try:
        found["after"] = _difference(_numbers_of(model)["after"], saved["after"])
    except Exception as error:
        found["step_error"] = why(error)
    return found


def _refuse_code(path):
    """Raise ValueError unless a file is of a model that has no layers but LAYERS.

    A Lambda is code in a file: Keras' safe mode refuses it, but Keras 2 has none, and before 3.11
    Keras 3 does not apply it to HDF5.
    """
    configs = []
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("config.json").file_size > LARGEST_CONFIG:
                raise ValueError("its configuration is too large")
            configs.append(json.loads(archive.read("config.json").decode("utf-8")))
    if load_package("h5py").is_hdf5(path):
        with load_package("h5py").File(path, "r") as file:
            configs += [json.loads(file.attrs[name]) for name in ("model_config", "training_config")
                        if name in file.attrs]
    if not configs:
        raise ValueError("neither a Keras archive nor an HDF5 file of a whole model")
    for config in configs:
        inside = config.get("config", {})
        layers = inside.get("layers", ()) if isinstance(inside, dict) else inside
        foreign = {layer["class_name"] for layer in layers} - LAYERS | {
            name for name in _classes_in(config) if "lambda" in name.lower()}
        if foreign:
            raise ValueError(f"a layer {min(foreign)}, which may run code and is not loaded")


def _classes_in(config):
    """The name of each class in a configuration, however deep."""
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            yield config["class_name"]
        config = config.values()
    if not isinstance(config, (str, int, float, type(None))):
        for part in config:
            yield from _classes_in(part)


def why(error):
    """An error in a line. Keras puts the cause last and whole configurations in between."""
    text = str(error).strip()
    cause = text.rpartition("Exception encountered: ")[2] if text else type(error).__name__
    first = re.split(r"\n|: <\w*Variable |(?<=\.) +(?:Full object config|Make sure)", cause)[0]
    return f"{type(error).__name__}: {first if len(first) <= LONGEST else first[:LONGEST] + ' …'}"


def _difference(one, other):
    """The largest difference of two lists; infinity if one is longer."""
    return float(np.max(np.abs(np.subtract(one, other)))) if len(one) == len(other) else math.inf


def load_all(folder):
    """{(environment, format): what ``load`` gives} for each model in a folder of records.

    A release that failed to save has an ``error``, and so has a file that is missing. Raises
    BadFile if a record is none.
    """
    found = {}
    for name, path in releases.record_paths(folder).items():
        for ending, saved in sorted(records.read(path).models.items()):
            file = os.path.join(folder, name + ending)
            if "error" in saved:
                found[name, ending] = {"error": f"not saved there: {saved['error']}"}
            elif not os.path.exists(file):
                found[name, ending] = {"error": "there is no such file"}
            else:
                found[name, ending] = load(file, saved)
    return found


def is_as_it_was(found):
    """Whether a model loads, scores as it did, and trains on as it did. found: of ``load``."""
    return "error" not in found and found["outputs"] <= LAST_BITS and (
        found.get("after", math.inf) <= LAST_BITS)


def rows(all_found):
    """A row of texts for each model, under COLUMNS. all_found: of ``load_all``."""
    return [_row(releases.words(name), ending, found)
            for (name, ending), found in all_found.items()]


def _row(environment, ending, found):
    if "error" in found:
        return environment, ending, f"no: {found['error']}", "", "", ""
    return (environment, ending, "yes", _in_words(found["outputs"]),
            "came along" if found["remembers"] else "LOST",
            f"no step: {found['step_error']}" if "step_error" in found
            else _in_words(found["after"]))


def _in_words(difference):
    if difference == 0:
        return "the same"
    return (f"the same but for last bits ({difference:.0e})" if difference <= LAST_BITS
            else f"DIFFER by {difference:.2g}")
