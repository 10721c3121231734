"""All claims run in one environment, such as a release of TensorFlow, and recorded in one file."""
import os
import re
import time

from lib import PROJECT
from lib.claims import verdict
from lib.compat import NotSupported, environment, forget_models
from lib.compat.calls import calls_noted
from lib.progress import lines_about
from lib.suite import probing, records
from lib.suite.pipeline import SEED, crash
from lib.suite.records import CRASHED, NOT_RUN, Record

FOLDER = os.path.join(PROJECT, "figures", "versions")       # the reference, committed
RUN_HERE = os.path.join(PROJECT, "runs", "versions")
BASELINE = "py313-tf2.21"    # the release that the others are compared with


def record(claims, probes=(), done=lambda name: None):
    """Measure each probe, run and judge each claim in the form that every release runs: a Record.

    done: called with the name of each when it is finished. An error in one is recorded.
    """
    begin, found, results = time.perf_counter(), {}, {}
    for probe in probes:
        found[probe.name] = probing.measure(probe)
        done(probe.name)
    for claim in claims:
        results[claim.name] = _result(claim)
        done(claim.name)
    return Record(environment(), records.commit(), time.perf_counter() - begin, results, found)


def _result(claim):
    """What one claim gave, or why it was not run."""
    if isinstance(claim.on_every_release, str):
        return records.result_without_numbers(claim, NOT_RUN, claim.on_every_release)
    settings, begin = dict(claim.short_form, seed=SEED), time.perf_counter()
    try:
        forget_models()
        with lines_about(claim.name), calls_noted() as calls:
            histories = claim.run(SEED, **claim.short_form)
        outcomes = claim.judge(histories)
        result = records.result_of(claim, settings, histories, outcomes, verdict(outcomes),
                                   time.perf_counter() - begin, between_releases=True)
        result.calls = sorted(calls)
        return result
    except NotSupported as reason:
        return records.result_without_numbers(claim, NOT_RUN, str(reason))
    except Exception as error:      # whatever a release may raise is a finding
        return records.result_without_numbers(claim, CRASHED, crash(error))


def changed(record):
    """Each (claim, statement) of a record that did not come out as the suite records it."""
    return [(name, row.statement) for name, result in record.claims.items()
            for row in result.changed]


def crashed(record):
    """Each (claim, last line of its error) of a record."""
    return [(name, result.reason) for name, result in record.claims.items()
            if result.verdict == CRASHED]


def path_of(name):
    """Where the record of an environment lies."""
    return os.path.join(FOLDER, name + ".json")


def record_paths(*folders):
    """{environment: path} of the records in these folders, oldest release first.

    Of several records of one environment, the first folder's counts.
    """
    found = {}
    for folder in reversed(folders):
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            environment = re.fullmatch(r"(py\d+-.+)\.json", name)
            if environment:
                found[environment.group(1)] = os.path.join(folder, name)
    return {name: found[name] for name in sorted(found, key=place)}


PLAIN, VARIANT, BACKEND = range(3)      # of environments, in this order


def place(name):
    """A key to sort environments: releases of TensorFlow; those with another Keras or switch; other
    backends.
    """
    found = re.fullmatch(r"py\d+-tf(\d+)\.(\d+)(\w*)(-.+)?", name)
    if not found:
        return BACKEND, 0, 0, name
    major, minor, candidate, variant = found.groups()
    return (VARIANT if variant else PLAIN, int(major), int(minor),
            candidate + (variant or ""))


def words(name):
    """An environment's name for people: "2.10", "2.21, keras2", "jax"."""
    if not re.match(r"py\d+-", name):
        return name
    release, *others = name.split("-")[1:]
    return ", ".join(([] if release == "keras" else [release.replace("tf", "")]) + others)
