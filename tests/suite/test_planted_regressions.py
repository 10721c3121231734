"""Regressions planted in a copy of the installed Keras: one command finds and names each.

Each is a change of a line or two that a person could make by mistake. The copy stands before the
installed package on the path; a fresh process records its probes and, where one uses what was
changed, a claim; ``drift`` holds them against those of the installed Keras.
"""
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from concurrent import futures

import pytest

from lib import PROJECT
from lib.command import main
from lib.suite import releases

pytestmark = pytest.mark.slow
PATIENCE = 600      # seconds that a record may take
CLAIM = 5           # it uses SGD, momentum, Adam and a mean

# file: below keras/src; before, after: of the change; probes: some that must be named; claim: one
# that must be blamed on Keras and on these probes, or None
Regression = namedtuple("Regression", "file before after probes claim")
REGRESSIONS = {
    "Adam's epsilon": Regression(
        "optimizers/adam.py", "epsilon=1e-7,", "epsilon=1e-8,", {"Adam"}, CLAIM),
    "momentum applied after the gradient": Regression(
        "optimizers/sgd.py",
        "                ops.subtract(\n                    ops.multiply(m, momentum),\n"
        "                    ops.multiply(gradient, learning_rate),\n                ),\n",
        "                ops.multiply(ops.subtract(m, ops.multiply(gradient, learning_rate)), "
        "momentum),\n", {"SGD, momentum 0.9"}, CLAIM),
    "the moving variance unbiased": Regression(
        "layers/normalization/batch_normalization.py",
        "                    + variance * (1.0 - self.momentum)",
        "                    + variance * 1.2 * (1.0 - self.momentum)",
        {"BatchNormalization"}, None),
    "a dropout mask constant over time": Regression(
        "layers/regularization/dropout.py", "noise_shape=self.noise_shape,",
        "noise_shape=(inputs.shape[0], 1, inputs.shape[2]) if len(inputs.shape) == 3 "
        "else self.noise_shape,", {"Dropout"}, None),
    "a reduction that drops the last sample": Regression(
        "losses/loss.py", "    loss = ops.sum(values)\n    if reduction in",
        "    loss = ops.sum(values[:-1] if values.shape[0] != 1 else values)\n    if reduction in",
        {"mean_squared_error"}, CLAIM),
    "the slope of the leaky ReLU": Regression(
        "layers/activations/leaky_relu.py", "negative_slope=0.3,", "negative_slope=0.2,",
        {"defaults of LeakyReLU"}, None),
    "fit's loss unweighted": Regression(
        "backend/tensorflow/trainer.py",
        "                sample_weight=tf.shape(\n"
        "                    next(i for i in tree.flatten(x) if i is not None)\n"
        "                )[0],\n", "", {"loss of unequal batches"}, None),
}


def installed():
    return os.path.dirname(importlib.util.find_spec("keras").origin)


def record(path, *names, keras=None):
    """Record probes, and the claims of these numbers, in a fresh process."""
    environment = dict(os.environ, PYTHONPATH=keras or "", TF_NUM_INTRAOP_THREADS="1")
    subprocess.run([sys.executable, "-m", "reproductions", "record", str(path)]
                   + ([str(name) for name in names] or ["--probes"]), cwd=PROJECT,
                   env=environment, timeout=PATIENCE, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)
    return str(path)


def plant(name, folder):
    """Make the copy of Keras with this change, and record it: the path of the record."""
    planted = REGRESSIONS[name]
    shutil.copytree(installed(), str(folder / "keras"),
                    ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "keras" / "src" / planted.file
    text = path.read_text()
    assert planted.before in text, f"{planted.file} has no such line any more"
    path.write_text(text.replace(planted.before, planted.after))
    return record(folder / "planted.json", *([planted.claim] if planted.claim else []),
                  keras=str(folder))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """{name of a regression, or None for the installed Keras: path of the record}; two at a time.
    """
    with futures.ThreadPoolExecutor(2) as pool:
        running = {None: pool.submit(record, tmp_path_factory.mktemp("as_it_is") / "one.json",
                                     CLAIM)}
        for name in REGRESSIONS:
            running[name] = pool.submit(plant, name, tmp_path_factory.mktemp("planted"))
        return {name: one.result() for name, one in running.items()}


@pytest.mark.parametrize("name", list(REGRESSIONS))
def test_a_planted_regression_is_named_and_laid_at_the_door_of_keras(
        name, recorded, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(releases, "FOLDER", str(tmp_path))      # no finding explains anything
    planted = REGRESSIONS[name]
    assert main(["drift", recorded[name], "--against", recorded[None],
                 "--json", str(tmp_path / "drift.json")]
                + ([] if planted.claim else ["--probes"])) == 1
    found = json.loads((tmp_path / "drift.json").read_text())
    named = {change["of"]: change for change in found["unexplained"]}
    assert planted.probes <= set(named), (sorted(named), capsys.readouterr().out)
    for one in planted.probes:
        assert (named[one]["whose"], named[one]["through"]) == ("Keras", [one])
    if planted.claim:
        culprits = [one for one in found["culprits"] if one["claims"] == [planted.claim]]
        assert culprits and all(one["whose"] == "Keras" for one in culprits), found["culprits"]
        assert any(planted.probes & set(one["probes"]) for one in culprits), culprits
