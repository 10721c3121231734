"""A judge that was never seen to fail is no evidence: each outcome is turned round once.

The made-up histories of a source are in tests/claims/<source>/controls.py.
"""
import importlib

import numpy as np
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
    if isinstance(changes, tuple):
        share, changes = changes
        made_up = spoiled(histories, changes)
        return dict(histories, **{label: partly(share, histories[label], made_up[label])
                                  for label in changes})
    copy = dict(histories)
    for label, series in changes.items():
        if isinstance(series, str):     # the label of the other
            copy[label] = histories[series]
            continue
        recorded = copy[label]
        copy[label] = recorded.plus(**{name: values(recorded.series[name])
                                       for name, values in series.items()})
    return copy


def partly(share, recorded, made_up):
    """The recorded history, moved that share of the way to a made-up one."""
    return recorded.plus(**{name: (1 - share) * np.array(values) + share * np.array(
        made_up.series[name]) for name, values in recorded.series.items()
        if name in made_up.series and not isinstance(values[0], str)})


@pytest.mark.parametrize("claim, name, changes", [
    pytest.param(claim, name, changes, id=f"{claim}-{name}-{number}")
    for claim, controls in CONTROLS.items() for name, made_up in controls.items()
    for number, changes in enumerate(made_up if isinstance(made_up, list) else [made_up])])
def test_a_made_up_history_turns_the_outcome_round(histories_of, claim, name, changes):
    judge, histories = CLAIMS[claim].module.judge, histories_of(CLAIMS[claim].stem)
    recorded = judge(histories)[name]
    made_up = judge(spoiled(histories, changes))[name]
    assert made_up.holds != recorded.holds, (recorded, made_up)


def reach(outcome):
    """How far beyond its bound a made-up number may lie: no more than would be noticed if it moved.

    Half of a bound's size, the whole of a tolerance, 1 for what is counted; beyond a bound of 0, as
    far as the recorded number is before it.
    """
    expected = outcome.expected
    if expected.tolerance == 0:
        return 1
    return expected.tolerance or abs(expected.value) / 2 or abs(outcome.margin)


@pytest.mark.parametrize("claim", CLAIMS)
def test_of_each_outcome_one_control_lies_just_beyond_its_bound(histories_of, claim):
    """So that a bound as much as twice as wide is noticed, by the control that no longer fails."""
    judge, histories = CLAIMS[claim].module.judge, histories_of(CLAIMS[claim].stem)
    far = {}
    for name, outcome in judge(histories).items():
        made_up = CONTROLS[claim][name]
        beyond = [abs(judge(spoiled(histories, changes))[name].margin)
                  for changes in (made_up if isinstance(made_up, list) else [made_up])
                  if outcome.margin is not None]
        if beyond and not any(distance <= reach(outcome) for distance in beyond):
            far[name] = outcome, beyond
    assert far == {}


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_outcome_has_a_control(histories_of, claim):
    """In tests/claims/<source>/controls.py: see docs/adding-a-claim.md."""
    outcomes = CLAIMS[claim].module.judge(histories_of(CLAIMS[claim].stem))
    assert set(outcomes) == set(CONTROLS.get(claim, {}))
