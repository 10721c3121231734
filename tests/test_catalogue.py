"""Every script is found, is whole, and is tested; nothing is registered by hand."""
import ast
import inspect
import pathlib
import subprocess
import sys

import pytest

from lib import catalogue

TESTS = pathlib.Path(__file__).parent
PROJECT = TESTS.parent
CLAIMS = catalogue.find_claims()
STEMS = [claim.stem for claim in CLAIMS]


def test_every_script_in_a_folder_of_a_source_is_found():
    scripts = {path.stem for path in PROJECT.glob("reproductions/*/*.py")} - {"__init__"}
    assert set(STEMS) == scripts and len(STEMS) >= 8


def test_numbers_are_unique():
    numbers = [claim.number for claim in CLAIMS]
    assert len(set(numbers)) == len(numbers), numbers


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_docstring_has_each_section(claim):
    lines = claim.module.__doc__.splitlines()
    sections = [line.split()[0] for line in lines[1:] if line and not line.startswith(" ")]
    assert sections == ["Claim", "Source", "Setup", "Theory", "Differs"]


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_script_has_the_parts_in_the_order_of_the_argument(claim):
    tree = ast.parse(inspect.getsource(claim.module))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [name for name in functions if name in ("run", "judge", "draw")] == [
        "run", "judge", "draw"]


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_every_outcome_has_a_test_that_is_marked_as_it_is_recorded(claim, histories_of):
    path = TESTS / claim.source_name / "test_{}.py".format(claim.stem)
    assert path.exists(), "{} has no test of its outcomes: write {}".format(claim.name, path)
    tree = ast.parse(path.read_text())
    marked = {node.name[len("test_"):]: bool(node.decorator_list) for node in tree.body
              if isinstance(node, ast.FunctionDef)}
    outcomes = claim.module.judge(histories_of(claim.stem))
    assert marked == {name: outcome.fails_because is not None
                      for name, outcome in outcomes.items()}


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_a_claim_has_a_documented_outcome_with_its_origin(claim, histories_of):
    outcomes = claim.module.judge(histories_of(claim.stem)).values()
    assert any(outcome.by == "source" for outcome in outcomes)
    assert all(outcome.origin and outcome.statement for outcome in outcomes)


def test_finding_the_claims_imports_no_framework_and_no_matplotlib():
    code = ("import sys; from lib.catalogue import find_claims; find_claims(); "
            "sys.exit(str(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))) "
            "if {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules) else 0)")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=str(PROJECT))


@pytest.mark.parametrize("name", ["leak_slopes", "single_relu/leak_slopes",
                                  "reproductions/single_relu/leak_slopes.py",
                                  str(PROJECT / "reproductions/single_relu/leak_slopes.py")])
def test_a_claim_may_be_named_in_several_ways(name):
    assert [claim.stem for claim in catalogue.select(CLAIMS, [name])] == ["leak_slopes"]


def test_a_source_means_all_its_claims_once():
    chosen = catalogue.select(CLAIMS, ["single_relu", "leak_slopes"])
    assert [claim.number for claim in chosen] == [1, 2, 3, 4, 5, 6, 7, 8]
    chosen = catalogue.select(CLAIMS, ["learning_rate"])
    assert [claim.number for claim in chosen] == [9, 10, 11, 12, 13, 14]
    chosen = catalogue.select(CLAIMS, ["deep_networks"])
    assert [claim.number for claim in chosen] == [15, 16, 17, 18, 19, 20, 21, 22]


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(catalogue.UnknownClaim, match="did you mean leak_slopes"):
        catalogue.select(CLAIMS, ["leak_slope"])
