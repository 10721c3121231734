"""Mutation testing: each of many small mistakes in the code must make a fast test fail.

    python tests/mutants.py [FILE …] [--most N]     # run those not yet killed, and print a table
    python tests/mutants.py --table                 # print the table of what was run so far

cosmic-ray makes the mutants: a comparison turned round, a number one larger, an "and" for an "or".
Of each file a sample is run, drawn by a digest, so it is the same everywhere. A mutant is imported
in place of its module by a forked child, in which pytest runs the tests of that file: nothing on
the disk changes, and what takes long to import is imported once. A child that outlasts its bound is
ended and counts as killed. tests/mutants.toml says which tests belong to which file, and why a
mutant may survive.
"""
import argparse
import ast
import collections
import difflib
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
import cosmic_ray.plugins  # noqa: E402
import dacite  # noqa: E402, F401
import hypothesis  # noqa: E402, F401
import numpy  # noqa: E402, F401
import pytest  # noqa: E402
import rich.progress  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
from cosmic_ray.ast import ast_nodes, get_ast  # noqa: E402
from cosmic_ray.mutating import mutate_code  # noqa: E402

CONFIGURATION = os.path.join(PROJECT, "tests", "mutants.toml")
PLANTED = os.path.join(PROJECT, "tests", "planted.toml")
MUTATED = os.path.join(PROJECT, "tests", "mutated")
RESULTS = os.path.join(PROJECT, "runs", "mutants.json")
KILLED, SURVIVED, TOO_LONG = "killed", "survived", "too long"
MOST = {"imports no framework": 20, "imports a framework": 5}   # mutants of a module
OF_A_SCRIPT = 3     # mutants of each script's run, and of its judge
SLOWEST = 4         # times what the tests take on the code as it is: then a mutant hangs
AT_LEAST = 20       # seconds
OF_FILES = "bands and not commit"   # tests of what lies on the disk, which no mutant changes
# One operator for each kind of mistake: all eleven that put something else for a "+" say no more
OPERATORS = [
    "ReplaceBinaryOperator_Add_Sub", "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div", "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul", "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_Pow_Mul", "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd", "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq", "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_Lt_GtE", "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_LtE_Gt", "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_Gt_LtE", "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_GtE_Lt", "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_IsNot_Is", "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_Invert", "AddNot",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer",
    "RemoveDecorator", "ZeroIterationForLoop",
]


def places_of(path, code, functions=None):
    """[(operator, occurrence)] of all mutants of a file, in an order that a digest decides.

    functions: the names of those whose lines are mutated, by default all lines.
    """
    tree, lines, found = get_ast(code), _lines_of(code, functions), []
    for name in OPERATORS:
        operator = cosmic_ray.plugins.get_operator("core/" + name)()
        starts = [start for node in ast_nodes(tree)
                  for start, _ in operator.mutation_positions(node)]
        found += [(name, occurrence) for occurrence, (line, _) in enumerate(starts)
                  if line in lines]
    return sorted(found, key=lambda place: hashlib.sha256(
        f"{path} {place}".encode("utf-8")).digest())


def mutants_of(code, places, most):
    """{change: mutated code} of the first so many places.

    A change is the lines that it replaces and those that it puts there.
    """
    found = {}
    for name, occurrence in places:
        operator = cosmic_ray.plugins.get_operator("core/" + name)()
        try:
            mutated = mutate_code(code, operator, occurrence)
        except AttributeError:      # cosmic-ray 8.7 trips over an "except" of several
            continue
        if mutated and _differs(code, mutated):
            found.setdefault(_change(code, mutated), mutated)
        if len(found) == most:
            break
    return found


def _lines_of(code, functions):
    if functions is None:
        return range(1, code.count("\n") + 2)
    return {line for node in ast.parse(code).body
            if isinstance(node, ast.FunctionDef) and node.name in functions
            for line in range(node.lineno, node.end_lineno + 1)}


def _differs(code, mutated):
    try:
        return ast.dump(ast.parse(code)) != ast.dump(ast.parse(mutated))
    except SyntaxError:
        return False


def _change(code, mutated):
    changed = [line for line in difflib.ndiff(code.splitlines(), mutated.splitlines())
               if line[:2] in ("- ", "+ ")]
    was, becomes = (" ".join(line[2:].strip() for line in changed if line[0] == sign)
                    for sign in "-+")
    return f"{was}  →  {becomes or 'nothing'}"


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
    known, rows, left = known_results(), collections.defaultdict(lambda: [0, 0, 0]), []
    for name, subject in all_subjects.items():
        results = known.get(name, {"mutants": {}})
        outcomes = list(results["mutants"].values())
        counts = (results.get("there_are", len(outcomes)), len(outcomes),
                  len(outcomes) - outcomes.count(SURVIVED))
        for row in ([name] if subject.functions is None else []) + [f"**{subject.group}**"]:
            rows[row] = [sum(pair) for pair in zip(rows[row], counts)]
        reasons = every_reason.get(name, {})
        left += [f"- {name}: `{change}`: {reasons.get(change, 'NO REASON')}"
                 for change, outcome in results["mutants"].items() if outcome == SURVIVED]
    yield "| File | Mutants | Run | Killed | Share |"
    yield "|---|--:|--:|--:|--:|"
    for row, (there_are, run, killed) in rows.items():
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
