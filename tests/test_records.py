"""The records that the project ships are what a run gives here."""
import json
import subprocess

import pytest

from lib import PROJECT, results
from lib.catalogue import find_claims
from lib.command import FIGURES

CLAIMS = find_claims()


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_the_record_has_the_verdict_of_its_histories(claim, histories_of):
    """Of a run, for those that are trained here; a record can at least not contradict itself."""
    rows = {row["name"]: row for row in results.read(
        results.path_of(claim, FIGURES), claim.name)["outcomes"]}
    outcomes = claim.module.judge(histories_of(claim.stem))
    assert {name: row["holds"] for name, row in rows.items()} == {
        name: outcome.holds for name, outcome in outcomes.items()}
    assert {name: row["measured"] for name, row in rows.items()} == pytest.approx(
        {name: outcome.measured for name, outcome in outcomes.items()}, rel=0.02, abs=1e-3,
        nan_ok=True)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_the_record_that_was_committed_names_the_commit_that_made_it(claim):
    path = "figures/{}.json".format(claim.name)
    shown = subprocess.run(["git", "show", "HEAD:" + path], cwd=PROJECT, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    if shown.returncode:
        pytest.skip("not a git checkout, or a claim that is not committed yet")
    record = json.loads(shown.stdout.decode("utf-8"))
    assert record["commit"] and not record["commit"].endswith("+changes")
    assert (record["title"], record["seed"]) == (claim.title, 0)
