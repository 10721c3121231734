"""The runs of the original programs, each with the claims whose histories are compared with it."""
from dataclasses import dataclass
from typing import List, Optional

from lib import originals
from lib.claims import Claim, History, largest


@dataclass
class Case:
    """A run of an original program, and how far our histories of it are.

    names: of the case, and of others that are the same run; claims: the chosen ones whose record
    has a history of it, or should have; comparison: with the history that is farthest off, and
    farthest: whose it is; both are None where there is no history.
    """
    names: List[str]
    original: History
    claims: List[Claim]
    comparison: Optional[originals.Comparison] = None
    farthest: Optional[Claim] = None

    @property
    def name(self):
        return self.names[0]

    @property
    def on_mnist(self):
        return self.original.settings.get("data") == "MNIST"

    @property
    def within(self):
        return self.comparison is not None and self.comparison.within


def distinct_originals():
    """[([name, …], History)]: each run of the original programs once, with all names that it has.

    Runs are the same if their settings and all their numbers are.
    """
    distinct = []
    for name, original in originals.original_histories().items():
        for names, known in distinct:
            if known == original:
                names.append(name)
                break
        else:
            distinct.append(([name], original))
    return distinct


def cases_of(claims, results, reference, every):
    """[Case] of the runs that belong to ``claims``.

    A run belongs to a claim if the claim's record has it, or its record in the reference.
    results: {name of a claim: its Result}, with our histories; reference: those of the reference;
    every: whether runs that belong to no claim are wanted, too.
    """
    cases = []
    for names, original in distinct_originals():
        ours = {claim: _runs_of(original, results.get(claim.name)) for claim in claims}
        having = [claim for claim in claims if ours[claim]]
        belongs = having or [claim for claim in claims
                             if _runs_of(original, reference.get(claim.name))]
        if belongs or every:
            compared = [(originals.Comparison(original, history), claim)
                        for claim in having for history in ours[claim]]
            cases.append(Case(names, original, belongs,
                              *max(compared, default=(None, None), key=_how_far)))
    return cases


def _runs_of(original, result):
    """The histories of a Result that have the original's set-up and all its series."""
    return [history for history in (result.histories.values() if result else ())
            if originals.matches(original, history)
            and set(original.series) <= set(history.series)]


def _how_far(compared):
    """What orders (Comparison, Claim) by the deviation, relative to what is allowed."""
    comparison, _ = compared
    return not comparison.within, largest(
        deviation / comparison.tolerances[name]
        for name, deviation in comparison.deviations.items())


def without_cases(claims, cases):
    """{Source: [Claim]} of those of ``claims`` that no case belongs to."""
    left = {}
    for claim in claims:
        if not any(claim in case.claims for case in cases):
            left.setdefault(claim.source, []).append(claim)
    return left
