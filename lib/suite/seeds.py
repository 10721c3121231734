"""Each claim judged with one seed after another: how often it holds, and how near it is to tipping.

The results of all claims are in one file, which is written whole after every seed, so that an
interrupted run continues where it stopped. What older code gave does not count.
"""
import math
import os
from dataclasses import asdict, dataclass
from typing import Any, Dict, Optional

import numpy as np

from lib.claims import INCONCLUSIVE, NOT_JUDGED, SOURCE, share_interval, word_for
from lib.files import write_json
from lib.progress import lines_about
from lib.suite import records
from lib.suite.digests import digest_of_claim

FORMAT = "training-reproductions seeds 2"
FILE = "seeds.json"
FIRST = 101     # fixed before any was looked at; the seeds exclude 0, on which bounds were chosen
FEWEST = 6      # of 5, even if all agree, the exact interval reaches down to 0.48


@dataclass
class SeedRow:
    """What one seed gave for one outcome: see ``lib.claims.Outcome``."""
    by: str
    statement: str
    expected: str
    measured: float
    margin: Optional[float]
    holds: bool
    as_recorded: bool


@dataclass
class Entry:
    """What is kept of one claim: what made the numbers, and {seed: {outcome: SeedRow}}."""
    code: str
    environment: records.Environment
    settings: Dict[str, Any]
    stand_in: Optional[str]
    commit: Optional[str]
    by_seed: Dict[str, Dict[str, SeedRow]]


@dataclass
class SeedsFile:
    """{name of a claim: Entry}."""
    format: str
    claims: Dict[str, Entry]


class OutcomeOverSeeds:
    """What the seeds say together of one outcome.

    by, statement, expected: as the outcome has them; holding, judged: numbers of seeds; interval:
    exact, for the share that holds, None where every seed measures the same; mean, deviation: of
    what they measure; margin: the mean distance to the nearest bound, in deviations, None where
    there is no bound or no deviation.
    """

    def __init__(self, rows):
        first = rows[0]
        self.by, self.statement, self.expected = first.by, first.statement, first.expected
        self.judged, self.holding = len(rows), sum(row.holds for row in rows)
        measured = np.array([row.measured for row in rows], float)
        with np.errstate(invalid="ignore", over="ignore"):
            self.mean = float(np.mean(measured))
            self.deviation = float(np.std(measured, ddof=1)) if len(rows) > 1 else math.nan
        margins = [row.margin for row in rows if row.margin is not None]
        self.margin = (float(np.mean(margins)) / self.deviation
                       if len(margins) == len(rows) and self.deviation > 0 else None)
        same = all(one == measured[0] or one != one != measured[0] for one in measured)
        self.interval = None if same else share_interval(self.holding, self.judged)

    @property
    def holds(self):
        """True or False where the interval, or equal measurements, leave no doubt; else None."""
        if self.interval is None:
            return self.holding == self.judged
        low, high = self.interval
        return True if low > 0.5 else False if high < 0.5 else None


class OverSeeds:
    """What the seeds of one claim say together.

    rows: {outcome: OutcomeOverSeeds}; seeds: how many there are; agreeing: how many give each
    documented outcome as the suite records it; verdict: over all seeds; current: whether today's
    code gave them.
    """

    def __init__(self, by_seed, current=True):
        """by_seed: {seed: {outcome: SeedRow}}."""
        self.seeds, self.current = len(by_seed), current
        self.agreeing = sum(all(row.as_recorded for row in rows.values() if row.by == SOURCE)
                            for rows in by_seed.values())
        names = {name: None for rows in by_seed.values() for name in rows}
        self.rows = {name: OutcomeOverSeeds([rows[name] for rows in by_seed.values()
                                             if name in rows]) for name in names}

    @property
    def verdict(self):
        documented = [row.holds for row in self.rows.values() if row.by == SOURCE]
        if not documented:
            return NOT_JUDGED
        return INCONCLUSIVE if None in documented else word_for(sum(documented), len(documented))

    def __str__(self):
        return f"{self.agreeing} of {self.seeds}{'' if self.current else ' (of older code)'}"


def judge(claim, seeds, folder, say):
    """Run and judge a claim with each of ``seeds`` that the file in ``folder`` lacks: OverSeeds.

    say: called with each seed before it is run. What other code, versions or data gave does not
    count, and is dropped. Raises BadFile if the file is something else.
    """
    from lib.compat import environment
    made_by = {"code": digest_of_claim(claim), "environment": environment(),
               "settings": claim.seeds_form, "stand_in": claim.stand_in()}
    for seed in seeds:
        if str(seed) in _by_seed(read(folder), claim, made_by):
            continue
        say(seed)
        with lines_about(f"{claim.name}, seed {seed}"):
            outcomes = claim.judge(claim.run(seed, **claim.seeds_form))
        known = read(folder)    # anew: another process may have added to it
        by_seed = dict(_by_seed(known, claim, made_by))
        by_seed[str(seed)] = {name: _seed_row(one) for name, one in outcomes.items()}
        known[claim.name] = Entry(commit=records.commit(), by_seed=by_seed, **made_by)
        claims = {name: asdict(entry) for name, entry in sorted(known.items())}
        write_json({"format": FORMAT, "claims": claims}, os.path.join(folder, FILE))
    known = _by_seed(read(folder), claim, made_by)
    return OverSeeds({seed: known[str(seed)] for seed in seeds})


def _seed_row(outcome):
    return SeedRow(outcome.by, outcome.statement, outcome.expected.text, outcome.measured,
                   outcome.margin, outcome.holds, outcome.as_recorded)


def _by_seed(known, claim, made_by):
    """What counts of a claim: {seed: {outcome: SeedRow}}."""
    entry = known.get(claim.name)
    same = entry and all(getattr(entry, name) == value for name, value in made_by.items())
    return entry.by_seed if same else {}


def read(folder):
    """{claim: Entry} of the file in ``folder``; {} if there is none. Raises BadFile."""
    path = os.path.join(folder, FILE)
    if not os.path.exists(path):
        return {}
    found = records.of_format(FORMAT, "the seeds", path)
    return records.decoded(SeedsFile, found, path).claims


def read_over_seeds(folder, claims):
    """{name: OverSeeds} of those of ``claims`` that the file in ``folder`` has."""
    entries = read(folder)
    return {claim.name: OverSeeds(entries[claim.name].by_seed,
                                  entries[claim.name].code == digest_of_claim(claim))
            for claim in claims if claim.name in entries}
