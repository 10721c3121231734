"""How far the histories of one run are from those of another.

Deviations are |value - other| / max(1, |other|), the largest over all numbers of a history; of
text, the share of the characters that differ. 0 means equal to the last bit; infinity, that a
number is finite in only one of the two, or that a series is missing or has another length.
"""
import math
from dataclasses import dataclass
from typing import Any, Optional


def deviations(result, other):
    """{label: deviation} of the histories in either Result; None if one of them did not run."""
    if not (result and result.ran and other and other.ran):
        return None
    labels = sorted(set(result.histories) | set(other.histories))
    return {label: of_histories(result.histories.get(label), other.histories.get(label))
            for label in labels}


def of_histories(one, other):
    """The largest deviation of a series in either History; infinity if one is None."""
    if one is None or other is None:
        return math.inf
    return max((deviation(one.series.get(name), other.series.get(name))
                for name in set(one.series) | set(other.series)), default=0.0)


def beyond_tolerance(moved, tolerances):
    """The items of {label: deviation} that exceed the tolerance of their label; NaN always does."""
    return {label: by for label, by in moved.items() if not by <= tolerances.get(label, 0)}


def largest_of(moved):
    """The largest of {label: deviation}: 0 if there are none, NaN for None."""
    return math.nan if moved is None else max([0.0] + list(moved.values()))


@dataclass
class Departure:
    """Where a history first left its tolerance.

    history, series: labels, the former empty where there is but one; place: the number of the value
    in its series, from 1, which is the epoch in a series of ``epochs``; None if the whole series is
    missing or has another length; value, other: what is there, on either side; deviation,
    tolerance: of this value.
    """
    history: str
    series: str
    place: Optional[int]
    epochs: bool
    value: Any
    other: Any
    deviation: float
    tolerance: float

    def __str__(self):
        name = f"{self.history!r}, {self.series}" if self.history else self.series
        if self.place is None:
            return f"{name}: missing, or of another length"
        where = "epoch" if self.epochs else "number"
        return (f"{name}, {where} {self.place}: {_short(self.value)}, "
                f"not {_short(self.other)}: off by {self.deviation:.1e}, "
                f"{self.tolerance:.0e} allowed")


def _short(value):
    if isinstance(value, float):
        return f"{value:.7g}"
    text = str(value)
    return text if len(text) <= 24 else text[:20] + " …"


def departure(result, other, beyond, tolerances):
    """The earliest Departure of a Result's histories from those of another; None if all stayed.

    beyond: the labels of those that left, see ``beyond_tolerance``.
    """
    return _earliest([one for label in beyond for one in _departures(
        label, result.histories.get(label), other.histories.get(label), tolerances.get(label, 0))])


def departure_of(history, other, tolerance):
    """The earliest Departure of one History from another; None if it stayed."""
    return _earliest(_departures("", history, other, tolerance))


def _earliest(departures):
    """Of several at the same place, the largest."""
    return min(departures, key=lambda one: (one.place or 0, -one.deviation), default=None)


def _departures(label, one, base, tolerance):
    """The first Departure of each series of a History that left its tolerance."""
    names = sorted(set(one.series if one else ()) | set(base.series if base else ()))
    return sum((_first(label, name, *(history.series.get(name) if history else None
                                      for history in (one, base)), tolerance, base)
                for name in names), [])


def _first(label, name, values, others, tolerance, base):
    """[] or the first Departure of one series."""
    if values is None or others is None or len(values) != len(others):
        return [Departure(label, name, None, False, None, None, math.inf, tolerance)]
    of_epochs = len(others) == base.settings.get("epochs")
    for place, (value, other) in enumerate(zip(values, others), 1):
        by = deviation([value], [other])
        if not by <= tolerance:
            return [Departure(label, name, place, of_epochs, value, other, by, tolerance)]
    return []


def deviation(value, other):
    """Of two numbers, or of two series of the same length, which may be nested."""
    if isinstance(value, (list, tuple)) and isinstance(other, (list, tuple)):
        if len(value) != len(other):
            return math.inf
        if value and all(isinstance(one, str) for one in list(value) + list(other)):
            return _share_that_differs(value, other)
        return max(map(deviation, value, other), default=0.0)
    if not all(isinstance(one, (int, float)) for one in (value, other)):
        return math.inf
    if value == other or value != value and other != other:
        return 0.0
    by = abs(value - other) / max(1.0, abs(other))
    return math.inf if math.isnan(by) else by       # which max() might drop


def _share_that_differs(rows, others):
    if list(map(len, rows)) != list(map(len, others)):
        return math.inf
    return sum(map(str.__ne__, "".join(rows), "".join(others))) / max(1, sum(map(len, rows)))
