"""Every outcome of every claim: what the source says, what the suite finds, what does not hold.

The outcomes, and the reason of each that does not hold, are those of the records that the project
ships. What holds here and not there, or the other way round, fails; so does an outcome that one of
the two does not have.
"""
import os

import pytest

from lib.suite import records
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE

CLAIMS = find_claims()
RESULTS = {claim: records.read_result(records.path_of(claim, REFERENCE), claim.name)[1]
           for claim in CLAIMS if os.path.exists(records.path_of(claim, REFERENCE))}


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_it_is_on_record(claim):
    """Otherwise run ``python -m reproductions run NAME --out figures``, of committed code."""
    assert claim in RESULTS


def _marked(claim, name, row):
    marks = ([pytest.mark.xfail(strict=True, raises=AssertionError, reason=row.fails_because)]
             if row.fails_because else [])
    return pytest.param(claim, name, marks=marks, id=f"{claim.stem}-{name}")


@pytest.mark.parametrize("claim, name", [
    _marked(claim, name, row) for claim, result in RESULTS.items()
    for name, row in result.rows.items()])
def test_it_is_so(claim, name, outcomes_of):
    assert outcomes_of(claim.stem)[name].holds, outcomes_of(claim.stem)[name]


@pytest.mark.parametrize("claim", RESULTS, ids=[claim.stem for claim in RESULTS])
def test_the_record_has_the_outcomes_of_the_script_with_the_same_reasons(claim, outcomes_of):
    assert {name: row.fails_because for name, row in RESULTS[claim].rows.items()} == {
        name: outcome.fails_because for name, outcome in outcomes_of(claim.stem).items()}
