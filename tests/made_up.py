"""Functions that turn a recorded series into a made-up one; and made-up rows, results and records.
"""
from dataclasses import replace

import numpy as np

from lib.claims import History
from lib.suite.records import MEASURED, ProbeResult, Record, Result, Row


def set_to(value):
    """Every number is ``value``."""
    return lambda recorded: [value] * len(recorded)


def plus(value):
    return lambda recorded: (np.array(recorded) + value).tolist()


def times(value):
    return lambda recorded: (np.array(recorded) * value).tolist()


def one(index, value):
    """The number at ``index`` is replaced by ``value``."""
    def changed(recorded):
        recorded = list(recorded)
        recorded[index] = value
        return recorded
    return changed


def later(epochs):
    """The same so many epochs later."""
    return lambda recorded: [recorded[0]] * epochs + recorded[:-epochs]


def row(**changes):
    """A Row of a record: an outcome of the suite that holds, unless ``changes`` say otherwise."""
    return replace(Row("suite", "It is so", 0.5, "= 0.5", "ours", True, True, None, None, None,
                       None), **changes)


def result(number=1, histories=None, **changes):
    """The Result of a claim that was reproduced; histories: {label: {series: values}}."""
    if histories is None:
        histories = {"run": {"loss": [4.0, 0.5], "state": ["eef", "ddd"]}}
    histories = {label: History({}, **series) for label, series in histories.items()}
    made = Result(number, "A claim", "reproduced", {}, reason=None, stand_in=None,
                  histories=histories, rows={"it_is_so": row()}, tolerances={"run": 1e-5},
                  seconds=1.0)
    return replace(made, **changes)


def probe(*values, subject=("Tanh",), **changes):
    """The ProbeResult of a kernel that gave these values."""
    made = ProbeResult("operation", MEASURED, None, History({}, output=list(values or [1.0])),
                       "0", 1e-8, 1e-5, list(subject), list(subject))
    return replace(made, **changes)


def record(**claims):
    """A Record of the claims a/stem, from {stem: Result}."""
    return Record({}, None, 1.0, {"a/" + stem: one for stem, one in claims.items()})
