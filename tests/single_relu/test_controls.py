"""A judge that was never seen to fail is no evidence: each outcome is turned round once."""
from collections import OrderedDict

import pytest

from lib.claims import History
from single_relu.controls import CONTROLS


def spoiled(histories, changes):
    """The histories with some series replaced."""
    copy = OrderedDict(histories)
    for label, series in changes.items():
        recorded = copy[label]
        copy[label] = History(recorded.settings, **dict(recorded.series, **{
            name: values(recorded.series[name]) for name, values in series.items()}))
    return copy


@pytest.mark.parametrize("stem, name", [
    (stem, name) for stem, controls in CONTROLS.items() for name in controls])
def test_a_made_up_history_turns_the_outcome_round(claims, histories_of, stem, name):
    judge, histories = claims[stem].module.judge, histories_of(stem)
    recorded = judge(histories)[name]
    made_up = judge(spoiled(histories, CONTROLS[stem][name]))[name]
    assert made_up.holds != recorded.holds, (recorded, made_up)


@pytest.mark.parametrize("stem", CONTROLS)
def test_every_outcome_has_a_control(claims, histories_of, stem):
    assert set(claims[stem].module.judge(histories_of(stem))) == set(CONTROLS[stem])


def test_every_claim_of_the_source_has_controls(claims):
    assert set(CONTROLS) == {claim.stem for claim in claims.values()
                             if claim.source_name == "single_relu"}
