"""Long trainings that can be interrupted after any epoch and resumed, with the same numbers."""
import contextlib
import hashlib
import json
import os
import shutil
from collections import OrderedDict

import numpy as np

from lib import PROJECT
from lib.compat import environment
from lib.results import read_arrays, written_whole

UNFINISHED = os.path.join(PROJECT, "runs", "unfinished")


@contextlib.contextmanager
def unfinished(name):
    """A folder for the checkpoints of a claim's trainings, removed when all have come to an end.

    An error or an interruption leaves it for the next time.
    """
    folder = os.path.join(UNFINISHED, name)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


class Checkpoint:
    """Where one training stands: a file that each epoch replaces whole.

    folder: of ``unfinished``; settings: plain data, all that the numbers depend on. A training
    with other settings, or on other versions, has a file of its own.
    """

    def __init__(self, folder, settings):
        exact = json.dumps([settings, environment()], sort_keys=True)
        digest = hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]
        self.path = os.path.join(folder, digest + ".npz")

    def save(self, model, series):
        """Keep the variables of ``model`` and its optimizer, and {name: [number of each epoch]}."""
        arrays = {"variable {}".format(number): np.array(variable)
                  for number, variable in enumerate(_variables(model))}
        arrays.update(("series " + name, values) for name, values in series.items())
        with written_whole(self.path) as temporary:
            np.savez(temporary, **arrays)

    def restore(self, model):
        """Put ``model`` where ``save`` found it and return the series; {} if nothing was saved."""
        if not os.path.exists(self.path):
            return OrderedDict()
        arrays = read_arrays(self.path)
        for number, variable in enumerate(_variables(model)):
            variable.assign(arrays["variable {}".format(number)])
        return OrderedDict((name[len("series "):], values.tolist())
                           for name, values in arrays.items() if name.startswith("series "))


def _variables(model):
    return list(model.weights) + list(model.optimizer.variables)
