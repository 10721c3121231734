"""What runs leave on disk: one schema, for a run of one claim and for all claims on a release.

A record is JSON. Nothing in it is rounded, and all of it is checked when it is read.
"""
import math
import os
import re
import subprocess
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, List, NewType, Optional

import numpy as np

from lib import PROJECT, shapes
from lib.claims import (IN_PART, INCONCLUSIVE, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, SOURCE,
                        SUITE, History, in_words)
from lib.files import BadFile, as_number, quoted, read_json, write_json
from lib.shapes import one_of

FORMAT = "training-reproductions record 3"
NOT_RUN, CRASHED = "not run here", "crashed"    # in place of a verdict
MEASURED, NOT_THERE = "measured", "not there"   # of a probe, beside CRASHED
VERDICTS = (REPRODUCED, IN_PART, NOT_REPRODUCED, INCONCLUSIVE, NOT_JUDGED, NOT_RUN, CRASHED)


# texts, numbers and lists by name: what a release says of itself, what a model that it saved gave
Environment = NewType("Environment", dict)
SavedModel = NewType("SavedModel", dict)
# the values of a history: numbers, or lists of numbers of one length; and texts alone
Series = NewType("Series", list)
Texts = NewType("Texts", list)


@dataclass
class _History:
    settings: Dict[str, Any]
    series: Dict[str, Series]
    texts: Dict[str, Texts] = field(default_factory=dict)


@dataclass
class _Saved:
    outputs: List[float]
    loss: float
    moments: float
    after: List[float]


@dataclass
class _NotSaved:
    error: str


@dataclass
class Row:
    """One outcome as recorded: see ``lib.claims.Outcome``. holds: None if it is not judged."""
    by: str = one_of(SOURCE, SUITE)
    statement: str
    measured: float
    expected: str
    origin: str
    holds: Optional[bool]
    as_recorded: bool
    margin: Optional[float]
    sentence: Optional[str]
    where: Optional[str]
    fails_because: Optional[str]


@dataclass
class Result:
    """What one claim gave: its histories, and the rows and the verdict on them.

    settings: what it was run with, the seed and the epochs among them; reason: why it was not run,
    or the last line of its crash; tolerances: of each history, between releases; calls: the kernels
    and the Keras classes and functions that ran in it, where the release can tell.
    """
    number: int
    title: str
    verdict: str = one_of(*VERDICTS)
    settings: Dict[str, Any]
    reason: Optional[str]
    stand_in: Optional[str]
    histories: Dict[str, History]
    rows: Dict[str, Row]
    tolerances: Dict[str, float]
    seconds: float
    calls: List[str] = field(default_factory=list)

    @property
    def ran(self):
        """Whether it has numbers."""
        return self.verdict not in (NOT_RUN, CRASHED)

    @property
    def judged(self):
        return self.ran and self.verdict != NOT_JUDGED

    @property
    def changed(self):
        """The rows that did not come out as the suite records them."""
        return [row for row in self.rows.values() if not row.as_recorded]

    @property
    def documented(self):
        """The rows of what the source says."""
        return [row for row in self.rows.values() if row.by == SOURCE]

    @property
    def verdict_in_words(self):
        """With its count: "in part (2 of 3)"."""
        if not self.ran:
            return self.verdict
        return in_words(self.verdict, sum(bool(row.holds) for row in self.documented),
                        len(self.documented))


@dataclass
class ProbeResult:
    """What one probe gave: see ``lib.probes.Probe``.

    state: MEASURED, NOT_THERE or CRASHED; reason: of the latter two; digest: the CRC-32 of the bits
    of its numbers; error: the largest distance of one of them from the float64 reference, relative
    to max(1, |number there|); subject: the kernels or the Keras classes that it is about; calls: as
    of a Result.
    """
    kind: str
    state: str = one_of(MEASURED, NOT_THERE, CRASHED)
    reason: Optional[str]
    measured: History
    digest: Optional[str]
    error: Optional[float]
    tolerance: float
    subject: List[str]
    calls: List[str]


@dataclass
class Record:
    """Claims that were run in one place, by name, with versions and processor, and the commit.

    probes: what the probes gave there, by name; models: what the models that were saved there gave,
    by format (``lib.suite.saved_models``). The record of a single claim has neither.
    """
    environment: Environment
    commit: Optional[str]
    seconds: float
    claims: Dict[str, Result]
    probes: Dict[str, ProbeResult] = field(default_factory=dict)
    models: Dict[str, SavedModel] = field(default_factory=dict)
    format: str = FORMAT


def result_of(claim, settings, histories, outcomes, verdict, seconds, between_releases=False):
    """The Result of a run that gave these histories and {name: Outcome}.

    between_releases: whether it was in the form that every release runs.
    """
    return Result(
        claim.number, claim.title, verdict, settings, reason=None, stand_in=claim.stand_in(),
        histories=histories, rows={name: _row_of(outcome) for name, outcome in outcomes.items()},
        tolerances={label: claim.tolerance_of(label, between_releases) for label in histories},
        seconds=seconds)


def result_without_numbers(claim, verdict, reason):
    """The Result of a claim that was NOT_RUN or CRASHED, and why."""
    return Result(claim.number, claim.title, verdict, {}, reason, None, {}, {}, {}, 0.0)


def _row_of(outcome):
    return Row(outcome.by, outcome.statement, outcome.measured, outcome.expected.text,
               outcome.origin, outcome.holds if outcome.judged else None, outcome.as_recorded,
               outcome.margin, outcome.sentence, outcome.where, outcome.fails_because)


def commit():
    """The current git commit, with "+changes" if the code differs from it; None without git."""
    def git(*words):
        return subprocess.check_output(("git", "-C", PROJECT) + words, universal_newlines=True,
                                       stderr=subprocess.DEVNULL).strip()
    try:
        changes = git("status", "--porcelain", "--", "lib", "reproductions", "requirements.txt")
        return git("rev-parse", "HEAD") + ("+changes" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def path_of(claim, folder, ending=".json"):
    """The path below ``folder`` of a claim's record, or with another ending of its figure."""
    return os.path.join(folder, *claim.name.split("/")) + ending


def write(record, path, short=False):
    """Write a Record.

    short: write each number that is exactly a float32 as the shortest decimal that gives it back.
    Two such decimals are equal if and only if the bits are.
    """
    claims = {}
    for name, result in record.claims.items():
        plain = {one.name: getattr(result, one.name) for one in fields(result)}
        if not result.calls:
            del plain["calls"]
        plain["settings"] = _sorted(result.settings)
        plain["rows"] = {row: asdict(one) for row, one in result.rows.items()}
        plain["histories"] = {label: _plain_history(history, short)
                              for label, history in result.histories.items()}
        claims[name] = plain
    probes = {name: dict(asdict(probe), measured=_plain_history(probe.measured, short))
              for name, probe in record.probes.items()}
    write_json(dict({"format": record.format, "environment": _sorted(record.environment),
                     "commit": record.commit, "seconds": record.seconds, "claims": claims},
                    **{name: part for name, part in (("probes", probes), ("models", record.models))
                       if part}), path)


def _sorted(settings):
    """By name, so that two files of the same settings are the same."""
    return dict(sorted(settings.items()))


def _plain_history(history, short=False):
    """Numbers and texts apart, so that a reader knows which strings stand for NaN."""
    texts = {name: values for name, values in history.series.items() if _are_texts(values)}
    numbers = {name: _shortest(values) if short else values
               for name, values in history.series.items() if name not in texts}
    return dict({"settings": _sorted(history.settings), "series": numbers},
                **({"texts": texts} if texts else {}))


def _are_texts(values):
    return bool(values) and all(isinstance(value, str) for value in values)


def _shortest(values):
    if isinstance(values, (list, tuple)):
        return [_shortest(value) for value in values]
    if isinstance(values, float) and math.isfinite(values):
        as_float32 = np.float32(values)
        return float(str(as_float32)) if float(as_float32) == values else values
    return values


def read(path):
    """Read a Record. Raises BadFile, with the place of what is wrong."""
    record = decoded(Record, of_format(FORMAT, "a record", path), path)
    for ending in record.models:
        if not re.fullmatch(r"\.\w+", ending):     # a file beside the record has it
            raise BadFile(f"{path}: models: {quoted(ending)} is not the ending of a file")
    return record


def of_format(format, what, path):
    """What a JSON file of that format holds. what: it is, of this suite. Raises BadFile."""
    found = read_json(path)
    if not isinstance(found, dict) or found.get("format") != format:
        raise BadFile(f"{path}: not {what} of this suite: its format is not {format!r}")
    return found


def read_result(path, claim):
    """The Record at ``path`` and its Result of the claim of that name. Raises BadFile."""
    record = read(path)
    if claim not in record.claims:
        raise BadFile(f"{path}: the record of {', '.join(record.claims) or 'nothing'}, "
                      f"not of {claim}")
    return record, record.claims[claim]


def decoded(kind, found, path):
    """``lib.shapes.decoded``, where histories, environments and models may be part of the data."""
    return shapes.decoded(kind, found, path, {
        History: _decoded_history, Environment: _decoded_environment, SavedModel: _decoded_model})


def _decoded_history(found):
    plain = shapes.value_of(_History, found, {Series: _series, Texts: _texts})
    names = plain.series.keys() | plain.texts.keys()
    for name in sorted(names):
        if name in plain.series and name in plain.texts:
            raise ValueError(f"two series are named {quoted(name)}")
        if name in ("self", "settings"):    # as the arguments of History are
            raise ValueError(f"a series is named {quoted(name)}")
    epochs = plain.settings.get("epochs", 1)
    if type(epochs) is not int or epochs < 1:
        raise ValueError(f"settings: epochs: {quoted(epochs)} is not a number of epochs")
    # series that are kept each epoch are as long as the training
    weight = plain.series.get("weight", ())
    if {"loss", "weight"} <= names and len(weight) != plain.settings.get(
            "epochs", len(weight)):
        raise ValueError("the weight series is not as long as the training")
    return History(plain.settings, **dict(plain.series, **plain.texts))


def _series(found):
    """Numbers, or lists of numbers of one length."""
    nested = isinstance(_a_list(found)[0], list)
    rows = found if nested else [found]
    if nested and any(not isinstance(row, list) or not 0 < len(row) == len(rows[0])
                      for row in rows):
        raise ValueError("an uneven series: its lists are not all of one length")
    try:
        rows = [[as_number(value) for value in row] for row in rows]
    except ValueError:      # again, slowly, for the place of what is no number
        shapes.value_of(List[List[float]] if nested else List[float], found, {})
    return rows if nested else rows[0]


def _texts(found):
    return shapes.value_of(List[str], _a_list(found), {})


def _a_list(found):
    if not shapes.of_type(list, found):
        raise ValueError("a series without values")
    return found


def _decoded_environment(found):
    """Settings; the names and versions among them, which are compared, are texts."""
    shapes.value_of(Dict[str, Any], found, {})
    for name in ("backend", "keras", "numpy", "python", "tensorflow"):
        if not isinstance(found.get(name, ""), str):
            raise ValueError(f"{name}: {quoted(found[name])} is not a text")
    return found


def _decoded_model(found):
    """What ``lib.suite.saved_models.save`` returned for one format: numbers, or why there are none.
    """
    kind = _NotSaved if "error" in shapes.of_type(dict, found) else _Saved
    return vars(shapes.value_of(kind, found, {}))


def write_history(history, path):
    """Write one history that is not part of a record yet."""
    write_json(_plain_history(history), path)


def read_history(path):
    """What ``write_history`` wrote. Raises BadFile."""
    return decoded(History, read_json(path), path)
