"""Work that can be interrupted and resumed with the same final numbers: a long training after any
epoch, a claim with many diagrams after any of them.
"""
import contextlib
import functools
import hashlib
import json
import os
import sys

import numpy as np

from lib import PROJECT
from lib.compat import environment, set_state, state_of
from lib.files import IN_THE_MAKING, BadFile, read_arrays, written_whole
from lib.suite.digests import digest_of_files
from lib.suite.records import read_history, write_history

UNFINISHED = os.path.join(PROJECT, "runs", "unfinished")
TRAINED = os.path.join(PROJECT, "runs", "trained")  # the training that one claim left for another


class Unfinished:
    """What one claim, run with these settings, has made so far.

    It has the methods of ``lib.training.FromTheStart``. What it keeps counts only for the same
    settings, code and versions.
    """

    def __init__(self, claim, settings):
        """claim: its stem, the name of a folder; settings: plain data, those of its ``run``."""
        self._folder = os.path.join(UNFINISHED, claim)
        self._settings, self._paths, self._checkpoints = settings, [], []

    def history(self, label, make):
        """The History that ``make()`` returns, or the one that an interrupted run saved."""
        path = self._path_of([label, self._settings], ".json")
        self._paths.append(path)
        history = _kept(read_history, path)
        if history is None:
            history = make()
            _keep(path, lambda: write_history(history, path))
        return history

    def training(self, settings, for_others=False):
        """The Checkpoint of a training with these settings.

        settings: plain data, all that the numbers depend on; for_others: whether to leave it, once
        finished, for another claim to continue from. If not, and another claim has left the same
        training, that one's Checkpoint is returned.
        """
        path = self._path_of(settings, ".npz")
        name = os.path.basename(path)
        if not for_others and os.path.exists(os.path.join(TRAINED, name)):
            self._paths.append(os.path.join(TRAINED, name))
            return Checkpoint(os.path.join(TRAINED, name))
        self._checkpoints.append((name, for_others))
        return Checkpoint(path)

    def finished(self):
        """The run is on record: remove all of it, except what another claim continues from."""
        for path in self._paths + _of_older_code(self._folder):
            _remove(path)
        for name, for_others in self._checkpoints:
            path = os.path.join(self._folder, name)
            if for_others and os.path.exists(path):
                with contextlib.suppress(OSError):      # another process was first
                    os.makedirs(TRAINED, exist_ok=True)
                    for other in os.listdir(TRAINED):
                        _remove(os.path.join(TRAINED, other))
                    os.replace(path, os.path.join(TRAINED, name))
            else:
                _remove(path)
        with contextlib.suppress(OSError):      # another training of the claim is interrupted
            os.rmdir(self._folder)

    def _path_of(self, settings, ending):
        """A file that counts for these settings, today's code and the installed versions."""
        return os.path.join(self._folder, f"{_of_code()}-{_digest_of(settings)}{ending}")


class Checkpoint:
    """Where one training stands: a file that each epoch replaces whole."""

    def __init__(self, path):
        self.path = path

    def save(self, model, series):
        """Keep the variables of ``model`` and its optimizer, and {name: [number of each epoch]}."""
        arrays = _named(state_of(model))
        arrays.update((f"series {name}", values) for name, values in series.items())

        def save():
            with written_whole(self.path) as temporary:
                np.savez(temporary, **arrays)

        _keep(self.path, save)

    def restore(self, model):
        """Put a compiled ``model`` into the saved state and return the series; {} if none is.

        Raises BadFile, whose message says what to do.
        """
        def read(path):
            arrays = read_arrays(path)
            series = {name: array for name, array in arrays.items() if name.startswith("series ")}
            if {name: array.shape for name, array in arrays.items() if name not in series} != {
                    name: array.shape for name, array in state.items()}:
                raise BadFile(f"{path}: not of this model")
            if len({array.shape for array in series.values()}) != 1:
                raise BadFile(f"{path}: its series do not end with the same epoch")
            set_state(model, [arrays[name] for name in state])
            return {name[len("series "):]: array.tolist() for name, array in series.items()}

        state = _named(state_of(model))
        return _kept(read, self.path) or {}


def _named(state):
    return {f"variable {number}": array for number, array in enumerate(state)}


def _of_code():
    """A digest of today's code."""
    return _digest_of(digest_of_files("lib", "reproductions"))[:8]


def _digest_of(settings):
    """A digest of plain data and of the installed versions."""
    exact = json.dumps([settings, environment()], sort_keys=True)
    return hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]


def _of_older_code(folder):
    """The files there that no run will ever take up, as the code has changed since."""
    todays = (_of_code(), IN_THE_MAKING)
    return [os.path.join(folder, name)
            for name in (os.listdir(folder) if os.path.isdir(folder) else ())
            if not name.startswith(todays)]


def _kept(read, path):
    """What a file holds; None if there is none. Raises BadFile, which says what to do."""
    try:
        return read(path)
    except BadFile as error:
        if not os.path.exists(path):    # perhaps another process has just finished and removed it
            return None
        raise BadFile(f"{error}; remove it to start anew") from None


def _keep(path, write):
    """``write()``; where that fails the run goes on, and only its interruption would cost more."""
    try:
        write()
    except OSError as error:
        _say_once(f"reproductions: {path}: {error.strerror}; the run goes on, but if it is "
                  "interrupted it starts anew")


@functools.lru_cache(maxsize=None)      # not after each epoch
def _say_once(line):
    print(line, file=sys.stderr, flush=True)


def _remove(path):
    with contextlib.suppress(OSError):  # another process was first, or what cannot go stays
        os.remove(path)
