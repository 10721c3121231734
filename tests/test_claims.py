"""The words of the suite."""
import math

import pytest

from lib.claims import (IN_PART, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, History, above, at_least,
                        below, between, exactly, in_words, near, not_finite, share_interval,
                        source_says, suite_finds, verdict)


def says(measured, expected=exactly(1), **settings):
    return source_says("key", "It is one", measured, expected, **settings)


@pytest.mark.parametrize("expected, holding, failing", [
    (near(1, within=0.1), 1.09, 1.11),
    (near(1, within=0.1), 0.91, 0.89),
    (below(2), 1.9, 2.0),
    (above(2), 2.1, 2.0),
    (at_least(2), 2.0, 1.9),
    (between(1, 2), 1.0, 2.1),
    (exactly(0), 0.0, 1e-300),
    (not_finite(), math.inf, 1e300),
    (not_finite(), math.nan, 0.0),
])
def test_an_expectation_accepts_and_refuses(expected, holding, failing):
    assert (expected.accepts(holding), expected.accepts(failing)) == (True, False)


@pytest.mark.parametrize("expected, measured, margin", [
    (near(1, within=0.1), 1.04, 0.06), (near(1, within=0.1), 1.5, -0.4), (below(2), 1.5, 0.5),
    (above(2), 1.5, -0.5), (at_least(2), 2.0, 0.0), (between(1, 2), 1.9, 0.1),
    (between(1, 2), 3.0, -1.0), (exactly(0), 0.25, -0.25)])
def test_the_margin_is_the_distance_to_the_nearest_bound(expected, measured, margin):
    assert expected.margin(measured) == pytest.approx(margin)


def test_what_has_no_bound_has_no_margin():
    assert not_finite().margin(math.inf) is None


@pytest.mark.parametrize("expected", [near(1, 10), below(2), above(2), between(0, 9), exactly(0)])
def test_nan_satisfies_no_relation(expected):
    assert not says(math.nan, expected).holds


@pytest.mark.parametrize("measured, word, text", [
    ((1, 1), REPRODUCED, "reproduced (2 of 2)"), ((1, 2), IN_PART, "in part (1 of 2)"),
    ((2, 2), NOT_REPRODUCED, "not reproduced (0 of 2)"), ((), NOT_JUDGED, "not judged")])
def test_the_verdict_counts_the_documented_outcomes_that_hold(measured, word, text):
    documented = {str(number): says(one) for number, one in enumerate(measured)}
    found = verdict(dict(documented, ours=suite_finds("s", 1, exactly(2), "ours")))
    assert (found, in_words(found, measured.count(1), len(measured))) == (word, text)


def test_nothing_is_judged_where_one_documented_outcome_is_not():
    outcomes = {"a": says(1), "b": says(1)}
    outcomes["b"].judged = False
    assert verdict(outcomes) == NOT_JUDGED and outcomes["b"].as_row()["holds"] is None


@pytest.mark.parametrize("measured, reason, as_recorded", [
    (1, None, True), (2, None, False), (1, "known not to", False), (2, "known not to", True)])
def test_an_outcome_is_as_recorded_if_it_fails_exactly_where_a_reason_is_given(
        measured, reason, as_recorded):
    assert says(measured, fails_because=reason).as_recorded is as_recorded


def test_a_series_that_a_history_does_not_have_is_named():
    with pytest.raises(AttributeError, match="no series 'loss'"):
        History({}, weight=[1.0]).loss


@pytest.mark.parametrize("successes, trials, interval", [
    (0, 100, (0, 0.03622)), (20, 20, (0.83157, 1)), (8, 8, (0.63058, 1)), (4, 4, (0.39764, 1)),
    (50, 100, (0.39832, 0.60168)), (997, 1000, (0.99126, 0.99938))])
def test_the_interval_of_a_share_is_the_exact_one(successes, trials, interval):
    """The figures: Clopper and Pearson's quantiles of the beta distribution."""
    assert share_interval(successes, trials) == pytest.approx(interval, abs=1e-5)


def test_the_interval_of_no_trial_is_no_number():
    assert all(math.isnan(end) for end in share_interval(0, 0))
