"""Each claim judged with one seed after another: in which share of them is it reproduced?

What is known is one file for all claims, whole after every seed, so that an interrupted run goes on
where it stopped.
"""
import os
from collections import Counter, OrderedDict

from lib import results
from lib.claims import NOT_JUDGED, REPRODUCED, share_interval, verdict, verdict_over_seeds
from lib.compat import environment

FORMAT = "training-reproductions seeds 1"
FILE = "seeds.json"


class Share:
    """What the seeds of one claim say together.

    reproduced, judged: numbers of seeds; interval: Wilson's, of the share reproduced; verdict: of
    all seeds; divided: {outcome: the number of seeds in which it holds} where not all agree.
    """

    def __init__(self, by_seed):
        verdicts = [seed["verdict"] for seed in by_seed.values()]
        self.judged = len(verdicts) - verdicts.count(NOT_JUDGED)
        self.reproduced = verdicts.count(REPRODUCED)
        self.interval = share_interval(self.reproduced, self.judged)
        self.verdict = verdict_over_seeds(self.reproduced, self.judged)
        holding = Counter(name for seed in by_seed.values() for name in seed["holds"])
        failing = Counter(name for seed in by_seed.values() for name in seed["fails"])
        self.divided = OrderedDict((name, holding[name]) for name in failing if holding[name])

    def __str__(self):
        if not self.judged:
            return NOT_JUDGED
        return "{} of {} ({:.0f} to {:.0f} %): {}".format(
            self.reproduced, self.judged, *(100 * end for end in self.interval), self.verdict)


def judge(claim, seeds, epochs, folder, say):
    """Run and judge a claim with each of ``seeds`` that the file in ``folder`` lacks: a Share.

    say: called with each seed before it is run. What other code, versions or epochs gave does not
    count, and is dropped. Raises BadRecord if the file is another.
    """
    made_by = {"code": results.digest_of_files("lib", "reproductions"), "epochs": epochs,
               "environment": environment(), "stand_in": claim.stand_in()}
    for seed in seeds:
        if str(seed) in _by_seed(read(folder), claim, made_by):
            continue
        say(seed)
        outcomes = claim.module.judge(claim.run(seed, epochs))
        known = read(folder)    # anew: another process may have added to it
        by_seed = _by_seed(known, claim, made_by)
        by_seed[str(seed)] = {
            "verdict": verdict(outcomes),
            "holds": [name for name, outcome in outcomes.items() if outcome.holds],
            "fails": [name for name, outcome in outcomes.items() if not outcome.holds]}
        known[claim.name] = dict(made_by, commit=results.commit(), by_seed=by_seed)
        results.write({"format": FORMAT, "claims": known}, os.path.join(folder, FILE))
    by_seed = _by_seed(read(folder), claim, made_by)
    return Share({seed: by_seed[str(seed)] for seed in seeds})


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
            entry["code"], entry["environment"], entry["epochs"]
            for seed in entry["by_seed"].values():
                seed["verdict"] + "", seed["holds"] + seed["fails"]
    except (TypeError, KeyError, AttributeError):
        raise results.BadRecord("{}: its claims are not as the suite writes them".format(
            path)) from None
    return found["claims"]


def shares(folder, claims):
    """{name: Share} of those of ``claims`` that the file in ``folder`` has after their own epochs.
    """
    known = read(folder)
    return {claim.name: Share(known[claim.name]["by_seed"]) for claim in claims
            if claim.name in known and known[claim.name]["epochs"] == claim.epochs}
