"""Every outcome of every claim: what the source says, what the suite finds, what does not hold.

The outcomes, and the reason of each that does not hold, are those of the records that the project
ships. What holds here and not there, or the other way round, fails; so does an outcome that one of
the two does not have.
"""
import pytest

from lib import results
from lib.catalogue import find_claims
from lib.command import FIGURES

RECORDS = {claim: results.read(results.path_of(claim, FIGURES), claim.name)
           for claim in find_claims()}


def _marked(claim, row):
    marks = ([pytest.mark.xfail(strict=True, raises=AssertionError, reason=row["fails_because"])]
             if row["fails_because"] else [])
    return pytest.param(claim, row["name"], marks=marks,
                        id="{}-{}".format(claim.stem, row["name"]))


@pytest.mark.parametrize("claim, name", [_marked(claim, row) for claim, record in RECORDS.items()
                                         for row in record["outcomes"]])
def test_it_is_so(claim, name, outcomes_of):
    assert outcomes_of(claim.stem)[name].holds, outcomes_of(claim.stem)[name]


@pytest.mark.parametrize("claim", RECORDS, ids=[claim.stem for claim in RECORDS])
def test_the_record_has_the_outcomes_of_the_script_with_the_same_reasons(claim, outcomes_of):
    assert {row["name"]: row["fails_because"] for row in RECORDS[claim]["outcomes"]} == {
        name: outcome.fails_because for name, outcome in outcomes_of(claim.stem).items()}
