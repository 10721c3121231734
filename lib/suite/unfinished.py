"""Work that can be interrupted and resumed with the same final numbers: a long training after any
epoch, a claim with many diagrams after any of them.
"""
import contextlib
import hashlib
import json
import os

import numpy as np

from lib import PROJECT
from lib.compat import environment, set_state, state_of
from lib.files import BadFile, read_arrays, written_whole
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
        path = os.path.join(self._folder, _digest_of([label, self._settings]) + ".json")
        self._paths.append(path)
        if os.path.exists(path):
            return _or_start_anew(read_history, path)
        history = make()
        write_history(history, path)
        return history

    def training(self, settings, for_others=False):
        """The Checkpoint of a training with these settings.

        settings: plain data, all that the numbers depend on; for_others: whether to leave it, once
        finished, for another claim to continue from. If not, and another claim has left the same
        training, that one's Checkpoint is returned.
        """
        name = _digest_of(settings) + ".npz"
        if not for_others and os.path.exists(os.path.join(TRAINED, name)):
            self._paths.append(os.path.join(TRAINED, name))
            return Checkpoint(os.path.join(TRAINED, name))
        self._checkpoints.append((name, for_others))
        return Checkpoint(os.path.join(self._folder, name))

    def finished(self):
        """The run is on record: remove all of it, except what another claim continues from."""
        for path in self._paths:
            _remove(path)
        for name, for_others in self._checkpoints:
            path = os.path.join(self._folder, name)
            if for_others and os.path.exists(path):
                with contextlib.suppress(FileNotFoundError):
                    for other in os.listdir(TRAINED):
                        _remove(os.path.join(TRAINED, other))
                os.makedirs(TRAINED, exist_ok=True)
                with contextlib.suppress(FileNotFoundError):    # another process was first
                    os.replace(path, os.path.join(TRAINED, name))
            else:
                _remove(path)


class Checkpoint:
    """Where one training stands: a file that each epoch replaces whole."""

    def __init__(self, path):
        self.path = path

    def save(self, model, series):
        """Keep the variables of ``model`` and its optimizer, and {name: [number of each epoch]}."""
        arrays = {f"variable {number}": array for number, array in enumerate(state_of(model))}
        arrays.update((f"series {name}", values) for name, values in series.items())
        with written_whole(self.path) as temporary:
            np.savez(temporary, **arrays)

    def restore(self, model):
        """Put a compiled ``model`` into the saved state and return the series; {} if none is.

        Raises BadFile, whose message says what to do.
        """
        if not os.path.exists(self.path):
            return {}
        arrays = _or_start_anew(read_arrays, self.path)
        variables = [name for name in arrays if name.startswith("variable ")]
        set_state(model, [arrays[f"variable {number}"] for number in range(len(variables))])
        return {name[len("series "):]: values.tolist()
                for name, values in arrays.items() if name.startswith("series ")}


def _digest_of(settings):
    """A digest of plain data, of today's code and of the installed versions."""
    exact = json.dumps([settings, environment(), digest_of_files("lib", "reproductions")],
                       sort_keys=True)
    return hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]


def _or_start_anew(read, path):
    try:
        return read(path)
    except BadFile as error:
        raise BadFile(f"{error}; remove it to start anew") from None


def _remove(path):
    with contextlib.suppress(FileNotFoundError):    # another process was first
        os.remove(path)
