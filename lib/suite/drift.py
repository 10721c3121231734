"""Where the numbers moved: the records of releases, compared, claim by claim, probe by probe."""
import math

from lib.suite import releases
from lib.suite.deviations import (beyond_tolerance, departure, departure_of, deviations,
                                  largest_of, of_histories)
from lib.suite.records import CRASHED, MEASURED, NOT_RUN

MOVED, VERDICT, MISSING = "moved", "verdict", "missing"     # kinds of change
# what became of a claim or a probe, beside CRASHED and MISSING
COMPARED, BY_DESIGN = "compared", "not run by design"
NOT_THERE, ONLY_THERE = "not run there", "not run on the baseline"
IDENTICAL, WITHIN, BEYOND = "identical", "within tolerance", "beyond tolerance"


class Beside:
    """A claim or a probe in one environment, beside the baseline.

    state: COMPARED, or why it was not; from_baseline: the largest deviation, NaN where it was not
    compared; departure: where its numbers first left their tolerance, or None; changes: {what: in
    words} of what differs from the baseline.
    """
    state, from_baseline, departure, changes = None, math.nan, None, {}

    @property
    def closeness(self):
        """IDENTICAL, WITHIN or BEYOND; None where it was not compared."""
        if self.state != COMPARED:
            return None
        return BEYOND if self.departure else WITHIN if self.from_baseline > 0 else IDENTICAL


class Comparison(Beside):
    """One claim in one environment, beside the baseline and a neighbour.

    verdict: of the claim there, in words; neighbour: the environment that it is held against to
    tell where a history moved (``neighbours``), or None; since: {history: deviation from there}, or
    None. A change is VERDICT, MOVED, MISSING or the name of an outcome.
    """

    def __init__(self, result, baseline, neighbour=None, there=None):
        self.state = _state(result, baseline)
        self.verdict = result.verdict_in_words if result else MISSING
        moved = deviations(result, baseline)
        self.from_baseline = largest_of(moved)
        self.neighbour = neighbour
        self.since = moved if there is baseline else deviations(result, there)
        if self.state == COMPARED:
            beyond = beyond_tolerance(moved, baseline.tolerances)
            self.departure = departure(result, baseline, beyond, baseline.tolerances)
            self.changes = _changes(result, baseline, beyond, self.departure)
        elif self.state == MISSING:
            self.changes = {MISSING: "not in this record"}
        elif self.state in (CRASHED, NOT_THERE):
            self.changes = {VERDICT: _verdicts(result, baseline)}

    @property
    def from_neighbour(self):
        """The largest deviation from the neighbour, NaN where there is none."""
        return largest_of(self.since)


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


def _changes(result, baseline, beyond, left):
    """{what: in words} of a claim that ran on both sides.

    beyond: {label: deviation} of the histories that left their tolerance; left: their first
    Departure.
    """
    changes = {}
    if result.verdict != baseline.verdict:
        changes[VERDICT] = _verdicts(result, baseline)
    if beyond:
        label = max(beyond, key=beyond.get)
        changes[MOVED] = (f"{label!r} moved by {beyond[label]:.1e}, more than "
                          f"{baseline.tolerances.get(label, 0):.0e}; first in {left}")
    there, base = result.rows, baseline.rows
    for name in list(base) + sorted(set(there) - set(base)):
        one, other = there.get(name), base.get(name)
        if one is None or other is None or one.holds != other.holds:
            changes[name] = (f"{(one or other).statement} ({_measured(one)} there, "
                             f"{_measured(other)} on the baseline)")
    return changes


def _measured(row):
    return "missing" if row is None else f"{row.measured:.6g}"


def neighbours(environment, names, baseline, in_order):
    """The environments to hold one against, to tell where a history moved: the best one first.

    names: of all environments, oldest release first; in_order: whether they are those of the
    matrix. A release has the ones before it; the same release with another Keras or switch has the
    plain one; another backend, and a record by itself, have the baseline.
    """
    if not in_order:
        return [baseline]
    kind, *release = releases.place(environment)
    plain = [name for name in names if releases.place(name)[0] == releases.PLAIN]
    if kind == releases.PLAIN:
        return plain[:plain.index(environment)][::-1]
    if kind == releases.VARIANT:
        return [name for name in plain if releases.place(name)[1:3] == tuple(release[:2])]
    return [baseline]


def compare(found, baseline, in_order=True, baseline_name=releases.BASELINE):
    """{claim: {environment: Comparison}} of {environment: Record}; see ``neighbours``."""
    compared = {}
    for name, expected in sorted(baseline.claims.items(), key=lambda one: one[1].number):
        compared[name] = {}
        for environment, record in found.items():
            near = [one for one in neighbours(environment, list(found), baseline_name, in_order)
                    if _ran(_of(found, baseline, baseline_name, one), name)][:1]
            there = (_of(found, baseline, baseline_name, near[0]).claims[name] if near else None)
            compared[name][environment] = Comparison(
                record.claims.get(name), expected, near[0] if near else None, there)
    return compared


def _of(found, baseline, baseline_name, environment):
    return baseline if environment == baseline_name else found.get(environment)


def _ran(record, claim):
    return bool(record) and claim in record.claims and record.claims[claim].ran


class ProbeComparison(Beside):
    """One probe in one environment, beside the baseline.

    state: COMPARED, NOT_THERE, ONLY_THERE, CRASHED or MISSING; a change is MOVED or such a state.
    """

    def __init__(self, probe, baseline):
        self.state = _probe_state(probe, baseline)
        if self.state == COMPARED:
            self._compare(probe, baseline)
        elif self.state == MISSING:
            self.changes = {MISSING: "not in this record"}
        elif self.state in (CRASHED, NOT_THERE):
            self.changes = {self.state: f"{_fate(probe)} there, {_fate(baseline)} on the baseline"}

    def _compare(self, probe, baseline):
        self.from_baseline = of_histories(probe.measured, baseline.measured)
        if not self.from_baseline <= baseline.tolerance:
            self.departure = departure_of(probe.measured, baseline.measured, baseline.tolerance)
            sides = ""
            if None not in (probe.error, baseline.error):
                sides = (f"; {probe.error:.1e} from the exact value there, {baseline.error:.1e} "
                         "on the baseline")
            self.changes = {MOVED: f"{self.departure}{sides}"}


def _probe_state(probe, baseline):
    if probe is None:
        return MISSING
    if CRASHED in (probe.state, baseline.state):
        return CRASHED
    if probe.state != MEASURED:
        return NOT_THERE
    return COMPARED if baseline.state == MEASURED else ONLY_THERE


def _fate(probe):
    return probe.state if probe.reason is None else f"{probe.state} ({probe.reason})"


def compare_probes(found, baseline):
    """{probe: {environment: ProbeComparison}} of {environment: Record}."""
    return {name: {environment: ProbeComparison(record.probes.get(name), expected)
                   for environment, record in found.items()}
            for name, expected in baseline.probes.items()}


def changes(compared):
    """Each (claim or probe, environment, what, in words) that is not as on the baseline."""
    for name, by_release in compared.items():
        for environment, one in by_release.items():
            for change, text in one.changes.items():
                yield name, environment, change, text


def of_state(compared, environment, state):
    """The claims in that state in an environment."""
    return [claim for claim, by_release in compared.items()
            if by_release[environment].state == state]
