"""Mutation testing: each of many small mistakes in the code must make a fast test fail.

    python tests/mutants.py [FILE …] [--most N]     # run those not yet killed, and print a table
    python tests/mutants.py --table                 # print the table of what was run so far

Of each file a sample of the mutants is run, drawn by a digest, so it is the same everywhere; and
the faults of tests/planted.toml. A mutant is imported in place of its module (tests/mutated) by a
forked child, in which pytest runs the tests of that file, and by the processes that these start:
nothing on the disk changes, and what takes long to import is imported once. A child that outlasts
its bound is ended and counts as killed. tests/mutants.toml says which tests belong to which file,
and why a mutant may survive.
"""
import argparse
import collections
import functools
import glob
import hashlib
import os
import pathlib
import runpy
import signal
import sys
import time
import tomllib

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, PROJECT)

# imported once, before the forks; of lib a child imports all anew, with its mutant
import hypothesis  # noqa: E402, F401
import numpy  # noqa: E402, F401
import pytest  # noqa: E402
import rich.progress  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
from mutations import mutants_of, places_of  # noqa: E402

CONFIGURATION = os.path.join(PROJECT, "tests", "mutants.toml")
PLANTED = os.path.join(PROJECT, "tests", "planted.toml")
MUTATED = os.path.join(PROJECT, "tests", "mutated")
RESULTS = os.path.join(PROJECT, "runs", "mutants.json")
KILLED, SURVIVED, TOO_LONG = "killed", "survived", "too long"
MOST = {"imports no framework": 6, "imports a framework": 2}    # mutants of a module
OF_A_SCRIPT = 3     # mutants of each script's run, and of its judge
SLOWEST = 4         # times what the tests take on the code as it is: then a mutant hangs
AT_LEAST = 20       # seconds
OF_FILES = "bands and not commit"   # tests of what lies on the disk, which no mutant changes


def outcome_of(path, code, words, bound, read_records=False):
    """What the tests say of a mutant: KILLED, SURVIVED or TOO_LONG, and the seconds that it took.

    words: for pytest; read_records: see ``_read_records``.
    """
    started, child = time.monotonic(), os.fork()
    if not child:
        _run_the_tests(path, code, words, read_records)
    os.setpgid(child, child)
    while time.monotonic() < started + bound:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return (KILLED if status else SURVIVED), time.monotonic() - started
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TOO_LONG, time.monotonic() - started


def _run_the_tests(path, code, words, read_records):
    """In the child: never returns."""
    status = 1      # a mutant that cannot even be imported is killed
    try:
        silent = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(silent, descriptor)
        os.chdir(PROJECT)
        for module in [name for name in sys.modules if name.split(".")[0] == "lib"]:
            del sys.modules[module]     # what this program uses of it: now with its mutant
        os.environ.update(MUTANT_OF=path, MUTANT=code, PYTHONPATH=MUTATED)
        runpy.run_path(os.path.join(MUTATED, "sitecustomize.py"))
        if read_records:
            _read_records()
        status = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *words]))
    finally:
        os._exit(status)


def _read_records():
    """Claims have the histories of their records: a judge sees recorded numbers only."""
    from lib import claims
    from lib.suite import pipeline, records
    claims.Claim.run = lambda claim, *_, **__: records.read_result(
        records.path_of(claim, pipeline.REFERENCE), claim.name)[1].histories


# group: what the table counts together; functions: the names of those that are mutated, None for
# all lines; words: for pytest; most: how many mutants; read_records: see ``_read_records``;
# planted: a fault in place of a sample of mutants, as what it replaces and what it puts there
Subject = collections.namedtuple(
    "Subject", "group path functions words most read_records planted", defaults=[None])


def subjects(configuration, faults):
    """{name: Subject}, of modules, of scripts and of planted faults."""
    found = {}
    for group, most in MOST.items():
        for path, tests in configuration[group].items():
            found[path] = Subject(group, path, None, tests, most,
                                  path in configuration["train_nothing"])
    for function, tests in configuration["scripts"].items():
        for path in sorted(glob.glob("reproductions/*/[a-z]*.py", root_dir=PROJECT)):
            stem = os.path.splitext(os.path.basename(path))[0]
            chosen = "mnist and not mnist_program" if stem.startswith("mnist") else stem
            found[f"{path} {function}"] = Subject(
                f"{function} of the scripts", path, {function},
                tests + ["-k", f"{chosen} and not {OF_FILES}"], OF_A_SCRIPT, function == "judge")
    for fault in faults:
        found[f"planted: {fault['name']}"] = Subject(
            "planted faults", fault["file"], (), [fault["test"]], 1,
            fault.get("reads_records", False), (fault["was"], fault["becomes"]))
    return found


def run_all(name, subject, reasons, most=None):
    """Run the mutants that no run knows yet, or that survived for no known reason.

    What came out is kept after each, so that an interrupted run goes on.
    """
    from lib.files import write_json
    code = pathlib.Path(PROJECT, subject.path).read_text(encoding="utf-8")
    digest = hashlib.sha256((code + repr(subject.words)).encode("utf-8")).hexdigest()[:16]
    results = known_results().get(name, {})
    if results.get("of") != digest:
        results = {"of": digest, "mutants": {}}
    if subject.planted:
        assert subject.planted[0] in code, f"{name}: {subject.path} has nothing to plant it in"
        mutants = {"  →  ".join(subject.planted): code.replace(*subject.planted)}
    else:
        places = places_of(subject.path, code, subject.functions)
        results["there_are"] = len(places)
        mutants = mutants_of(code, places, most or subject.most)
    todo = [item for item in mutants.items()
            if results["mutants"].get(item[0]) in (None, SURVIVED) and item[0] not in reasons]
    if not todo:
        return
    plain, seconds = outcome_of_no_mutant(subject.path, tuple(subject.words), subject.read_records)
    if plain != SURVIVED:
        print(f"{name}: not run, as its tests fail on the code as it is: "
              f"pytest {' '.join(subject.words)}", file=sys.stderr)
        return
    print(f"{name}: {seconds:.0f} s without a mutant", flush=True)
    for change, mutated in todo:
        outcome, _ = outcome_of(subject.path, mutated, subject.words, AT_LEAST + SLOWEST * seconds,
                                subject.read_records)
        results["mutants"][change] = outcome
        print(f"{name}: {outcome}: {change}", flush=True)
        write_json(dict(known_results(), **{name: results}), RESULTS)


@functools.lru_cache(maxsize=None)      # some planted faults share a test
def outcome_of_no_mutant(path, words, read_records):
    code = pathlib.Path(PROJECT, path).read_text(encoding="utf-8")
    return outcome_of(path, code, words, 1800, read_records)


def known_results():
    from lib.files import read_json
    return read_json(RESULTS) if os.path.exists(RESULTS) else {}


def table(all_subjects, every_reason):
    """Markdown, line by line: the share that was killed, and what survived and why."""
    known, left = known_results(), []
    of_files, of_groups = (collections.defaultdict(lambda: [0, 0, 0]) for _ in range(2))
    for name, subject in all_subjects.items():
        results = known.get(name, {"mutants": {}})
        outcomes = list(results["mutants"].values())
        counts = (results.get("there_are", len(outcomes)), len(outcomes),
                  len(outcomes) - outcomes.count(SURVIVED))
        for rows, row in ((of_files, name), (of_groups, f"all: {subject.group}")):
            rows[row] = [sum(pair) for pair in zip(rows[row], counts)]
        reasons = every_reason.get(name, {})
        left += [f"- {name}: `{change}`: {reasons.get(change, 'NO REASON')}"
                 for change, outcome in results["mutants"].items() if outcome == SURVIVED]
    yield "| File | Mutants | Run | Killed | Share |"
    yield "|---|--:|--:|--:|--:|"
    one_by_one = {name: counts for name, counts in of_files.items()
                  if all_subjects[name].functions is None}
    for row, (there_are, run, killed) in {**one_by_one, **of_groups}.items():
        if run:
            yield f"| {row} | {there_are} | {run} | {killed} | {killed / run:.0%} |"
    yield from ["", *left]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FILE", help="by default all")
    parser.add_argument("--most", type=int, metavar="N", help="mutants of each file")
    parser.add_argument("--table", action="store_true", help="run nothing")
    options = parser.parse_args()
    configuration, planted = (tomllib.loads(pathlib.Path(path).read_text(encoding="utf-8"))
                              for path in (CONFIGURATION, PLANTED))
    every_subject, reasons = subjects(configuration, planted["fault"]), configuration["survive"]
    if not options.table:
        from lib.compat import keras
        assert keras.__version__    # which imports it: once, before the forks
        for name, subject in every_subject.items():
            if not options.names or any(one in name for one in options.names):
                run_all(name, subject, reasons.get(name, {}), options.most)
    print("\n".join(table(every_subject, reasons)))


if __name__ == "__main__":
    main()
