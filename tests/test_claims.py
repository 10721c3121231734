"""The words of the suite."""
import math

import pytest

from lib.claims import (NOT_REPRODUCED, REPRODUCED, History, above, below, between, exactly, near,
                        not_finite, share_interval, source_says, suite_finds, verdict)


@pytest.mark.parametrize("expected, holding, failing", [
    (near(1, within=0.1), 1.09, 1.11),
    (near(1, within=0.1), 0.91, 0.89),
    (below(2), 1.9, 2.0),
    (above(2), 2.1, 2.0),
    (between(1, 2), 1.0, 2.1),
    (exactly(0), 0.0, 1e-300),
    (not_finite(), math.inf, 1e300),
    (not_finite(), math.nan, 0.0),
])
def test_an_expectation_accepts_and_refuses(expected, holding, failing):
    assert (expected.accepts(holding), expected.accepts(failing)) == (True, False)


@pytest.mark.parametrize("expected", [near(1, 10), below(2), above(2), between(0, 9), exactly(0)])
def test_nan_satisfies_no_relation(expected):
    assert not source_says("it converges", math.nan, expected).holds


def test_a_claim_is_reproduced_if_every_documented_outcome_holds():
    assert verdict({"a": source_says("s", 1, exactly(1)),
                    "b": suite_finds("s", 1, exactly(2), "ours")}) == REPRODUCED


def test_a_claim_is_not_reproduced_if_one_documented_outcome_fails():
    assert verdict({"a": source_says("s", 1, exactly(1)),
                    "b": source_says("s", 1, exactly(2))}) == NOT_REPRODUCED


@pytest.mark.parametrize("measured, reason, as_recorded", [
    (1, None, True), (2, None, False), (1, "known not to", False), (2, "known not to", True)])
def test_an_outcome_is_as_recorded_if_it_fails_exactly_where_a_reason_is_given(
        measured, reason, as_recorded):
    outcome = source_says("it is one", measured, exactly(1), fails_because=reason)
    assert outcome.as_recorded is as_recorded


def test_a_series_that_a_history_does_not_have_is_named():
    with pytest.raises(AttributeError, match="no series 'loss'"):
        History({}, weight=[1.0]).loss


def test_without_a_documented_outcome_nothing_is_judged():
    from lib.claims import NOT_JUDGED
    assert verdict({"one": suite_finds("s", 1, near(1, within=0), "o")}) == NOT_JUDGED


@pytest.mark.parametrize("successes, trials", [(0, 100), (1, 30), (50, 100), (997, 1000), (7, 7)])
def test_the_interval_of_a_share_is_wilsons(successes, trials):
    from scipy.stats import binomtest
    interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    assert share_interval(successes, trials) == pytest.approx((interval.low, interval.high),
                                                              abs=1e-6)


def test_the_interval_of_no_trial_is_no_number():
    assert all(math.isnan(end) for end in share_interval(0, 0))
