"""What lib.compat says of the place that it runs in."""
import importlib.util
import os
import subprocess
import sys

import pytest

from lib import PROJECT, compat


@pytest.mark.skipif(importlib.util.find_spec("tf_keras") is not None, reason="tf-keras is here")
@pytest.mark.skipif(not compat.is_keras_3(), reason="Keras 2 comes with this TensorFlow")
@pytest.mark.parametrize("words", [["run", "relu_gets_stuck", "--out"], ["record"]])
def test_keras_2_that_is_not_installed_is_asked_for_in_one_line(tmp_path, words):
    """Wherever TensorFlow would import it, at the first name of tf.keras or a later one."""
    done = subprocess.run(
        [sys.executable, "-m", "reproductions"] + words + [str(tmp_path / "out")]
        + (["relu_gets_stuck"] if words == ["record"] else []), cwd=PROJECT,
        env=dict(os.environ, TF_USE_LEGACY_KERAS="1"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, universal_newlines=True, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    complaints = [line for line in done.stderr.splitlines() if line.startswith("reproductions: ")]
    assert complaints == ["reproductions: TF_USE_LEGACY_KERAS=1 needs the package tf-keras: "
                          "tf_keras cannot be imported: No module named 'tf_keras'"]
    assert "Traceback" not in done.stderr


def test_keras_looks_for_data_where_its_home_is(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert compat.keras_data_folders()[0] == str(tmp_path / "datasets")
    assert str(tmp_path / "datasets") == compat.keras_data_folders()[-1] or not compat.is_keras_3()


def test_a_home_that_cannot_be_written_to_is_not_the_only_place(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "none"))
    folders = compat.keras_data_folders()
    assert folders[0] == str(tmp_path / "none" / "datasets")
    assert folders[-1].endswith(os.path.join(".keras", "datasets"))


def test_without_another_home_it_is_that_of_the_user(tmp_path, monkeypatch):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert compat.keras_data_folders()[0] == str(tmp_path / ".keras" / "datasets")
