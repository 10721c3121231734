"""The differences between releases that are known, and why they are there: explained.json."""
import os
from dataclasses import asdict, dataclass
from typing import List

from lib.files import read_json, write_json
from lib.suite import records, releases
from lib.suite.records import CRASHED

FILE = "explained.json"


@dataclass
class Explanation:
    """A finding that explains some changes of one claim or probe.

    of: its name; environments, changes: where and what; finding: what is behind it, which for a
    claim is a heading in figures/versions/README.md.
    """
    finding: str
    of: str
    environments: List[str]
    changes: List[str]


def path():
    """Where it lies: with the records of releases that the project ships."""
    return os.path.join(releases.FOLDER, FILE)


def read():
    """A list of Explanations. Raises BadFile."""
    if not os.path.exists(path()):
        return []
    return records.decoded(List[Explanation], read_json(path()), path())


def finding_of(name, environment, baseline, change, known):
    """The finding that explains a change of a claim or probe, or None.

    A finding tells its environments from all others, so it explains a difference between one of
    them and one of the others, whichever is the baseline. Of a crash they are those that crash, and
    it counts where both do, too.
    """
    def explains(one):
        here, there = (place in one.environments for place in (environment, baseline))
        return here or there if change == CRASHED else here != there

    return next((one.finding for one in known
                 if one.of == name and change in one.changes and explains(one)), None)


def accept(changes, why, baseline):
    """Write that ``why`` explains these [(name, environment, change)]: the number of new entries.

    environment: of a crash, the one that crashed. Where a finding of that name has an entry for the
    same claim or probe and the same changes, the environment is added to it. A difference of the
    baseline is what all others have in common.
    """
    known, by_name = read(), {}
    for name, environment, change in changes:
        by_name.setdefault(name, {}).setdefault(environment, []).append(change)
    new = 0
    for name, by_environment in by_name.items():
        for environment, changed in by_environment.items():
            entry = next((one for one in known if (one.finding, one.of, one.changes)
                          == (why, name, changed)
                          and (changed == [CRASHED] or baseline not in one.environments)), None)
            if entry is None:
                new += 1
                known.append(Explanation(why, name, [environment], changed))
            elif environment not in entry.environments:
                entry.environments.append(environment)
    write_json([asdict(one) for one in known], path())
    return new
