"""The fates of ReLU units that start below zero, a letter each, for phase diagrams."""
import numpy as np

# A unit that escapes gets the letter of the epoch in which it does: "a" to "Z", then LATER
FLAT, DIVERGED, RESTLESS, LATER = ".", "!", "~", "+"
EPOCHS = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + LATER))
LIMIT = 1e6  # a larger weight is on its way to infinity


def escaped(weights):
    """Whether each unit has learned the ReLU: its weight is within 0.1 of 1 for the last 5 epochs.

    weights: after each epoch, of shape (epochs,) + that of the units. Returns the units' shape.
    """
    with np.errstate(invalid="ignore"):
        return np.all(np.abs(weights[-5:] - 1) < 0.1, axis=0)


def fates(weights):
    """The fates of ReLU units that start below zero: an array of letters, in the units' shape.

    weights: as for ``escaped``. FLAT: never above 0; if it escaped, the letter of the epoch since
    which it has been above 0; DIVERGED: ends beyond LIMIT or NaN; RESTLESS: none of these.
    """
    with np.errstate(invalid="ignore"):
        letters = np.full(weights.shape[1:], RESTLESS)
        letters[np.all(weights <= 0, axis=0)] = FLAT
        there = escaped(weights)
        above = np.cumprod(weights[::-1] > 0, axis=0, dtype="int64").sum(axis=0)
        letters[there] = EPOCHS[np.minimum(len(weights) - above, len(EPOCHS) - 1)][there]
        letters[~(np.abs(weights[-1]) < LIMIT)] = DIVERGED
    return letters


def as_rows(letters):
    """The ``state`` of a grid for a History: one string per row, one letter per unit."""
    return ["".join(row) for row in letters]


def letters_of(history):
    """The ``state`` of a grid as an array of single letters."""
    return np.array([list(row) for row in history.state])


def epochs_of_escape(letters):
    """The epoch, from 1, in which each unit escaped by its letter of ``fates``; 0 if it did not."""
    order = np.argsort(EPOCHS)
    places = order[np.minimum(np.searchsorted(EPOCHS, letters, sorter=order), len(EPOCHS) - 1)]
    return np.where(EPOCHS[places] == letters, places + 1, 0)
