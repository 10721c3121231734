"""The words of the suite: source, history, outcome, verdict."""
import math
from collections import OrderedDict

import numpy as np

REPRODUCED, NOT_REPRODUCED, NOT_JUDGED = "reproduced", "not reproduced", "not judged"
INCONCLUSIVE = "inconclusive"   # of several seeds


class Source:
    """A published text that makes claims about training.

    title, url, published, licence: strings for the credits.
    """

    def __init__(self, title, url, published, licence):
        self.title, self.url, self.published, self.licence = title, url, published, licence


class History:
    """What one training run recorded: how it was set up, and named series of plain numbers.

    ``loss[k]`` is the mean loss over the batches of epoch k + 1, as Keras reports it;
    ``weight[k]`` is the value after k + 1 epochs. The start is in ``settings["start"]``.
    A series is read as an attribute: ``history.loss[-1]``.
    """

    def __init__(self, settings, **series):
        self.settings = settings
        self.series = OrderedDict(sorted(series.items()))

    def __getattr__(self, name):
        try:
            return self.__dict__["series"][name]
        except KeyError:
            raise AttributeError("this history has no series {!r}".format(name)) from None

    def __eq__(self, other):
        return (self.settings, self.series) == (other.settings, other.series)


class Expected:
    """What a measured number must satisfy: a relation, a value and a tolerance.

    NaN satisfies no relation but ``not_finite``.
    """

    def __init__(self, text, accepts, value=None, tolerance=None):
        self.text, self.accepts, self.value, self.tolerance = text, accepts, value, tolerance


def near(value, within):
    """At most ``within`` away from ``value``."""
    return Expected("{:.4g} ± {:.2g}".format(value, within),
                    lambda measured: abs(measured - value) <= within, value, within)


def below(value):
    return Expected("< {:.4g}".format(value), lambda measured: measured < value, value)


def above(value):
    return Expected("> {:.4g}".format(value), lambda measured: measured > value, value)


def at_least(value):
    return Expected(">= {:.4g}".format(value), lambda measured: measured >= value, value)


def between(low, high):
    return Expected("{:.4g} to {:.4g}".format(low, high),
                    lambda measured: low <= measured <= high, (low + high) / 2, (high - low) / 2)


def exactly(value):
    return Expected("= {:.6g}".format(value), lambda measured: measured == value, value, 0)


def not_finite():
    """Infinity or NaN: divergence is an outcome, tested for what it is."""
    return Expected("not finite", lambda measured: not math.isfinite(measured))


def largest(values):
    """The largest of ``values``; NaN if one is, where ``max`` may drop it, and of none."""
    return float(np.max(list(values) or [math.nan]))


def smallest(values):
    """The smallest of ``values``; NaN if one is, and of none."""
    return float(np.min(list(values) or [math.nan]))


def first_epoch(conditions):
    """The first epoch, from 1, whose condition holds; infinity if there is none."""
    return next((epoch for epoch, holds in enumerate(conditions, 1) if holds), math.inf)


def share_interval(successes, trials):
    """Wilson's interval for a probability, (low, high), in which it lies with 95 % confidence.

    successes, trials: whole numbers, of trials that are independent (Wilson 1927). NaN of none.
    """
    if not trials:
        return math.nan, math.nan
    z, share = 1.959964, successes / trials     # 95 % of a normal number lie within ± z
    middle = (share + z ** 2 / (2 * trials)) / (1 + z ** 2 / trials)
    half = z / (1 + z ** 2 / trials) * math.sqrt(
        share * (1 - share) / trials + z ** 2 / (4 * trials ** 2))
    return max(0.0, middle - half), min(1.0, middle + half)


class Outcome:
    """One row of a verdict.

    statement: what is said to happen, and by whom (``by``: "source" or "suite");
    measured: the number that the run gave; expected: what the statement demands of it;
    origin: where the expected value comes from;
    fails_because: None where the suite records that the statement holds, else the reason why not.
    """

    def __init__(self, by, statement, measured, expected, origin, fails_because=None):
        self.by, self.statement, self.measured = by, statement, float(measured)
        self.expected, self.origin, self.fails_because = expected, origin, fails_because

    @property
    def holds(self):
        return bool(self.expected.accepts(self.measured))

    @property
    def as_recorded(self):
        """Whether it came out as the suite records it, holding or not."""
        return self.holds == (self.fails_because is None)

    def __repr__(self):
        return "{}: measured {:.6g}, expected {} ({})".format(
            self.statement, self.measured, self.expected.text, self.origin)

    def as_row(self):
        """A plain dict for the record."""
        return {"by": self.by, "statement": self.statement, "measured": self.measured,
                "expected": self.expected.text, "expected_value": self.expected.value,
                "tolerance": self.expected.tolerance, "origin": self.origin, "holds": self.holds,
                "as_recorded": self.as_recorded, "fails_because": self.fails_because}


def source_says(statement, measured, expected, origin="the source", fails_because=None):
    """A documented outcome. Give ``fails_because`` where it is known not to reproduce."""
    return Outcome("source", statement, measured, expected, origin, fails_because)


def suite_finds(statement, measured, expected, origin):
    """What is true instead, or under which condition, or beyond what the source says."""
    return Outcome("suite", statement, measured, expected, origin)


def verdict(outcomes):
    """REPRODUCED if every documented outcome of {name: Outcome} holds, else NOT_REPRODUCED.

    NOT_JUDGED if there is none, as on a sample of the source's data.
    """
    documented = [outcome for outcome in outcomes.values() if outcome.by == "source"]
    if not documented:
        return NOT_JUDGED
    return REPRODUCED if all(outcome.holds for outcome in documented) else NOT_REPRODUCED


def verdict_over_seeds(reproduced, judged):
    """The verdict of so many seeds of which so many reproduced a claim.

    REPRODUCED if Wilson's interval of the share lies above one half, NOT_REPRODUCED if it lies
    below, else INCONCLUSIVE: more seeds may decide. Four seeds that agree are enough.
    """
    low, high = share_interval(reproduced, judged)
    if not judged:
        return NOT_JUDGED
    return REPRODUCED if low > 0.5 else NOT_REPRODUCED if high < 0.5 else INCONCLUSIVE
