"""All that there is to say of records beside a baseline, before anybody prints or draws it."""
import fnmatch
import string
from collections import Counter
from dataclasses import dataclass, field
from typing import Dict, Optional, Set

from lib.suite import drift, explanations, releases
from lib.suite.culprits import Investigation
from lib.suite.drift import BY_DESIGN, COMPARED, CRASHED, MISSING, NOT_THERE, ONLY_THERE

LETTERS = string.ascii_uppercase + string.ascii_lowercase
ANOTHER = "?"       # in place of a letter where there are no more, or nobody was found


@dataclass
class Culprit:
    """One thing that moved numbers in one Step.

    letter: its sign; step, whose: see ``lib.suite.culprits.Blame``; suspects: {probe: the largest
    deviation}; claims: numbers of those that it moved; by: at most by so much.
    """
    letter: str
    step: object
    whose: str
    suspects: Dict[str, float] = field(default_factory=dict)
    claims: Set[int] = field(default_factory=set)
    by: float = 0.0


@dataclass
class Change:
    """One difference from the baseline: of a claim or probe, where, what, in words, and why.

    finding: what explains it, or None.
    """
    of: str
    environment: str
    what: str
    text: str
    finding: Optional[str]


class Report:
    """What moved, where, since when, through what, and which findings explain it.

    found: {environment: Record}; baseline: the Record that they are held against, of the
    environment baseline_name; paths: see ``lib.suite.culprits.Investigation``; in_order: whether
    these are the environments of the matrix; claims: whether claims are compared, too, or probes
    alone.
    """

    def __init__(self, found, baseline, baseline_name, paths=None, in_order=False, claims=True):
        if in_order:
            found = {name: found[name] for name in sorted(found, key=releases.place)}
        self.found, self.baseline, self.baseline_name = found, baseline, baseline_name
        self.in_order, self.claims_compared = in_order, claims
        self.claims = (drift.compare(found, baseline, in_order, baseline_name) if claims else {})
        self.probes = drift.compare_probes(found, baseline)
        investigation = Investigation(found, baseline, baseline_name, paths, in_order)
        self._investigation = investigation
        self._ways = {environment: investigation.way(environment) for environment in found}
        self.blames = {claim: {
            environment: investigation.blame(claim, one, environment)
            for environment, one in by_environment.items()}
            for claim, by_environment in self.claims.items()}
        self.culprits = self._culprits()
        self.changes = []
        self.explain()

    def explain(self):
        """Find the changes, each with the finding that explains it as explained.json now stands."""
        known = explanations.read()
        self.changes = [
            Change(name, environment, what, text, explanations.finding_of(
                name, environment, self.baseline_name, what, known))
            for compared in (self.claims, self.probes)
            for name, environment, what, text in drift.changes(compared)]

    @property
    def words(self):
        """{environment: its name for people}."""
        return {name: releases.words(name) if self.in_order else name for name in self.found}

    def moves(self):
        """Of each history that moved: (claim, its label, environment before, after, deviation,
        {probe: deviation} of the suspects).
        """
        for claim, by_environment in self.claims.items():
            for environment, one in by_environment.items():
                blame = self.blames[claim][environment]
                for label, by in one.since.items() if blame else ():
                    if by > 0:
                        yield (claim, label, one.neighbour, environment, by,
                               self._investigation.suspects(claim, label, blame.step))

    def _culprits(self):
        """{key of a Blame: Culprit}, in the order of the environments."""
        culprits = {}
        for environment in self.found:
            for claim, blames in self.blames.items():
                blame = blames[environment]
                if blame is None:
                    continue
                if blame.key not in culprits:
                    letter = LETTERS[len(culprits)] if len(culprits) < len(LETTERS) else ANOTHER
                    culprits[blame.key] = Culprit(letter, blame.step, blame.whose)
                one = culprits[blame.key]
                one.claims.add(self.baseline.claims[claim].number)
                one.by = max(one.by, blame.by)
                for name, by in blame.suspects.items():
                    one.suspects[name] = max(by, one.suspects.get(name, 0.0))
        return culprits

    def culprit_of(self, claim, environment):
        """The Culprit of the largest move of a claim on the way to the baseline; None if none.

        Of a claim that left its tolerance, the move of the history that left it first; of another,
        the largest move as a share of what is allowed.
        """
        left = self.claims[claim][environment].departure
        tolerances = self.baseline.claims[claim].tolerances

        def size(blame):
            since = self.claims[claim][blame.step.after].since
            if left:
                return since.get(left.history, 0.0)
            return max(by / tolerances.get(label, 0) if by else 0.0
                       for label, by in since.items() if tolerances.get(label, 0))

        blames = [self.blames[claim].get(step.after) for step in self._ways[environment]]
        largest = max((blame for blame in blames if blame), key=size, default=None)
        return self.culprits[largest.key] if largest else None

    def blame_of(self, change):
        """What to blame for a Change, with ``step``, ``whose`` and ``suspects``; None if nothing.
        """
        if change.of in self.claims:
            return self.culprit_of(change.of, change.environment)
        return self._investigation.blame_probe(change.of, change.environment)

    def moves_of(self, probe):
        """[(Step, deviation)] of each Step to an environment in which a probe moved."""
        steps = {step for way in self._ways.values() for step in way}
        moved = self._investigation.moved
        found = ((step, moved(step).get(probe, 0.0)) for environment in self.found for step in steps
                 if step.after == environment)
        return [(step, by) for step, by in found if by > 0]

    def nearer(self, probe, step):
        """Which side of a Step a probe's exact value is nearer to: "before", "after" or ""."""
        records = dict(self.found)
        records.setdefault(self.baseline_name, self.baseline)
        errors = [getattr(records[name].probes.get(probe), "error", None)
                  for name in (step.before, step.after)]
        if None in errors or errors[0] == errors[1]:
            return ""
        return "before" if errors[0] < errors[1] else "after"

    def to_accept(self, names=("*",)):
        """What ``explanations.accept`` needs of the unexplained changes of the claims and probes
        whose names match one of ``names``.
        """
        changes = [(one.of, self._where(one), one.what) for one in self.unexplained
                   if any(fnmatch.fnmatchcase(one.of, name) for name in names)]
        return list(dict.fromkeys(changes))     # a crash of the baseline differs from all others

    def _where(self, change):
        """Its environment; of a crash, the one that crashed."""
        there = self.found[change.environment].probes.get(change.of)
        crashed = change.what != CRASHED or there and there.state == CRASHED
        return change.environment if crashed else self.baseline_name

    @property
    def unexplained(self):
        return [change for change in self.changes if change.finding is None]

    @property
    def known(self):
        """{finding: its Changes}."""
        known = {}
        for change in self.changes:
            if change.finding is not None:
                known.setdefault(change.finding, []).append(change)
        return known

    @property
    def unknown_to_the_baseline(self):
        """{environment: the claims and probes that the baseline lacks}; only where there are any.
        """
        beyond = {name: sorted(set(record.claims) - set(self.baseline.claims)
                               if self.claims_compared else ())
                  + sorted(set(record.probes) - set(self.baseline.probes))
                  for name, record in self.found.items()}
        return {name: those for name, those in beyond.items() if those}

    @property
    def empty(self):
        """The environments of which nothing was compared."""
        return [name for name in self.found
                if not drift.of_state(self.claims, name, COMPARED)
                and (self.claims_compared or not drift.of_state(self.probes, name, COMPARED))]

    @property
    def status(self):
        """1 if anything differs that no finding explains, or was not compared though it should be.
        """
        return int(bool(self.unexplained or self.empty or self.unknown_to_the_baseline))

    def extents(self):
        """{environment: how much of the baseline was compared with its record, in words}."""
        return {name: ", ".join((self._extent_of_claims(name, record)
                                 if self.claims_compared else [])
                                + self._extent_of_probes(name, record))
                for name, record in self.found.items()}

    def _extent_of_claims(self, name, record):
        number = len(drift.of_state(self.claims, name, COMPARED))
        parts = [f"{number} of {len(self.claims)} claims compared"]
        for state in (BY_DESIGN, NOT_THERE, ONLY_THERE, CRASHED, MISSING):
            parts += _named(drift.of_state(self.claims, name, state), self.baseline, state)
        return parts + _named(sorted(set(record.claims) - set(self.claims)), record,
                              "unknown to the baseline")

    def _extent_of_probes(self, name, record):
        if not (self.probes or record.probes):
            return []
        states = Counter(by_environment[name].state for by_environment in self.probes.values())
        parts = [f"{states[COMPARED]} of {len(self.probes)} probes"]
        parts += [f"{states[state]} {words}" for state, words in (
            (NOT_THERE, "not there"), (ONLY_THERE, "not there on the baseline"),
            (CRASHED, "crashed"), (MISSING, "missing")) if states[state]]
        new = len(set(record.probes) - set(self.probes))
        return parts + ([f"{new} unknown to the baseline"] if new else [])


def _named(claims, record, state):
    """[] of no claims, else ["3 missing (1, 2, 5)"]."""
    numbers = ", ".join(str(record.claims[claim].number) for claim in claims)
    return [f"{len(claims)} {state} ({numbers})"] if claims else []
