"""The words of the suite: claim, source, sentence, history, outcome, verdict."""
import inspect
import math
import re
from dataclasses import dataclass, field
from typing import Callable, Dict, Optional

import numpy as np

REPRODUCED, IN_PART, NOT_REPRODUCED = "reproduced", "in part", "not reproduced"
INCONCLUSIVE = "inconclusive"   # the seeds do not settle it
NOT_JUDGED = "not judged"       # without the source's data, or after other epochs than the source's
SOURCE, SUITE = "source", "suite"
# How far a number may move between releases, relative to max(1, |value|), unless a script says
# otherwise: what float32 sums in another order come to after some 16,000 steps
TOLERANCE = 1e-5
ENOUGH_SEEDS = 20


@dataclass
class Sentence:
    """Something that a source says and a run could show to be true or false.

    where: its place in the source, for a reader who looks it up; says: the sentence in our words;
    not_judged: why no claim of the suite judges it, or None if one does.
    """
    where: str
    says: str
    not_judged: Optional[str] = None


@dataclass(eq=False)    # a source is the same as itself only, and so can be a key
class Source:
    """A published text that makes claims about training.

    title, url, published, licence: for the credits; sentences: {key: Sentence}, all that can be
    checked, in the order of the text. ``source_says`` names its sentence by the key. program: what
    the source's own program does, in words that follow "which"; None if it has none.
    """
    title: str
    url: str
    published: str
    licence: str
    sentences: Dict[str, Sentence] = field(default_factory=dict)
    program: Optional[str] = None

    def __post_init__(self):
        self.sentences = dict(self.sentences)


class History:
    """What one training run recorded: how it was set up, and named series of plain numbers.

    In a training ``loss[k]`` is the mean loss over the batches of epoch k + 1, as Keras reports it,
    and ``weight[k]`` the value after k + 1 epochs; what a measurement records, its function says.
    A series is read as an attribute: ``history.loss[-1]``. Series of text hold digests, and
    diagrams, one string per row.
    """

    def __init__(self, settings, **series):
        self.settings = settings
        self.series = dict(sorted(series.items()))

    def plus(self, **series):
        """The same run with more series."""
        return History(self.settings, **dict(self.series, **series))

    def __getattr__(self, name):
        series = self.__dict__.get("series", {})    # none while it is copied
        if name in series:
            return series[name]
        raise AttributeError(f"this history has no series {name!r}; its series: "
                             f"{', '.join(series) or 'none'}")

    def __eq__(self, other):
        return (self.settings, self.series) == (other.settings, other.series)


@dataclass
class Expected:
    """What a measured number must satisfy: a relation, a value and a tolerance.

    ``margin(measured)`` is the distance to the nearest bound, negative beyond it; None where there
    is no bound. NaN satisfies no relation but ``not_finite``.
    """
    text: str
    accepts: Callable
    margin: Callable = lambda measured: None
    value: Optional[float] = None
    tolerance: Optional[float] = None


def near(value, within):
    """At most ``within`` away from ``value``."""
    return Expected(f"{value:.4g} ± {within:.2g}", lambda measured: abs(measured - value) <= within,
                    lambda measured: within - abs(measured - value), value, within)


def below(value):
    return Expected(f"< {value:.4g}", lambda measured: measured < value,
                    lambda measured: value - measured, value)


def above(value):
    return Expected(f"> {value:.4g}", lambda measured: measured > value,
                    lambda measured: measured - value, value)


def at_least(value):
    return Expected(f">= {value:.4g}", lambda measured: measured >= value,
                    lambda measured: measured - value, value)


def between(low, high):
    return Expected(f"{low:.4g} to {high:.4g}", lambda measured: low <= measured <= high,
                    lambda measured: min(measured - low, high - measured),
                    (low + high) / 2, (high - low) / 2)


def exactly(value):
    return Expected(f"= {value:.6g}", lambda measured: measured == value,
                    lambda measured: -abs(measured - value), value, 0)


def not_finite():
    """Infinity or NaN: divergence is an outcome, tested for what it is."""
    return Expected("not finite", lambda measured: not math.isfinite(measured))


def largest(values):
    """The largest of ``values``; NaN if any is NaN, which ``max`` may drop, or if there are none.
    """
    return float(np.max(list(values) or [math.nan]))


def smallest(values):
    """The smallest of ``values``; NaN if any is NaN, or if there are none."""
    return float(np.min(list(values) or [math.nan]))


def first_epoch(conditions):
    """The first epoch, from 1, whose condition holds; infinity if there is none."""
    return next((epoch for epoch, holds in enumerate(conditions, 1) if holds), math.inf)


def apart(one, other, setting):
    """Whether two histories differ in a setting.

    For rows that compare two runs: comparing a run with itself must not pass.
    """
    return one.settings.get(setting) != other.settings.get(setting)


def share_interval(successes, trials):
    """The exact interval (low, high) that contains a probability with 95 % confidence.

    successes, trials: whole numbers, of independent trials (Clopper and Pearson 1934, by SciPy).
    NaN if there were no trials.
    """
    if not trials:
        return math.nan, math.nan
    from scipy.stats import binomtest   # takes long to import, and only a run needs it
    interval = binomtest(int(successes), int(trials)).proportion_ci(0.95, method="exact")
    return float(interval.low), float(interval.high)


@dataclass
class Outcome:
    """One row of a verdict.

    by: who says that it happens, SOURCE or SUITE; statement: what is said to happen; measured: the
    number that the run gave; expected: what the statement demands of it; origin: where the expected
    value comes from; fails_because: why it does not hold, or None where the suite records that it
    does; sentence: the key of what the source says; where: its place there, which
    ``Claim.judge`` fills in; judged: False after another number of epochs than the claim is about.
    """
    by: str
    statement: str
    measured: float
    expected: Expected
    origin: str
    fails_because: Optional[str] = None
    sentence: Optional[str] = None
    where: Optional[str] = None
    judged: bool = True

    def __post_init__(self):
        self.measured = float(self.measured)

    @property
    def holds(self):
        return bool(self.expected.accepts(self.measured))

    @property
    def margin(self):
        """The distance to the nearest bound, negative beyond it; None where there is none."""
        return self.expected.margin(self.measured)

    @property
    def as_recorded(self):
        """Whether it came out as the suite records it, holding or not; True if it is not judged."""
        return not self.judged or self.holds == (self.fails_because is None)

    def __repr__(self):
        return (f"{self.statement}: measured {self.measured:.6g}, expected {self.expected.text} "
                f"({self.origin})")


def source_says(sentence, statement, measured, expected, origin="the source", fails_because=None):
    """A documented outcome. Give ``fails_because`` where it is known not to reproduce.

    sentence: the key, in the ``sentences`` of its Source, of what the source says.
    """
    return Outcome(SOURCE, statement, measured, expected, origin, fails_because, sentence)


def suite_finds(statement, measured, expected, origin):
    """An outcome of the suite's own: what is true instead, or on what condition, or besides."""
    return Outcome(SUITE, statement, measured, expected, origin)


def verdict(outcomes):
    """The verdict on a claim whose rows are {name: Outcome}: one of the words above.

    REPRODUCED if every documented outcome holds, IN_PART if some do, NOT_REPRODUCED if none does;
    NOT_JUDGED if the rows have none, as on a sample of the source's data, or if one is not judged.
    """
    documented = [outcome for outcome in outcomes.values() if outcome.by == SOURCE]
    if not documented or not all(outcome.judged for outcome in documented):
        return NOT_JUDGED
    return word_for(sum(outcome.holds for outcome in documented), len(documented))


def word_for(holding, documented):
    """The verdict where this many of the documented outcomes hold."""
    return REPRODUCED if holding == documented else IN_PART if holding else NOT_REPRODUCED


def in_words(word, holding, documented):
    """A verdict with its count: "in part (2 of 3)"; "not judged" and "inconclusive" have none."""
    if word in (NOT_JUDGED, INCONCLUSIVE):
        return word
    return f"{word} ({holding} of {documented})"


class Claim:
    """One published claim: a script of ``reproductions/<source>/`` and what it says of itself.

    module: the imported script; number: its place in the table; title: first line of its docstring;
    name: "<source>/<stem>", which is also the path of its record and figure below ``figures``.
    """

    def __init__(self, module, source_module):
        self.module = module
        self.source = source_module.SOURCE
        _, self.source_name, self.stem = module.__name__.split(".")
        self.name = f"{self.source_name}/{self.stem}"
        self.number = module.NUMBER
        self.title = module.__doc__.split("\n", 1)[0].rstrip(".")

    @property
    def sections(self):
        """The parts of its docstring below the title, each in one line: {heading: text}."""
        parts = re.split(r"^([A-Z][a-z]+) {2,}", inspect.cleandoc(self.module.__doc__),
                         flags=re.MULTILINE)
        return {heading: " ".join(text.split()) for heading, text in zip(parts[1::2], parts[2::2])}

    @property
    def epochs(self):
        """The epochs of the source's set-up; None for a claim that trains nothing."""
        return getattr(self.module, "EPOCHS", None)

    @property
    def reads_data(self):
        """Whether it trains on a data set: its script then says how to ``load_data``."""
        return hasattr(self.module, "load_data")

    def stand_in(self):
        """What stands in for the source's data if they cannot be had, in words; else None.

        Loads and checks the data of a claim that reads any. Raises BadFile.
        """
        return self.module.load_data().stand_in if self.reads_data else None

    @property
    def one_seed(self):
        """Why other seeds would say nothing more about the claim, or None if they would."""
        return getattr(self.module, "ONE_SEED", None)

    @property
    def on_every_release(self):
        """Settings of ``run`` that make it short enough to be run on every release.

        Or a text: why it is not run there.
        """
        return getattr(self.module, "ON_EVERY_RELEASE", {})

    @property
    def short_form(self):
        """Settings of ``run`` on every release; none for a claim that is not run there."""
        settings = self.on_every_release
        return {} if isinstance(settings, str) else settings

    @property
    def seeds_form(self):
        """Settings of ``run`` over seeds: the short form, unless its script says otherwise."""
        return getattr(self.module, "SEEDS_FORM", self.short_form)

    @property
    def enough_seeds(self):
        """How many seeds it is judged with: ENOUGH_SEEDS, or fewer if its script says so."""
        return getattr(self.module, "OVER_SEEDS", ENOUGH_SEEDS)

    def tolerance_of(self, label, between_releases=False):
        """The largest deviation of a history that still counts as unchanged, on any machine.

        Relative to max(1, |value|); of text, the share of the characters that differ.
        between_releases: in the form that every release runs, where more may be allowed.
        """
        wider = getattr(self.module, "TOLERANCE_BETWEEN_RELEASES", {}) if between_releases else {}
        if label in wider:
            return wider[label]
        tolerance = getattr(self.module, "TOLERANCE", TOLERANCE)
        return tolerance.get(label, TOLERANCE) if isinstance(tolerance, dict) else tolerance

    def run(self, seed, epochs=None, resume=None, **settings):
        """Train: {label: History}.

        epochs: by default the source's, if it trains at all; resume: where an interrupted run goes
        on, see ``lib.training.FromTheStart``, for the claims that can.
        """
        if self.epochs is not None:
            settings["epochs"] = epochs or settings.get("epochs", self.epochs)
        if resume and "resume" in inspect.signature(self.module.run).parameters:
            settings["resume"] = resume
        return self.module.run(seed, **settings)

    def judge(self, histories, epochs=None):
        """The rows of the verdict on {label: History}: {name: Outcome}.

        epochs: how many were trained. If not as many as the claim is about, the rows are measured
        but not judged. Raises ValueError if a row names a sentence that the source does not have.
        """
        outcomes = self.module.judge(histories)
        for outcome in outcomes.values():
            outcome.judged = epochs is None or epochs == self.epochs
            if outcome.sentence is not None:
                if outcome.sentence not in self.source.sentences:
                    raise ValueError(f"{outcome.statement!r} names the sentence "
                                     f"{outcome.sentence!r}, which its SOURCE does not have")
                outcome.where = self.source.sentences[outcome.sentence].where
        return outcomes
