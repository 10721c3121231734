"""Each claim judged with one seed after another: how often is it so, and how near to tipping?

What is known is one file for all claims, whole after every seed, so that an interrupted run goes on
where it stopped. What other code gave does not count.
"""
import math
import os
from collections import OrderedDict

import numpy as np

from lib import results
from lib.claims import INCONCLUSIVE, NOT_JUDGED, SOURCE, share_interval, word_for
from lib.digests import digest_of_claim

FORMAT = "training-reproductions seeds 2"
FILE = "seeds.json"
FIRST = 101     # fixed before any was looked at; 0, on which bounds were chosen, is none of them


class Row:
    """What the seeds say together of one outcome.

    by, statement, expected: as the outcome has them; holding, judged: numbers of seeds; interval:
    exact, of the share that holds, None where every seed measures the same and so nothing is
    random; mean, deviation: of what they measure; margin: the distance of the mean to the bound
    that is nearest, in deviations, None where there is no such bound or no deviation.
    """

    def __init__(self, rows):
        first = rows[0]
        self.by, self.statement, self.expected = first["by"], first["statement"], first["expected"]
        self.judged, self.holding = len(rows), sum(row["holds"] for row in rows)
        measured = np.array([row["measured"] for row in rows], float)
        with np.errstate(invalid="ignore", over="ignore"):
            self.mean = float(np.mean(measured))
            self.deviation = float(np.std(measured, ddof=1)) if len(rows) > 1 else math.nan
        margins = [row["margin"] for row in rows if row["margin"] is not None]
        self.margin = (float(np.mean(margins)) / self.deviation
                       if len(margins) == len(rows) and self.deviation > 0 else None)
        same = all(one == measured[0] or one != one != measured[0] for one in measured)
        self.interval = None if same else share_interval(self.holding, self.judged)

    @property
    def holds(self):
        """True or False where the interval, or what all seeds say, leaves no doubt; else None."""
        if self.interval is None:
            return self.holding == self.judged
        low, high = self.interval
        return True if low > 0.5 else False if high < 0.5 else None


class OverSeeds:
    """What the seeds of one claim say together.

    rows: {outcome: Row}; seeds: how many there are; agreeing: how many give each documented outcome
    as the suite records it; verdict: of all; current: whether today's code gave them.
    """

    def __init__(self, entry, current=True):
        by_seed = list(entry["by_seed"].values())
        self.seeds, self.current = len(by_seed), current
        self.agreeing = sum(all(row["as_recorded"] for row in seed.values()
                                if row["by"] == SOURCE) for seed in by_seed)
        self._by_seed = by_seed

    @property
    def rows(self):
        names = OrderedDict((name, None) for seed in self._by_seed for name in seed)
        return OrderedDict((name, Row([seed[name] for seed in self._by_seed if name in seed]))
                           for name in names)

    @property
    def verdict(self):
        documented = [row.holds for row in self.rows.values() if row.by == SOURCE]
        if not documented:
            return NOT_JUDGED
        return INCONCLUSIVE if None in documented else word_for(sum(documented), len(documented))

    def __str__(self):
        return "{} of {}{}".format(self.agreeing, self.seeds,
                                   "" if self.current else " (of older code)")


def judge(claim, seeds, folder, say):
    """Run and judge a claim with each of ``seeds`` that the file in ``folder`` lacks: OverSeeds.

    say: called with each seed before it is run. What other code, versions or data gave does not
    count, and is dropped. Raises BadRecord if the file is another.
    """
    from lib.compat import environment
    made_by = {"code": digest_of_claim(claim), "environment": environment(),
               "settings": claim.short_form, "stand_in": claim.stand_in()}
    for seed in seeds:
        if str(seed) in _by_seed(read(folder), claim, made_by):
            continue
        say(seed)
        outcomes = claim.judge(claim.run(seed, **claim.short_form))
        known = read(folder)    # anew: another process may have added to it
        by_seed = _by_seed(known, claim, made_by)
        by_seed[str(seed)] = OrderedDict((name, _entry(one)) for name, one in outcomes.items())
        known[claim.name] = dict(made_by, commit=results.commit(), by_seed=by_seed)
        results.write({"format": FORMAT, "claims": known}, os.path.join(folder, FILE))
    known = _by_seed(read(folder), claim, made_by)
    return OverSeeds({"by_seed": OrderedDict((seed, known[str(seed)]) for seed in seeds)})


def _entry(outcome):
    """What is kept of an outcome: plain data."""
    return {"by": outcome.by, "statement": outcome.statement, "expected": outcome.expected.text,
            "measured": outcome.measured, "margin": outcome.margin, "holds": outcome.holds,
            "as_recorded": outcome.as_recorded}


def _by_seed(known, claim, made_by):
    entry = known.get(claim.name, {})
    return entry["by_seed"] if all(entry.get(name, entry) == value
                                   for name, value in made_by.items()) else {}


def read(folder):
    """{claim: entry} of the file in ``folder``; {} if there is none. Raises BadRecord."""
    path = os.path.join(folder, FILE)
    if not os.path.exists(path):
        return OrderedDict()
    found = results.read_json(path)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise results.BadRecord("{}: not the seeds of this suite (no format {!r})".format(
            path, FORMAT))
    try:
        for entry in found["claims"].values():
            entry["code"] + "", entry["environment"], entry["settings"]
            for seed in entry["by_seed"].values():
                for row in seed.values():
                    row["by"] + row["statement"] + row["expected"], bool(row["as_recorded"])
                    row["holds"] + 0
                    for name in ("measured", "margin"):
                        row[name] = results.as_number(row[name])
    except (TypeError, KeyError, AttributeError, ValueError):
        raise results.BadRecord("{}: its claims are not as the suite writes them".format(
            path)) from None
    return found["claims"]


def known(folder, claims):
    """{name: OverSeeds} of those of ``claims`` that the file in ``folder`` has."""
    entries = read(folder)
    return {claim.name: OverSeeds(entries[claim.name],
                                  entries[claim.name]["code"] == digest_of_claim(claim))
            for claim in claims if claim.name in entries}
