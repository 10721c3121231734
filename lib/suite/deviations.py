"""How far the histories of one run are from those of another.

Deviations are |value - other| / max(1, |other|), the largest over all numbers of a history; of
text, the share of the characters that differ. 0 means equal to the last bit; infinity, that a
number is finite in only one of the two, or that a series is missing or has another length.
"""
import math


def deviations(result, other):
    """{label: deviation} of the histories in either Result; None if one of them did not run."""
    if not (result and result.ran and other and other.ran):
        return None
    labels = sorted(set(result.histories) | set(other.histories))
    return {label: _of_history(result.histories.get(label), other.histories.get(label))
            for label in labels}


def _of_history(one, other):
    if one is None or other is None:
        return math.inf
    return max((_deviation(one.series.get(name), other.series.get(name))
                for name in set(one.series) | set(other.series)), default=0.0)


def beyond_tolerance(moved, tolerances):
    """The items of {label: deviation} that exceed the tolerance of their label; NaN always does."""
    return {label: by for label, by in moved.items() if not by <= tolerances.get(label, 0)}


def largest_of(moved):
    """The largest of {label: deviation}: 0 if there are none, NaN for None."""
    return math.nan if moved is None else max([0.0] + list(moved.values()))


def _deviation(value, other):
    if isinstance(value, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(value) != len(other):
            return math.inf
        if value and all(isinstance(one, str) for one in list(value) + list(other)):
            return _share_that_differs(value, other)
        return max(map(_deviation, value, other), default=0.0)
    if not all(isinstance(one, (int, float)) for one in (value, other)):
        return math.inf
    if value == other or value != value and other != other:
        return 0.0
    deviation = abs(value - other) / max(1.0, abs(other))
    return math.inf if math.isnan(deviation) else deviation     # which max() might drop


def _share_that_differs(rows, others):
    if list(map(len, rows)) != list(map(len, others)):
        return math.inf
    return sum(map(str.__ne__, "".join(rows), "".join(others))) / max(1, sum(map(len, rows)))
