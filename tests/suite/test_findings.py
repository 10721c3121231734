"""The records of all releases that the project ships, and what it says of them."""
import contextlib
import io
import os
import re

import pages
import pytest
from matplotlib.testing.compare import compare_images
from pinned import same_images

from lib.command import main
from lib.files import read_json
from lib.suite import drift, explanations, matrix, releases
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE

RECORDS = releases.record_paths(releases.FOLDER)


@pytest.fixture(scope="module")
def report():
    return pages.report_of_all_releases()


@pytest.fixture(scope="module")
def found(report):
    return report.found


def test_there_is_a_record_of_every_environment():
    """Of a GPU only where somebody had one."""
    assert set(RECORDS) == {name for name in matrix.environments()
                            if name in RECORDS or not matrix.needs_gpu(name)}


@pytest.mark.parametrize("name", list(RECORDS))
def test_a_record_has_every_claim_from_code_that_was_committed(name, found):
    assert set(found[name].claims) == {claim.name for claim in find_claims()}
    assert not found[name].commit.endswith("+changes")


@pytest.mark.parametrize("name", [name for name in RECORDS if "-tf" in name])
def test_a_record_is_of_the_release_that_it_is_named_after(name, found):
    release = re.match(r"py\d+-tf(\d+\.\d+)", name).group(1)
    assert found[name].environment["tensorflow"].startswith(release + ".")


@pytest.mark.parametrize("name", list(RECORDS))
def test_the_first_row_of_the_mnist_table_is_met_on_every_release(name, found):
    """0.86 and 0.9044 after the first epoch, within 0.001."""
    program, *_ = found[name].claims["deep_networks/mnist_leaky_relu_mlp"].histories.values()
    assert abs(program.batch_accuracy[0] - 0.86) <= 0.001
    assert abs(program.val_accuracy[0] - 0.9044) <= 0.001


@pytest.fixture(scope="module")
def drifted(tmp_path_factory):
    """What ``drift`` prints of the reference, and the folder of its numbers and its map."""
    folder, printed = tmp_path_factory.mktemp("drift"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(releases, "RUN_HERE", str(folder / "nothing"))
        assert main(["drift", "--json", str(folder / "drift.json"),
                     "--out", str(folder / "drift.png")]) == 0
    return printed.getvalue(), folder


def test_every_difference_is_explained(drifted):
    """And the numbers that the project ships of it are those of the records."""
    printed, folder = drifted
    assert "or a finding explains the difference" in printed
    assert read_json(folder / "drift.json") == read_json(os.path.join(REFERENCE, "drift.json"))


@same_images
def test_the_map_of_the_differences_is_that_of_the_records(drifted):
    _, folder = drifted
    assert compare_images(os.path.join(REFERENCE, "drift.png"), str(folder / "drift.png"),
                          tol=1) is None


def test_every_claim_is_compared_on_each_or_says_why_it_is_not_run(report):
    why = {(environment, claim): report.found[environment].claims[claim].reason
           for claim, by_environment in report.claims.items()
           for environment, one in by_environment.items() if one.state != drift.COMPARED}
    assert list(why) == [("py37-tf1.14", "deep_networks/mnist_checkpoint_round_trip")]
    assert all(why.values())


def test_every_explanation_explains_something_and_names_a_finding(report):
    moved = {(change.of, change.environment, change.what) for change in report.changes}
    with open(os.path.join(releases.FOLDER, "README.md"), encoding="utf-8") as file:
        headings = re.findall(r"^## (.+)$", file.read(), re.MULTILINE)
    for one in explanations.read():
        assert one.finding in headings
        for environment in one.environments:
            assert environment in RECORDS
        for change in one.changes:
            assert [where for where in moved if where[0] == one.of and where[2] == change
                    and where[1] in one.environments], (one.of, change)


# what was found by hand once, and the tool finds from the records alone
CULPRITS = [
    ("py310-tf2.11", 14, "Keras", "Adam"), ("py310-tf2.11", 5, "Keras", "Adam"),
    ("py38-tf2.3", 2, "kernels", "mean of 1,000 numbers"),
    ("py310-tf2.8", 2, "kernels", "mean of 1,000 numbers"),
    ("py37-tf2.1", 17, "kernels", "sigmoid"), ("py38-tf2.2", 17, "kernels", "sigmoid"),
    ("py39-tf2.5", 17, "kernels", "sigmoid"), ("py312-tf2.17", 17, "kernels", "sigmoid"),
    ("py37-tf1.15", 4, "kernels", "leaky_relu, slope 1.5"),
    ("py37-tf1.15", 20, "kernels", "leaky_relu, slope 1.5"),
    ("py313-keras-jax", 20, "the backend jax", "leaky_relu, slope 0.3, derivative"),
    ("py313-tf2.20", 16, "kernels", "tanh")]


@pytest.mark.parametrize("environment, number, whose, probe", CULPRITS)
def test_the_culprit_is_found(environment, number, whose, probe, report):
    claim, = [name for name, one in report.baseline.claims.items() if one.number == number]
    blame = report.blames[claim][environment]
    assert blame.whose == whose and probe in blame.suspects, blame


def test_a_claim_that_is_beyond_its_tolerance_has_a_culprit_everywhere(report):
    without = [(claim, environment) for claim, by_environment in report.claims.items()
               for environment, one in by_environment.items()
               if one.departure and not getattr(report.culprit_of(claim, environment),
                                                "suspects", None)]
    assert without == []
