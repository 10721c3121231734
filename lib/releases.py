"""All claims in one environment, a release of TensorFlow say: run, judged, and put into one file.

The file holds every history, nothing rounded: a number that a float32 holds is written as the
shortest decimal that gives that float32 back, so that two of them are equal where their bits are.
"""
import math
import os
import re
import time
from collections import OrderedDict

import numpy as np

from lib import PROJECT, results
from lib.catalogue import crash
from lib.claims import verdict
from lib.compat import NotSupported, as_written, environment, forget_models

FOLDER = os.path.join(PROJECT, "figures", "versions")
FORMAT = "training-reproductions release 1"
PARTS = {"environment", "commit", "seconds", "claims"}
NOT_RUN, CRASHED = "not run here", "crashed"    # in place of a verdict
BASELINE = "py313-tf2.21"    # the release that the others are held against


def record(claims, seed, done=lambda claim: None):
    """Run and judge each of ``claims`` as on every release; plain data for ``results.write``.

    done: called with each claim that is through. What a claim raises is its entry, and printed.
    """
    begin, entries = time.perf_counter(), OrderedDict()
    for claim in claims:
        entries[claim.name] = _entry(claim, seed)
        done(claim)
    return {"format": FORMAT, "environment": environment(), "commit": results.commit(),
            "claims": entries, "seconds": time.perf_counter() - begin}


def _entry(claim, seed):
    """One claim: what it gave, or why it was not run."""
    named = {"number": claim.number, "title": claim.title}
    settings = claim.on_every_release
    if isinstance(settings, str):
        return dict(named, verdict=NOT_RUN, reason=settings)
    begin = time.perf_counter()
    try:
        forget_models()
        histories = claim.run(seed, **settings)
        outcomes = claim.judge(histories)
    except NotSupported as reason:
        return dict(named, verdict=NOT_RUN, reason=str(reason))
    except Exception as error:      # whatever a release may raise is a finding
        return dict(named, verdict=CRASHED, reason=crash(error))
    return dict(
        named, verdict=verdict(outcomes), stand_in=claim.stand_in(),
        tolerances={label: claim.tolerance_of(label) for label in histories},
        outcomes={name: {"by": outcome.by, "statement": outcome.statement,
                         "measured": outcome.measured, "expected": outcome.expected.text,
                         "holds": outcome.holds, "as_recorded": outcome.as_recorded}
                  for name, outcome in outcomes.items()},
        histories={label: {name: _short(series) for name, series in history.series.items()}
                   for label, history in histories.items()},
        seconds=time.perf_counter() - begin)


def ran(entry):
    """Whether an entry has numbers; there may be none, and None."""
    return bool(entry) and entry["verdict"] not in (NOT_RUN, CRASHED)


def changed(record):
    """Each (claim, statement) of a record that did not come out as the suite records it."""
    return [(name, outcome["statement"]) for name, entry in record["claims"].items() if ran(entry)
            for outcome in entry["outcomes"].values() if not outcome["as_recorded"]]


def crashed(record):
    """Each (claim, last line of its error) of a record."""
    return [(name, entry["reason"]) for name, entry in record["claims"].items()
            if entry["verdict"] == CRASHED]


def _short(values):
    if isinstance(values, (list, tuple)):
        return [_short(value) for value in values]
    if isinstance(values, float) and math.isfinite(values) and float(np.float32(values)) == values:
        return as_written(values)
    return values


def read(path):
    """A file that ``record`` made. Raises BadRecord."""
    found = results.read_json(path)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise results.BadRecord("{}: not the record of a release (no format {!r})".format(
            path, FORMAT))
    missing = sorted(PARTS - set(found))
    if missing:
        raise results.BadRecord("{}: a record without {}".format(path, ", ".join(missing)))
    if not isinstance(found["claims"], dict):
        raise results.BadRecord("{}: its claims are not as a record has them".format(path))
    for name, entry in found["claims"].items():
        try:
            _check_entry(entry)
        except KeyError as error:
            raise results.BadRecord("{}: its claim {} lacks {}".format(path, name, error)) from None
        except (TypeError, AttributeError, ValueError):
            raise results.BadRecord("{}: its claim {} is not as a record has it".format(
                path, name)) from None
    return found


def _check_entry(entry):
    """Raise an error if it is no claim's."""
    int(entry["number"]), entry["title"] + "", entry["verdict"] + ""
    if not ran(entry):
        if not entry["reason"]:
            raise KeyError("reason")
        return
    for tolerance in entry["tolerances"].values():
        float(tolerance)
    for outcome in entry["outcomes"].values():
        outcome["statement"] + "", float(outcome["measured"])
        outcome["holds"], outcome["as_recorded"]
    for series in entry["histories"].values():
        series.keys()


def path_of(name):
    """Where the record of an environment lies."""
    return os.path.join(FOLDER, name + ".json")


def committed():
    """{environment: path} of the records that the project ships, oldest release first."""
    found = [re.fullmatch(r"(py\d+-.+)\.json", name)
             for name in (os.listdir(FOLDER) if os.path.isdir(FOLDER) else ())]
    names = [one.group(1) for one in found if one]
    return OrderedDict((name, path_of(name)) for name in sorted(names, key=place))


def place(name):
    """Where an environment stands: releases of TensorFlow, then with another Keras, then others."""
    found = re.fullmatch(r"py\d+-tf(\d+)\.(\d+)(\w*)(-.+)?", name)
    if not found:
        return 2, 0, 0, name
    major, minor, candidate, other_keras = found.groups()
    return int(bool(other_keras)), int(major), int(minor), candidate + (other_keras or "")


def words(name):
    """An environment's name for people: "2.10", "2.21, keras2", "jax"."""
    if not re.match(r"py\d+-", name):
        return name
    release, *others = name.split("-")[1:]
    return ", ".join(([] if release == "keras" else [release.replace("tf", "")]) + others)
