"""What each release says of the machine that it runs on. Every environment runs these."""
import json
import os
import platform
import subprocess
import sys

import pytest

from lib import PROJECT
from lib.compat import engine, environment, machine
from lib.compat.loading import tensorflow_release

of_tensorflow = pytest.mark.skipif(engine() not in ("tensorflow", "graph"),
                                   reason="asks TensorFlow")
# What 1.13, 2.10 and 2.21 log
UNUSED = {
    "I tensorflow/core/platform/cpu_feature_guard.cc:141] Your CPU supports instructions that this "
    "TensorFlow binary was not compiled to use: AVX2 FMA\n": ["avx2", "fma"],
    "I tensorflow/core/util/util.cc:169] oneDNN custom operations are on. You may see\n"
    "I tensorflow/core/platform/cpu_feature_guard.cc:193] This TensorFlow binary is optimized with "
    "oneAPI Deep Neural Network Library (oneDNN) to use the following CPU instructions in "
    "performance-critical operations:  SSE4.1 AVX512_VNNI\nTo enable them in other operations, "
    "rebuild TensorFlow with the appropriate compiler flags.\n": ["avx512_vnni", "sse4_1"],
    "I0000 00:00:1795895138.591572   27203 cpu_feature_guard.cc:227] This TensorFlow binary is "
    "optimized to use available CPU instructions in performance-critical operations.\nTo enable "
    "the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the "
    "appropriate compiler flags.\n": ["avx2", "fma"],
    "": []}


def asked_with(**variables):
    """The environment, of a process with these environment variables, and what it logs."""
    others = {name: value for name, value in os.environ.items()
              if name not in ("TF_XLA_FLAGS", "TF_ENABLE_ONEDNN_OPTS", "TF_CPP_MIN_LOG_LEVEL")}
    asked = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import json; from lib.compat import environment; "
         "print(json.dumps(environment()))"], env=dict(others, **variables), cwd=PROJECT,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=True,
        timeout=300)
    return json.loads(asked.stdout), asked.stderr


@pytest.fixture(scope="module")
def with_onednn():
    return asked_with(TF_ENABLE_ONEDNN_OPTS="1")


@pytest.fixture(scope="module")
def with_xla():
    return asked_with(TF_ENABLE_ONEDNN_OPTS="0",
                      TF_XLA_FLAGS="--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit")


@pytest.fixture
def asked_anew():
    """What was asked before is forgotten, before and after."""
    machine._kernels.cache_clear()
    yield
    machine._kernels.cache_clear()


def test_it_is_plain_data_in_order_of_name():
    found = environment()
    assert list(found) == sorted(found)
    assert json.loads(json.dumps(found)) == found
    assert {"backend", "keras", "numpy", "device", "xla", "threads", "vector_flags"} <= set(found)
    assert isinstance(found["device"], str) and isinstance(found["xla"], bool)


@of_tensorflow
@pytest.mark.skipif(platform.system() != "Linux" or platform.machine() != "x86_64",
                    reason="other builds come with other kernels")
def test_what_tensorflow_is_not_compiled_for_the_processor_has():
    found = environment()
    assert set(found["not_compiled_for"]) <= set(found["vector_flags"])
    assert isinstance(found["onednn"], bool)


@of_tensorflow
@pytest.mark.skipif(platform.system() != "Linux" or platform.machine() != "x86_64",
                    reason="other builds come with other kernels")
def test_onednn_is_what_the_release_uses_not_what_it_contains(with_onednn, with_xla):
    """TF_ENABLE_ONEDNN_OPTS is known since 2.5."""
    assert with_onednn[0]["onednn"] is (tensorflow_release() >= (2, 5))
    assert with_xla[0]["onednn"] is False


@of_tensorflow
def test_xla_is_on_where_tensorflow_compiles_what_does_not_ask_for_it(with_onednn, with_xla):
    assert with_onednn[0]["xla"] is False
    assert with_xla[0]["xla"] is True


def test_to_ask_logs_nothing(with_onednn, with_xla):
    assert (with_onednn[1], with_xla[1]) == ("", "")


@of_tensorflow
@pytest.mark.parametrize("logged", UNUSED, ids=["1.13", "2.10", "2.21", "nothing"])
def test_each_releases_log_line_is_understood(logged, monkeypatch, asked_anew):
    monkeypatch.setattr(machine.subprocess, "run", lambda *words, **_: subprocess.CompletedProcess(
        words, 0, "True\n", logged))
    found = environment()
    assert (found["not_compiled_for"], found["onednn"]) == (UNUSED[logged], True)


@of_tensorflow
def test_what_a_release_cannot_tell_is_none_or_left_out(monkeypatch, asked_anew):
    def fails(*_, **__):
        raise OSError("no such symbol")

    monkeypatch.setattr(machine.subprocess, "run", fails)
    monkeypatch.setattr(machine, "_operations_run", fails)
    found = environment()
    assert (found["onednn"], found["xla"]) == (None, None)
    assert "not_compiled_for" not in found and found["device"]


def test_the_first_way_that_works_counts():
    assert machine._first(lambda: 1 / 0, lambda: "second", lambda: "third") == "second"
    assert machine._first(lambda: 1 / 0) is None
