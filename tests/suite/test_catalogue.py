"""Every script is found, is whole, and is tested; nothing is registered by hand."""
import ast
import inspect
import pathlib
import shutil
import subprocess
import sys

import pytest

from lib.suite import catalogue

PROJECT = pathlib.Path(__file__).parent.parent.parent
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
    # how a sentence is read that can be read in more than one way
    sections = [section for section in sections if section != "Reading"]
    assert sections == ["Claim", "Source", "Setup", "Theory", "Differs"]


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_the_script_has_the_parts_in_the_order_of_the_argument(claim):
    tree = ast.parse(inspect.getsource(claim.module))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    parts = [name for name in functions if name in ("run", "judge", "draw")]
    # a large figure is drawn by a file of its own, in parts/
    assert parts == ["run", "judge", "draw"][:len(parts)] and len(parts) >= 2
    assert callable(claim.module.draw)


@pytest.mark.parametrize("claim", CLAIMS, ids=STEMS)
def test_a_claim_has_a_documented_outcome_with_its_origin(claim, outcomes_of):
    outcomes = outcomes_of(claim.stem).values()
    assert any(outcome.by == "source" for outcome in outcomes)
    assert all(outcome.origin and outcome.statement for outcome in outcomes)


def test_finding_the_claims_imports_no_framework_and_no_matplotlib():
    code = ("import sys; from lib.suite.catalogue import find_claims; find_claims(); "
            "sys.exit(str(sorted({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))) "
            "if {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules) else 0)")
    subprocess.run([sys.executable, "-c", code], check=True, cwd=str(PROJECT), timeout=300)


@pytest.mark.parametrize("name", ["leak_slopes", "4", "single_relu/leak_slopes",
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


def test_claims_are_chosen_in_order_of_number_whatever_the_order_of_names():
    chosen = catalogue.select(CLAIMS, ["22", "2", "leak_slopes", "2"])
    assert [claim.number for claim in chosen] == [2, 4, 22]
    assert catalogue.select(CLAIMS, []) == CLAIMS


@pytest.mark.parametrize("name", ["99", "02", "-2", "2.0"])
def test_a_number_that_no_claim_has_is_unknown(name):
    with pytest.raises(catalogue.UnknownClaim, match="no claim or source is named"):
        catalogue.select(CLAIMS, [name])


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(catalogue.UnknownClaim, match="did you mean leak_slopes"):
        catalogue.select(CLAIMS, ["leak_slope"])
    with pytest.raises(catalogue.UnknownClaim, match="did you mean loss_has_a_kink_at_zero"):
        catalogue.select(CLAIMS, ["kink"])


@pytest.mark.parametrize("name, complaint", [
    ("/nonexistent/deep_networks/sigmoid_saturates.py", "no such file"),
    ("/nonexistent/single_relu", "no such file"),
    (__file__, "neither a claim nor a source"),
    ("deep_networks/leak_slopes", "no such file")])
def test_a_path_means_the_file_that_it_leads_to(name, complaint):
    """Not any script that ends alike."""
    with pytest.raises(catalogue.UnknownClaim, match=complaint):
        catalogue.select(CLAIMS, [name])


def test_the_folder_of_a_source_and_a_link_to_a_script_mean_what_they_lead_to(tmp_path):
    folder = PROJECT / "reproductions" / "single_relu"
    assert len(catalogue.select(CLAIMS, [str(folder) + "/"])) == 8
    (tmp_path / "mine.py").symlink_to(folder / "leak_slopes.py")
    assert [claim.stem for claim in catalogue.select(CLAIMS, [str(tmp_path / "mine.py")])] == [
        "leak_slopes"]


@pytest.fixture
def checkout(tmp_path):
    """A copy of the suite: a function that runs a command in it."""
    for folder in ("lib", "reproductions"):
        shutil.copytree(str(PROJECT / folder), str(tmp_path / folder))

    def run(*words, cwd=tmp_path):
        return subprocess.run([sys.executable] + list(words), cwd=str(cwd), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, universal_newlines=True, timeout=300)

    run.folder = tmp_path
    return run


def test_a_script_of_another_checkout_is_refused_in_one_line(checkout, tmp_path):
    """It would run the installed one and write over its figures."""
    script = "reproductions/single_relu/leaky_relu_escapes.py"
    done = checkout(str(checkout.folder / script), cwd=PROJECT)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "to run a script of another checkout" in done.stderr
    assert checkout("-m", "reproductions", "list").returncode == 0


@pytest.mark.parametrize("text, complaint", [
    ("def run(:", "line 1: "), ('"""A title."""\n', "it has no NUMBER"),
    ('"""A title."""\nNUMBER = 1\n', "it has no function run"),
    ("NUMBER = 99\n", "it has no docstring"), ("import no_such_module\n", "ModuleNotFoundError"),
    ('"""A title."""\nNUMBER = 2\nrun = judge = draw = print\n', "is that of single_relu/")])
def test_a_script_with_a_mistake_is_named_and_the_others_are_run(checkout, text, complaint):
    (checkout.folder / "reproductions" / "single_relu" / "z_mistaken.py").write_text(text)
    done = checkout("-m", "reproductions", "list")
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1 and complaint in done.stderr, done.stderr
    assert "reproductions/single_relu/z_mistaken.py: " in done.stderr
    assert [claim.title for claim in CLAIMS if claim.title not in done.stdout] == []


def test_a_folder_of_scripts_without_a_source_is_named(checkout):
    folder = checkout.folder / "reproductions" / "no_source"
    folder.mkdir()
    (folder / "a_claim.py").write_text("NUMBER = 99\n")
    done = checkout("-m", "reproductions", "list")
    assert (done.returncode, done.stderr) == (
        1, "reproductions: reproductions/no_source: it has scripts, but no __init__.py with a "
           "SOURCE\n")


@pytest.mark.parametrize("text, complaint", [
    ("raise KeyError('a')", "KeyError: 'a'"), ("", "it has no SOURCE")])
def test_a_source_with_a_mistake_is_named_and_the_others_are_run(checkout, text, complaint):
    folder = checkout.folder / "reproductions" / "z_source"
    folder.mkdir()
    (folder / "__init__.py").write_text(text)
    done = checkout("-m", "reproductions", "list")
    assert (done.returncode, done.stderr) == (
        1, f"reproductions: reproductions/z_source/__init__.py: {complaint}\n")
    assert [claim.title for claim in CLAIMS if claim.title not in done.stdout] == []
