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
from lib.claims import SOURCE, in_words
from lib.releases import CRASHED, NOT_RUN, ran
from lib.results import NOT_FINITE

EXPLAINED = os.path.join(releases.FOLDER, "explained.json")
MOVED, VERDICT, MISSING = "moved", "verdict", "missing"     # kinds of change
# what became of a claim, beside CRASHED and MISSING
COMPARED, BY_DESIGN = "compared", "not run by design"
NOT_THERE, ONLY_THERE = "not run there", "not run on the baseline"


class Comparison:
    """One claim in one environment, beside the baseline and the release before.

    state: COMPARED, or why it was not; verdict: of the claim there, in words; from_baseline,
    from_previous: deviations, NaN where the claim was not run; changes: {what: in words} of what is
    not as on the baseline: its verdict, more than its tolerance, or an outcome's name.
    """

    def __init__(self, entry, baseline, previous):
        self.state = _state(entry, baseline)
        self.verdict = _verdict(entry)
        moved = deviations(entry, baseline)
        self.from_baseline = _largest(moved)
        self.from_previous = _largest(deviations(entry, previous))
        if self.state == COMPARED:
            self.changes = _changes(entry, baseline, moved)
        elif self.state == MISSING:
            self.changes = OrderedDict([(MISSING, "not in this record")])
        elif self.state in (CRASHED, NOT_THERE):
            self.changes = OrderedDict([(VERDICT, _verdicts(entry, baseline))])
        else:
            self.changes = OrderedDict()


def _state(entry, baseline):
    """Whether there is something to compare. A crash is a finding even if both crashed."""
    if entry is None:
        return MISSING
    if CRASHED in (entry["verdict"], baseline["verdict"]):
        return CRASHED
    if entry["verdict"] == NOT_RUN:
        return BY_DESIGN if baseline["verdict"] == NOT_RUN else NOT_THERE
    return ONLY_THERE if baseline["verdict"] == NOT_RUN else COMPARED


def _verdict(entry):
    """Of an entry, with its count of documented outcomes: "in part (2 of 3)"."""
    if not ran(entry):
        return entry["verdict"] if entry else MISSING
    outcomes = list(entry["outcomes"].values())
    if not all("by" in outcome for outcome in outcomes):    # older records do not say whose it is
        return entry["verdict"]
    documented = [outcome for outcome in outcomes if outcome["by"] == SOURCE]
    return in_words(entry["verdict"], sum(bool(outcome["holds"]) for outcome in documented),
                    len(documented))


def _verdicts(entry, baseline):
    """Both in words, with the reason of what did not run."""
    return "{} there, {} on the baseline".format(*(
        _verdict(one) if ran(one) else "{} ({})".format(one["verdict"], one["reason"])
        for one in (entry, baseline)))


def _changes(entry, baseline, moved):
    """{what: in words} of a claim that ran on both sides; moved: its deviations."""
    changes = OrderedDict()
    if entry["verdict"] != baseline["verdict"]:
        changes[VERDICT] = _verdicts(entry, baseline)
    tolerances = {label: float(baseline["tolerances"].get(label, 0)) for label in moved}
    # "not <=": whatever is NaN is beyond
    beyond = {label: by for label, by in moved.items() if not by <= tolerances[label]}
    if beyond:
        label = max(beyond, key=beyond.get)
        changes[MOVED] = "{!r} moved by {:.1e}, more than {:.0e}".format(
            label, beyond[label], tolerances[label])
    there, base = entry["outcomes"], baseline["outcomes"]
    for name in list(base) + sorted(set(there) - set(base)):
        one, other = there.get(name), base.get(name)
        if one is None or other is None or one["holds"] != other["holds"]:
            changes[name] = "{} ({} there, {} on the baseline)".format(
                (one or other)["statement"], _measured(one), _measured(other))
    return changes


def _measured(outcome):
    return "missing" if outcome is None else "{:.6g}".format(float(outcome["measured"]))


def compare(records, baseline, in_order=True):
    """{claim: {environment: Comparison}} of {environment: record}.

    in_order: whether these are releases in order of age, each of which follows from the one before.
    """
    compared = OrderedDict()
    for name, expected in sorted(baseline["claims"].items(), key=lambda one: one[1]["number"]):
        previous, compared[name] = None, OrderedDict()
        for environment, record in records.items():
            entry = record["claims"].get(name)
            # what is no plain release comes after them all and follows from the baseline
            follows_one = in_order and not releases.place(environment)[0]
            compared[name][environment] = Comparison(entry, expected,
                                                     previous if follows_one else expected)
            if ran(entry):
                previous = entry
    return compared


def changes(compared):
    """Each (claim, environment, what, in words) that is not as on the baseline."""
    for claim, by_release in compared.items():
        for environment, one in by_release.items():
            for change, text in one.changes.items():
                yield claim, environment, change, text


def of_state(compared, environment, state):
    """The claims of that state in an environment."""
    return [claim for claim, by_release in compared.items()
            if by_release[environment].state == state]


def extents(compared, records, baseline):
    """{environment: how much of the baseline was compared with its record, in words}."""
    texts = OrderedDict()
    for environment, record in records.items():
        parts = ["{} of {} claims compared".format(
            len(of_state(compared, environment, COMPARED)), len(compared))]
        for state in (BY_DESIGN, NOT_THERE, ONLY_THERE, CRASHED, MISSING):
            parts += _named(of_state(compared, environment, state), baseline, state)
        beyond = sorted(set(record["claims"]) - set(compared))
        texts[environment] = ", ".join(parts + _named(beyond, record, "unknown to the baseline"))
    return texts


def _named(claims, record, state):
    """[] of no claims, else ["3 missing (1, 2, 5)"]."""
    return ["{} {} ({})".format(len(claims), state, ", ".join(
        str(record["claims"][claim]["number"]) for claim in claims))] if claims else []


def deviations(entry, other):
    """{label: deviation} of the histories that are in either entry; None where one was not run."""
    if not ran(entry) or not ran(other):
        return None
    ours, theirs = entry["histories"], other["histories"]
    return {label: _largest({
        name: _deviation(ours.get(label, {}).get(name), theirs.get(label, {}).get(name))
        for name in set(ours.get(label, {})) | set(theirs.get(label, {}))})
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
    if {type(value), type(other)} - {int, float}:
        return math.inf
    deviation = abs(value - other) / max(1.0, abs(other))
    return math.inf if math.isnan(deviation) else deviation     # which max() might drop


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
