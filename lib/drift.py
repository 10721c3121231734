"""Where the numbers moved: the records of releases held against each other.

Deviations are |value - baseline| / max(1, |baseline|), the largest over all numbers of a claim's
histories; of what is letters, the share that differs. 0 means bit-identical; infinity, that a
number is finite in one of the two only, or that a history is of another length.
"""
import json
import math
import os
from collections import OrderedDict

from lib import releases
from lib.releases import NOT_RUN
from lib.results import NOT_FINITE

EXPLAINED = os.path.join(releases.FOLDER, "explained.json")
MOVED, VERDICT = "moved", "verdict"


class Comparison:
    """One claim in one environment, beside the baseline and the release before.

    verdict: of the claim there; from_baseline, from_previous: deviations, NaN where the claim was
    not run; changes: {what: in words} of what is not as on the baseline: its verdict, more than its
    tolerance, or an outcome's name.
    """

    def __init__(self, entry, baseline, previous):
        self.verdict = entry["verdict"] if entry else NOT_RUN
        self.reason = (entry or {}).get("reason", "not in this record")
        moved = deviations(entry, baseline)
        self.from_baseline = _largest(moved)
        self.from_previous = _largest(deviations(entry, previous))
        self.changes = OrderedDict()
        if NOT_RUN in (self.verdict, baseline["verdict"]):
            return
        if self.verdict != baseline["verdict"]:
            self.changes[VERDICT] = "{}, not {}".format(self.verdict, baseline["verdict"])
        tolerances = {label: float(baseline["tolerances"].get(label, 0)) for label in moved}
        beyond = {label: by for label, by in moved.items() if by > tolerances[label]}
        if beyond:
            label = max(beyond, key=beyond.get)
            self.changes[MOVED] = "{!r} moved by {:.1e}, more than {:.0e}".format(
                label, beyond[label], tolerances[label])
        for name, outcome in baseline["outcomes"].items():
            there = entry["outcomes"].get(name)
            if there is None or there["holds"] != outcome["holds"]:
                self.changes[name] = "{} ({} there, {} on the baseline)".format(
                    outcome["statement"], "missing" if there is None else "{:.6g}".format(
                        float(there["measured"])), "{:.6g}".format(float(outcome["measured"])))


def compare(records, baseline):
    """{claim: {environment: Comparison}} of {environment: record}, the latter in order of age."""
    compared = OrderedDict()
    for name, expected in sorted(baseline["claims"].items(), key=lambda one: one[1]["number"]):
        previous, compared[name] = None, OrderedDict()
        for environment, record in records.items():
            entry = record["claims"].get(name)
            # what is no plain release comes after them all and follows from the baseline
            before = expected if releases.place(environment)[0] else previous
            compared[name][environment] = Comparison(entry, expected, before)
            if entry and entry["verdict"] != NOT_RUN:
                previous = entry
    return compared


def changes(compared):
    """Each (claim, environment, what, in words) that is not as on the baseline."""
    for claim, by_release in compared.items():
        for environment, one in by_release.items():
            for change, text in one.changes.items():
                yield claim, environment, change, text


def deviations(entry, other):
    """{label: deviation} of the histories that are in either entry; None where one was not run."""
    if not entry or not other or NOT_RUN in (entry["verdict"], other["verdict"]):
        return None
    ours, theirs = entry["histories"], other["histories"]
    return {label: max(_deviation(ours.get(label, {}).get(name), theirs.get(label, {}).get(name))
                       for name in set(ours.get(label, {})) | set(theirs.get(label, {})))
            for label in sorted(set(ours) | set(theirs))}


def _largest(moved):
    return math.nan if moved is None else max([0.0] + list(moved.values()))


def _are_letters(values):
    """Whether these are rows of a diagram, not numbers that are "NaN"."""
    return all(isinstance(value, str) and value not in NOT_FINITE for value in values)


def _deviation(value, other):
    if value == other:
        return 0.0
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        if _are_letters(value + other) and [*map(len, value)] == [*map(len, other)]:
            return sum(map(str.__ne__, "".join(value), "".join(other))) / sum(map(len, value))
        return max(map(_deviation, value, other))
    plain = not {type(value), type(other)} - {int, float}
    return abs(value - other) / max(1.0, abs(other)) if plain else math.inf


def explanations():
    """Of the differences that are known: [{claim, environments, changes, finding}].

    claim, its name; environments and changes, lists; finding, a heading of the page of findings.
    """
    if not os.path.exists(EXPLAINED):
        return []
    with open(EXPLAINED, encoding="utf-8") as file:
        return json.load(file)


def finding_of(claim, environment, change, known):
    """The heading of the finding that explains a change, or None."""
    return next((one["finding"] for one in known if one["claim"] == claim
                 and environment in one["environments"] and change in one["changes"]), None)
