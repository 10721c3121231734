"""The regression of this source: its data, and how it is trained."""
import numpy as np

from lib.data import FixedBatches, linear_data
from lib.measure.descents import mean_squared_error
from lib.models import linear_unit
from lib.training import fit

DEVIATIONS = (35.0, 1.0)            # ours: 2/largest curvature is 1/35², between the source's rates
TARGET_WEIGHTS = (2.0, 1.0)         # ours
START = (0.0, 0.0)                  # ours
SAMPLES, BATCH_SIZE = 2000, 100     # ours: 20 batches an epoch


def data(seed, batch_size=BATCH_SIZE):
    """The samples in batches, in a fixed order."""
    return FixedBatches(*linear_data(seed, SAMPLES, DEVIATIONS, TARGET_WEIGHTS),
                        batch_size=batch_size, data="regression", seed=seed)


def train(batches, optimizer, epochs):
    """Train from START: a History of ``loss`` and of both weights after each epoch.

    ``steep_weight`` is that of the large input, ``flat_weight`` that of the small one.
    """
    return train_linear(START, batches, optimizer, epochs, ("steep_weight", "flat_weight"))


def train_linear(start, batches, optimizer, epochs, names):
    """Train a ``linear_unit``: a History of ``loss``, and of each weight by its name."""
    steps = len(batches.x) // batches.size
    history, weights = fit(linear_unit(start), batches, optimizer, mean_squared_error, epochs,
                           steps, start=list(start))
    columns = np.array([kernel[:, 0] for kernel, in weights], float).T.tolist()
    return history.plus(**dict(zip(names, columns)))
