"""Source 2: why a learning rate makes the weights of a network skyrocket.

The source has no program, so the networks are ours: the smallest whose Hessian is known. Most is
shown on one regression: two inputs, of standard deviation 35 and 1, as inputs are that nobody has
scaled; the target 2 x1 + x2, without noise; ``Dense(1)`` without a bias, from weights of 0; mean
squared error. Its Hessian is 2 E[x xᵀ], about diag(2450, 2), wherever the weights are.
"""
import numpy as np

from lib.claims import History, Source
from lib.compat import optimizer_settings
from lib.data import FixedBatches, linear_data
from lib.descents import mean_squared_error
from lib.models import linear_unit
from lib.training import fit

SOURCE = Source(
    title="Why is learning rate causing my neural network's weights to skyrocket?",
    url="https://datascience.stackexchange.com/questions/15962",
    published="Data Science Stack Exchange, question 15962, its answers and comments, 2016",
    licence="CC BY-SA 3.0",
)

# All ours, see above; 20 batches an epoch
DEVIATIONS = (35.0, 1.0)
TARGET_WEIGHTS = (2.0, 1.0)
START = (0.0, 0.0)
SAMPLES, BATCH_SIZE = 2000, 100


def regression(seed, batch_size=BATCH_SIZE):
    """The data of the regression in batches, in a fixed order."""
    return FixedBatches(*linear_data(seed, SAMPLES, DEVIATIONS, TARGET_WEIGHTS),
                        batch_size=batch_size, data="regression", seed=seed)


def train_regression(batches, optimizer, epochs):
    """One training: a History of ``loss`` and of both weights after each epoch."""
    return train_linear(START, batches, optimizer, epochs, ("steep_weight", "flat_weight"))


def train_linear(start, batches, optimizer, epochs, names):
    """Train a ``linear_unit``: a History of ``loss``, and of each weight by its name."""
    steps = len(batches.x) // batches.size
    losses, weights = fit(linear_unit(start), batches, optimizer, mean_squared_error, epochs, steps)
    settings = dict(optimizer_settings(optimizer), loss="mean squared error", start=list(start),
                    epochs=epochs, steps_per_epoch=steps, **batches.settings())
    columns = np.array([kernel[:, 0] for kernel, in weights], float).T.tolist()
    return History(settings, loss=losses, **dict(zip(names, columns)))
