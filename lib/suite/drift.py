"""Where the numbers moved: the records of releases, compared."""
import os
from dataclasses import dataclass
from typing import List

from lib.files import read_json
from lib.suite import records, releases
from lib.suite.deviations import beyond_tolerance, deviations, largest_of
from lib.suite.records import CRASHED, NOT_RUN

MOVED, VERDICT, MISSING = "moved", "verdict", "missing"     # kinds of change
# what became of a claim, beside CRASHED and MISSING
COMPARED, BY_DESIGN = "compared", "not run by design"
NOT_THERE, ONLY_THERE = "not run there", "not run on the baseline"


class Comparison:
    """One claim in one environment, beside the baseline and the release before.

    state: COMPARED, or why it was not; verdict: of the claim there, in words; from_baseline,
    from_previous: deviations, NaN where the claim was not run; changes: {what: in words} of what
    differs from the baseline, where what is VERDICT, MOVED, MISSING or the name of an outcome.
    """

    def __init__(self, result, baseline, previous):
        self.state = _state(result, baseline)
        self.verdict = result.verdict_in_words if result else MISSING
        moved = deviations(result, baseline)
        self.from_baseline = largest_of(moved)
        self.from_previous = largest_of(deviations(result, previous))
        if self.state == COMPARED:
            self.changes = _changes(result, baseline, moved)
        elif self.state == MISSING:
            self.changes = {MISSING: "not in this record"}
        elif self.state in (CRASHED, NOT_THERE):
            self.changes = {VERDICT: _verdicts(result, baseline)}
        else:
            self.changes = {}


def _state(result, baseline):
    """Whether there is something to compare. A crash is a finding even if both crashed."""
    if result is None:
        return MISSING
    if CRASHED in (result.verdict, baseline.verdict):
        return CRASHED
    if result.verdict == NOT_RUN:
        return BY_DESIGN if baseline.verdict == NOT_RUN else NOT_THERE
    return ONLY_THERE if baseline.verdict == NOT_RUN else COMPARED


def _verdicts(result, baseline):
    """Both verdicts in words, with the reason why one was not run."""
    there, base = (one.verdict_in_words if one.ran else f"{one.verdict} ({one.reason})"
                   for one in (result, baseline))
    return f"{there} there, {base} on the baseline"


def _changes(result, baseline, moved):
    """{what: in words} of a claim that ran on both sides; moved: its deviations."""
    changes = {}
    if result.verdict != baseline.verdict:
        changes[VERDICT] = _verdicts(result, baseline)
    beyond = beyond_tolerance(moved, baseline.tolerances)
    if beyond:
        label = max(beyond, key=beyond.get)
        changes[MOVED] = (f"{label!r} moved by {beyond[label]:.1e}, more than "
                          f"{baseline.tolerances.get(label, 0):.0e}")
    there, base = result.rows, baseline.rows
    for name in list(base) + sorted(set(there) - set(base)):
        one, other = there.get(name), base.get(name)
        if one is None or other is None or one.holds != other.holds:
            changes[name] = (f"{(one or other).statement} ({_measured(one)} there, "
                             f"{_measured(other)} on the baseline)")
    return changes


def _measured(row):
    return "missing" if row is None else f"{row.measured:.6g}"


def compare(found, baseline, in_order=True):
    """{claim: {environment: Comparison}} of {environment: Record}.

    in_order: whether these are releases in order of age, each following the one before.
    """
    compared = {}
    for name, expected in sorted(baseline.claims.items(), key=lambda one: one[1].number):
        previous, compared[name] = None, {}
        for environment, record in found.items():
            result = record.claims.get(name)
            # what is not a plain release comes last and has no release before it
            follows_one = in_order and not releases.place(environment)[0]
            compared[name][environment] = Comparison(result, expected,
                                                     previous if follows_one else expected)
            if result and result.ran:
                previous = result
    return compared


def changes(compared):
    """Each (claim, environment, what, in words) that is not as on the baseline."""
    for claim, by_release in compared.items():
        for environment, one in by_release.items():
            for change, text in one.changes.items():
                yield claim, environment, change, text


def of_state(compared, environment, state):
    """The claims in that state in an environment."""
    return [claim for claim, by_release in compared.items()
            if by_release[environment].state == state]


def extents(compared, found, baseline):
    """{environment: how much of the baseline was compared with its record, in words}."""
    texts = {}
    for environment, record in found.items():
        number = len(of_state(compared, environment, COMPARED))
        parts = [f"{number} of {len(compared)} claims compared"]
        for state in (BY_DESIGN, NOT_THERE, ONLY_THERE, CRASHED, MISSING):
            parts += _named(of_state(compared, environment, state), baseline, state)
        beyond = sorted(set(record.claims) - set(compared))
        texts[environment] = ", ".join(parts + _named(beyond, record, "unknown to the baseline"))
    return texts


def _named(claims, record, state):
    """[] of no claims, else ["3 missing (1, 2, 5)"]."""
    numbers = ", ".join(str(record.claims[claim].number) for claim in claims)
    return [f"{len(claims)} {state} ({numbers})"] if claims else []


@dataclass
class Explanation:
    """A finding that explains some changes of one claim.

    claim: its name; environments, changes: where and what; finding: its heading in
    figures/versions/README.md.
    """
    claim: str
    environments: List[str]
    changes: List[str]
    finding: str


@dataclass
class Explanations:
    """What the file of explanations holds."""
    explained: List[Explanation]


def explanations():
    """A list of Explanations of the differences that are known. Raises BadFile."""
    path = os.path.join(releases.FOLDER, "explained.json")
    if not os.path.exists(path):
        return []
    return records.decoded(Explanations, {"explained": read_json(path)}, path,
                           Explanation).explained


def finding_of(claim, environment, change, known):
    """The heading of the finding that explains a change, or None."""
    return next((one.finding for one in known if one.claim == claim
                 and environment in one.environments and change in one.changes), None)
