"""Work that can be interrupted and resumed, with the same numbers: a long training after any epoch,
a claim of many diagrams after any of them.
"""
import contextlib
import hashlib
import json
import os
from collections import OrderedDict

import numpy as np

from lib import PROJECT
from lib.compat import environment, set_state, state_of
from lib.digests import digest_of_files
from lib.results import BadFile, read_arrays, read_history, write_history, written_whole

UNFINISHED = os.path.join(PROJECT, "runs", "unfinished")
TRAINED = os.path.join(PROJECT, "runs", "trained")  # the training that one claim left for another


@contextlib.contextmanager
def kept_until_finished(claim):
    """A function from settings to a Checkpoint; those that it made go when the block is through.

    An error or an interruption leaves them for the next time. Of a claim that is run to a record,
    the one that was made ``for_another_claim`` stays, for ``left_by_another_claim``.
    """
    made = []

    def checkpoint(settings, for_another_claim=False):
        made.append((Checkpoint(os.path.join(UNFINISHED, claim), settings), for_another_claim))
        return made[-1][0]

    yield checkpoint
    for one, for_another_claim in made:
        if for_another_claim and _under_way:
            one.leave()
        else:
            one.remove()


def left_by_another_claim(settings):
    """The Checkpoint of a finished training with these settings, or None.

    It goes when the claim that takes it is recorded.
    """
    found = Checkpoint(TRAINED, settings)
    if not os.path.exists(found.path):
        return None
    if _under_way:
        _under_way[-1][1].append(found.path)
    return found


_under_way = []      # the claim that is run to a record, and the files kept for it


@contextlib.contextmanager
def kept_until_recorded(claim):
    """While a claim is run to a record: what was kept for it goes when the block is through.
    """
    _under_way.append((claim, []))
    try:
        yield
        for path in _under_way[-1][1]:
            with contextlib.suppress(FileNotFoundError):    # of another process on the same claim
                os.remove(path)
    finally:
        _under_way.pop()


def keep_diagrams(**settings):
    """A function keep(label, make), for the histories that a claim makes one after another.

    It gives ``make()``, or what an interrupted run to a record on the same code and settings made
    of it. settings: plain data, all that ``make`` depends on.
    """
    if not _under_way:
        return lambda label, make: make()
    claim, paths = _under_way[-1]
    fixed = [settings, environment(), digest_of_files("lib", "reproductions")]

    def keep(label, make):
        path = os.path.join(UNFINISHED, claim, _digest([label] + fixed) + ".json")
        paths.append(path)
        if os.path.exists(path):
            return _or_start_anew(read_history, path)
        history = make()
        write_history(history, path)
        return history

    return keep


def _digest(settings):
    exact = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]


def _or_start_anew(read, path):
    try:
        return read(path)
    except BadFile as error:
        raise BadFile("{}; remove it to start anew".format(error)) from None


class Checkpoint:
    """Where one training stands: a file that each epoch replaces whole.

    settings: plain data, all that the numbers depend on. A training with other settings, of other
    code or on other versions has a file of its own.
    """

    def __init__(self, folder, settings):
        self.path = os.path.join(folder, _digest(
            [settings, environment(), digest_of_files("lib", "reproductions")]) + ".npz")

    def save(self, model, series):
        """Keep the variables of ``model`` and its optimizer, and {name: [number of each epoch]}."""
        arrays = OrderedDict(("variable {}".format(number), array)
                             for number, array in enumerate(state_of(model)))
        arrays.update(("series " + name, values) for name, values in series.items())
        with written_whole(self.path) as temporary:
            np.savez(temporary, **arrays)

    def restore(self, model):
        """Put a compiled ``model`` where ``save`` found it and return the series; {} if it did not.

        Raises BadFile, which says what to do.
        """
        if not os.path.exists(self.path):
            return OrderedDict()
        arrays = _or_start_anew(read_arrays, self.path)
        variables = [name for name in arrays if name.startswith("variable ")]
        set_state(model, [arrays["variable {}".format(number)]
                          for number in range(len(variables))])
        return OrderedDict((name[len("series "):], values.tolist())
                           for name, values in arrays.items() if name.startswith("series "))

    def leave(self):
        """Leave it, finished, for another claim, in the place of any that was left before."""
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(TRAINED):
                os.remove(os.path.join(TRAINED, name))
        os.makedirs(TRAINED, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):    # another process was first
            os.replace(self.path, os.path.join(TRAINED, os.path.basename(self.path)))

    def remove(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)
