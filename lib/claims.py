"""The words of the suite: source, sentence, history, outcome, verdict."""
import math
from collections import OrderedDict

import numpy as np

REPRODUCED, IN_PART, NOT_REPRODUCED = "reproduced", "in part", "not reproduced"
INCONCLUSIVE = "inconclusive"   # the seeds do not agree
NOT_JUDGED = "not judged"       # without the source's data, or after other epochs than the source's
SOURCE, SUITE = "source", "suite"


class Sentence:
    """Something that a source says and that a run could show to be true or false.

    where: its place in the source, for a reader who looks it up; says: the sentence in our words;
    not_judged: why no claim of the suite judges it, or None if one does.
    """

    def __init__(self, where, says, not_judged=None):
        self.where, self.says, self.not_judged = where, says, not_judged


class Source:
    """A published text that makes claims about training.

    title, url, published, licence: strings for the credits; sentences: {key: Sentence}, all that
    can be checked, in the order of the text. ``source_says`` names its sentence by the key.
    """

    def __init__(self, title, url, published, licence, sentences=()):
        self.title, self.url, self.published, self.licence = title, url, published, licence
        self.sentences = OrderedDict(sentences)


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

    ``margin(measured)`` is the distance to the bound that is nearest, negative beyond it; None
    where there is no bound. NaN satisfies no relation but ``not_finite``.
    """

    def __init__(self, text, accepts, margin=lambda measured: None, value=None, tolerance=None):
        self.text, self.accepts, self.margin = text, accepts, margin
        self.value, self.tolerance = value, tolerance


def near(value, within):
    """At most ``within`` away from ``value``."""
    return Expected("{:.4g} ± {:.2g}".format(value, within),
                    lambda measured: abs(measured - value) <= within,
                    lambda measured: within - abs(measured - value), value, within)


def below(value):
    return Expected("< {:.4g}".format(value), lambda measured: measured < value,
                    lambda measured: value - measured, value)


def above(value):
    return Expected("> {:.4g}".format(value), lambda measured: measured > value,
                    lambda measured: measured - value, value)


def at_least(value):
    return Expected(">= {:.4g}".format(value), lambda measured: measured >= value,
                    lambda measured: measured - value, value)


def between(low, high):
    return Expected("{:.4g} to {:.4g}".format(low, high),
                    lambda measured: low <= measured <= high,
                    lambda measured: min(measured - low, high - measured),
                    (low + high) / 2, (high - low) / 2)


def exactly(value):
    return Expected("= {:.6g}".format(value), lambda measured: measured == value,
                    lambda measured: -abs(measured - value), value, 0)


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


def apart(one, other, setting):
    """Whether two histories say of themselves, in a setting, that they are two and not one.

    For rows that compare two runs: one taken for the other must not pass.
    """
    return one.settings.get(setting) != other.settings.get(setting)


def share_interval(successes, trials):
    """The exact interval for a probability, (low, high), in which it lies with 95 % confidence.

    successes, trials: whole numbers, of trials that are independent (Clopper and Pearson 1934, by
    SciPy). NaN of none.
    """
    if not trials:
        return math.nan, math.nan
    from scipy.stats import binomtest   # takes long to import, and only a run needs it
    interval = binomtest(int(successes), int(trials)).proportion_ci(0.95, method="exact")
    return float(interval.low), float(interval.high)


class Outcome:
    """One row of a verdict.

    by: who says that it happens, SOURCE or SUITE; statement: what is said to happen; measured: the
    number that the run gave; expected: what the statement demands of it; origin: where the
    expected value comes from; fails_because: None where the suite records that the statement
    holds, else the reason why it does not; sentence: the key of what the source says, where: its
    place there (``lib.catalogue`` fills it in); judged: False after other epochs than the claim is
    about.
    """

    def __init__(self, by, statement, measured, expected, origin, fails_because=None,
                 sentence=None):
        self.by, self.statement, self.measured = by, statement, float(measured)
        self.expected, self.origin, self.fails_because = expected, origin, fails_because
        self.sentence, self.where, self.judged = sentence, None, True

    @property
    def holds(self):
        return bool(self.expected.accepts(self.measured))

    @property
    def margin(self):
        """The distance to the nearest bound, negative beyond it; None where there is none."""
        return self.expected.margin(self.measured)

    @property
    def as_recorded(self):
        """Whether it came out as the suite records it, holding or not; so does what nobody judges.
        """
        return not self.judged or self.holds == (self.fails_because is None)

    def __repr__(self):
        return "{}: measured {:.6g}, expected {} ({})".format(
            self.statement, self.measured, self.expected.text, self.origin)

    def as_row(self):
        """A plain dict for the record; ``holds`` is None where nobody judges it."""
        return {"by": self.by, "sentence": self.sentence, "where": self.where,
                "statement": self.statement, "measured": self.measured,
                "expected": self.expected.text, "expected_value": self.expected.value,
                "tolerance": self.expected.tolerance, "origin": self.origin,
                "holds": self.holds if self.judged else None,
                "as_recorded": self.as_recorded, "fails_because": self.fails_because}


def source_says(sentence, statement, measured, expected, origin="the source", fails_because=None):
    """A documented outcome. Give ``fails_because`` where it is known not to reproduce.

    sentence: the key, in the ``sentences`` of its Source, of what the source says.
    """
    return Outcome(SOURCE, statement, measured, expected, origin, fails_because, sentence)


def suite_finds(statement, measured, expected, origin):
    """What is true instead, or under which condition, or beyond what the source says."""
    return Outcome(SUITE, statement, measured, expected, origin)


def verdict(outcomes):
    """What becomes of a claim whose rows are {name: Outcome}: one of the words above.

    REPRODUCED if every documented outcome holds, IN_PART if some do, NOT_REPRODUCED if none does;
    NOT_JUDGED if there is none, as on a sample of the source's data, or none is judged.
    """
    documented = [outcome for outcome in outcomes.values() if outcome.by == SOURCE]
    if not documented or not all(outcome.judged for outcome in documented):
        return NOT_JUDGED
    return word_for(sum(outcome.holds for outcome in documented), len(documented))


def word_for(holding, documented):
    """The verdict where so many of the documented outcomes hold."""
    return (REPRODUCED if holding == documented else IN_PART if holding else NOT_REPRODUCED)


def in_words(word, holding, documented):
    """A verdict with its count: "in part (2 of 3)"; "not judged" and "inconclusive" have none."""
    if word in (NOT_JUDGED, INCONCLUSIVE):
        return word
    return "{} ({} of {})".format(word, holding, documented)
