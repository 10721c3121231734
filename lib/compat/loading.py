"""Which framework trains here, imported without its log lines on first use."""
import contextlib
import functools
import importlib
import logging
import os
import sys


class NotSupported(ImportError):
    """A backend that this suite does not know, or a framework that is not installed."""


@contextlib.contextmanager
def silent_stderr():
    """Drop what is written to file descriptor 2: TensorFlow logs before it reads its log level."""
    sys.stderr.flush()
    terminal = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(terminal, 2)
        os.close(terminal)
        os.close(nowhere)


@functools.lru_cache(maxsize=None)
def load(name):
    """Import a framework without its log lines. Raises NotSupported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # whatever keras.json says
    if backend not in ("tensorflow", "jax", "torch"):
        raise NotSupported(f"KERAS_BACKEND is tensorflow, jax or torch here, not {backend!r}")
    try:
        with silent_stderr():
            module = importlib.import_module(name)
    except ImportError as error:
        raise NotSupported(f"{name} cannot be imported: {error}") from error
    # it warns of functions that are traced again for each new model, as a suite must
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    return module


@functools.lru_cache(maxsize=None)
def is_keras_3():
    """Whether Keras is Keras 3; before TensorFlow 2.16 it never is."""
    if os.environ.get("TF_USE_LEGACY_KERAS", "").lower() in ("1", "true"):
        return False
    try:
        return hasattr(load("keras"), "ops")
    except ImportError:     # before TensorFlow 2.6 it is a part of TensorFlow
        if os.environ["KERAS_BACKEND"] != "tensorflow":
            raise
        return False


@functools.lru_cache(maxsize=None)
def engine():
    """What trains: "tensorflow", "jax" or "torch"; "graph" is TensorFlow 1, which is not eager."""
    if is_keras_3():
        return load("keras").backend.backend()
    return "tensorflow" if load("tensorflow").executing_eagerly() else "graph"


def own_keras():
    """Keras as a program of its time imports it, without the suite's names."""
    return load("keras") if is_keras_3() else load("tensorflow").keras


def tensorflow_release():
    """The release of TensorFlow, as (2, 21)."""
    return release(load("tensorflow"))


def release(module):
    """The release of a package, as (2, 21)."""
    return tuple(int(part) for part in module.__version__.split(".")[:2])
