"""Long trainings that can be interrupted after any epoch and resumed, with the same numbers."""
import contextlib
import hashlib
import json
import os
from collections import OrderedDict

import numpy as np

from lib import PROJECT
from lib.compat import environment, set_state, state_of
from lib.results import BadFile, read_arrays, written_whole

UNFINISHED = os.path.join(PROJECT, "runs", "unfinished")


@contextlib.contextmanager
def kept_until_finished(claim):
    """A function from settings to a Checkpoint; those that it made go when the block is through.

    An error or an interruption leaves them for the next time.
    """
    made = []

    def checkpoint(settings):
        made.append(Checkpoint(os.path.join(UNFINISHED, claim), settings))
        return made[-1]

    yield checkpoint
    for one in made:
        one.remove()


class Checkpoint:
    """Where one training stands: a file that each epoch replaces whole.

    settings: plain data, all that the numbers depend on. A training with other settings, or on
    other versions, has a file of its own.
    """

    def __init__(self, folder, settings):
        exact = json.dumps([settings, environment()], sort_keys=True)
        digest = hashlib.sha256(exact.encode("utf-8")).hexdigest()[:16]
        self.path = os.path.join(folder, digest + ".npz")

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
        try:
            arrays = read_arrays(self.path)
        except BadFile as error:
            raise BadFile("{}; remove it to start anew".format(error)) from None
        variables = [name for name in arrays if name.startswith("variable ")]
        set_state(model, [arrays["variable {}".format(number)]
                          for number in range(len(variables))])
        return OrderedDict((name[len("series "):], values.tolist())
                           for name, values in arrays.items() if name.startswith("series "))

    def remove(self):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path)
