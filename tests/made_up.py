"""What a made-up history has in place of a recorded series: functions of that series."""
import numpy as np


def set_to(value):
    """Every number the same."""
    return lambda recorded: [value] * len(recorded)


def plus(value):
    return lambda recorded: (np.array(recorded) + value).tolist()


def times(value):
    return lambda recorded: (np.array(recorded) * value).tolist()


def one(index, value):
    """One number another."""
    def changed(recorded):
        recorded = list(recorded)
        recorded[index] = value
        return recorded
    return changed
