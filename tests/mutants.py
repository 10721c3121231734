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
import difflib
import glob
import hashlib
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
import tomllib

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, PROJECT)

# imported once, before the forks; nothing of lib, which a child imports with its mutant
import cosmic_ray.plugins  # noqa: E402
import hypothesis  # noqa: E402, F401
import numpy  # noqa: E402, F401
import pytest  # noqa: E402
import rich.progress  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401
from cosmic_ray.ast import ast_nodes, get_ast  # noqa: E402
from cosmic_ray.mutating import mutate_code  # noqa: E402

CONFIGURATION = os.path.join(PROJECT, "tests", "mutants.toml")
RESULTS = os.path.join(PROJECT, "runs", "mutants.json")
KILLED, SURVIVED, TOO_LONG = "killed", "survived", "too long"
MOST = 40           # mutants of a module
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


class _Mutant(importlib.machinery.SourceFileLoader):
    """Imports other code than the file holds."""

    def __init__(self, name, path, code):
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname):
        return compile(self._code, self.path, "exec", dont_inherit=True)


class _Finder:
    def __init__(self, path, code):
        self._name = os.path.splitext(path)[0].replace(os.sep, ".")
        self._path, self._code = os.path.join(PROJECT, path), code

    def find_spec(self, name, path=None, target=None):
        if name != self._name:
            return None
        return importlib.util.spec_from_file_location(
            name, self._path, loader=_Mutant(name, self._path, self._code))


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
        sys.meta_path.insert(0, _Finder(path, code))
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


def subjects(configuration):
    """{name: (path, functions, words for pytest, how many, whether it reads records)}."""
    found = {path: (path, None, tests, MOST, path in configuration["train_nothing"])
             for path, tests in configuration["modules"].items()}
    for path in sorted(glob.glob(os.path.join(PROJECT, "reproductions", "*", "[a-z]*.py"))):
        path = os.path.relpath(path, PROJECT)
        stem = os.path.splitext(os.path.basename(path))[0]
        tests = "mnist" if stem.startswith("mnist") else stem
        for function in ("run", "judge"):
            found[f"{path} {function}"] = (
                path, {function},
                configuration["scripts"][function] + ["-k", f"{tests} and not {OF_FILES}"],
                OF_A_SCRIPT, function == "judge")
    return found


def run_all(name, subject, known, reasons, most=None):
    """Run the mutants that ``known`` lacks, or that survived for no known reason.

    What came out is kept after each, so that an interrupted run goes on.
    """
    from lib.files import write_json
    path, functions, words, sample, read_records = subject
    with open(os.path.join(PROJECT, path), encoding="utf-8") as file:
        code = file.read()
    digest = hashlib.sha256((code + repr(words)).encode("utf-8")).hexdigest()[:16]
    results = known.get(name, {})
    if results.get("of") != digest:
        results = known[name] = {"of": digest, "mutants": {}}
    places = places_of(path, code, functions)
    results["there_are"] = len(places)
    todo = [item for item in mutants_of(code, places, most or sample).items()
            if results["mutants"].get(item[0]) in (None, SURVIVED) and item[0] not in reasons]
    if not todo:
        return
    plain, seconds = outcome_of(path, code, words, 1800, read_records)
    if plain != SURVIVED:
        print(f"{name}: not run, as its tests fail on the code as it is: pytest {' '.join(words)}",
              file=sys.stderr)
        return
    for change, mutated in todo:
        outcome, _ = outcome_of(path, mutated, words, AT_LEAST + SLOWEST * seconds, read_records)
        results["mutants"][change] = outcome
        print(f"{name}: {outcome}: {change}", flush=True)
        write_json(known, RESULTS)


def table(known, configuration):
    """Markdown, line by line: the share that was killed, and what survived and why."""
    reasons = configuration["survive"]
    yield "| File | Mutants | Run | Killed | Share |"
    yield "|---|--:|--:|--:|--:|"
    whole = [0, 0, 0]
    for name, results in known.items():
        outcomes = list(results["mutants"].values())
        counts = results["there_are"], len(outcomes), len(outcomes) - outcomes.count(SURVIVED)
        whole = [sum(pair) for pair in zip(whole, counts)]
        yield _line(name, counts)
    yield _line("all", whole)
    yield ""
    for name, results in known.items():
        for change, outcome in results["mutants"].items():
            if outcome == SURVIVED:
                yield f"- {name}: `{change}`: {reasons.get(name, {}).get(change, 'NO REASON')}"


def _line(name, counts):
    there_are, run, killed = counts
    return f"| {name} | {there_are} | {run} | {killed} | {killed / run if run else 0:.0%} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="FILE", help="by default all")
    parser.add_argument("--most", type=int, metavar="N", help="mutants of each file")
    parser.add_argument("--table", action="store_true", help="run nothing")
    options = parser.parse_args()
    from lib.files import read_json
    with open(CONFIGURATION, "rb") as file:
        configuration = tomllib.load(file)
    known = read_json(RESULTS) if os.path.exists(RESULTS) else {}
    if not options.table:
        for name, subject in subjects(configuration).items():
            if not options.names or any(name.startswith(one) for one in options.names):
                run_all(name, subject, known, configuration["survive"].get(name, {}),
                        options.most)
    print("\n".join(table(known, configuration)))


if __name__ == "__main__":
    main()
