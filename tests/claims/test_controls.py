"""A judge that was never seen to fail is no evidence: each outcome is turned round once.

The made-up histories of a source are in tests/claims/<source>/controls.py.
"""
import importlib

import pytest

from lib.suite.catalogue import find_claims

CLAIMS = {claim.name: claim for claim in find_claims()}
SOURCES = sorted({claim.source_name for claim in CLAIMS.values()})


def controls_of(source):
    """{stem: its controls}, none if the source has no such file."""
    try:
        return importlib.import_module(f"claims.{source}.controls").CONTROLS
    except ModuleNotFoundError:
        return {}


CONTROLS = {f"{source}/{stem}": controls for source in SOURCES
            for stem, controls in controls_of(source).items()}


def spoiled(histories, changes):
    """The histories with some series replaced, or with another history in the place of one."""
    copy = dict(histories)
    for label, series in changes.items():
        if isinstance(series, str):     # the label of the other
            copy[label] = histories[series]
            continue
        recorded = copy[label]
        copy[label] = recorded.plus(**{name: values(recorded.series[name])
                                       for name, values in series.items()})
    return copy


@pytest.mark.parametrize("claim, name, changes", [
    pytest.param(claim, name, changes, id=f"{claim}-{name}-{number}")
    for claim, controls in CONTROLS.items() for name, made_up in controls.items()
    for number, changes in enumerate(made_up if isinstance(made_up, list) else [made_up])])
def test_a_made_up_history_turns_the_outcome_round(histories_of, claim, name, changes):
    judge, histories = CLAIMS[claim].module.judge, histories_of(CLAIMS[claim].stem)
    recorded = judge(histories)[name]
    made_up = judge(spoiled(histories, changes))[name]
    assert made_up.holds != recorded.holds, (recorded, made_up)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_outcome_has_a_control(histories_of, claim):
    """In tests/claims/<source>/controls.py: see docs/adding-a-claim.md."""
    outcomes = CLAIMS[claim].module.judge(histories_of(CLAIMS[claim].stem))
    assert set(outcomes) == set(CONTROLS.get(claim, {}))
