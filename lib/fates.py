"""What became of ReLU units that started below zero: a letter for each, for phase diagrams."""
import numpy as np

# One that escaped has the letter of the epoch in which it did: "a", the first, to "Z", or LATER
FLAT, DIVERGED, RESTLESS, LATER = ".", "!", "~", "+"
EPOCHS = np.array(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + LATER))
LIMIT = 1e6  # a weight beyond it is on its way to infinity


def escaped(weights):
    """Whether a unit is where a ReLU learns a ReLU: within 0.1 of 1 for the last five epochs.

    weights: after each epoch, of shape (epochs,) + that of the units, which is returned.
    """
    with np.errstate(invalid="ignore"):
        return np.all(np.abs(weights[-5:] - 1) < 0.1, axis=0)


def fates(weights):
    """What became of ReLU units that started below zero: a letter for each, in their shape.

    weights: as for ``escaped``. FLAT: never above 0; if it escaped, the letter of the epoch since
    which it is above 0; DIVERGED; or RESTLESS, none of these.
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
    """The ``state`` of a grid in a history: one string a row, one letter a unit."""
    return ["".join(row) for row in letters]


def letters_of(history):
    """The ``state`` of a grid as an array of single letters."""
    return np.array([list(row) for row in history.state])


def epochs_of_escape(letters):
    """Of those that ``fates`` gave: the epoch, from 1, in which a unit escaped; 0 if it did not."""
    order = np.argsort(EPOCHS)
    places = order[np.minimum(np.searchsorted(EPOCHS, letters, sorter=order), len(EPOCHS) - 1)]
    return np.where(EPOCHS[places] == letters, places + 1, 0)
