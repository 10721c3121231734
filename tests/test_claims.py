"""The words of the suite."""
import math
import types

import pytest

from lib.claims import (ENOUGH_SEEDS, IN_PART, NOT_JUDGED, NOT_REPRODUCED, REPRODUCED, TOLERANCE,
                        Claim, History, Sentence, Source, above, apart, at_least, below, between,
                        exactly, first_epoch, in_words, largest, near, not_finite, share_interval,
                        smallest, source_says, suite_finds, verdict)


def says(measured, expected=exactly(1), **settings):
    return source_says("key", "It is one", measured, expected, **settings)


@pytest.mark.parametrize("expected, holding, failing", [
    (near(1, within=0.1), 1.09, 1.11),
    (near(1, within=0.1), 0.91, 0.89),
    (below(2), 1.9, 2.0),
    (above(2), 2.1, 2.0),
    (at_least(2), 2.0, 1.9),
    (near(1, within=0.5), 1.5, 1.501),
    (between(1, 2), 1.0, 2.1),
    (between(1, 2), 2.0, 0.9),
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


@pytest.mark.parametrize("expected, value, tolerance", [
    (near(3, within=0.5), 3, 0.5), (between(2, 5), 3.5, 1.5), (exactly(3), 3, 0),
    (below(3), 3, None), (above(3), 3, None), (at_least(3), 3, None), (not_finite(), None, None)])
def test_an_expectation_tells_its_value_and_its_tolerance(expected, value, tolerance):
    assert (expected.value, expected.tolerance) == (value, tolerance)


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
    assert verdict(outcomes) == NOT_JUDGED


def test_what_is_not_judged_did_not_change():
    outcome = says(2)
    assert not outcome.as_recorded
    outcome.judged = False
    assert outcome.as_recorded


@pytest.mark.parametrize("measured, reason, as_recorded", [
    (1, None, True), (2, None, False), (1, "known not to", False), (2, "known not to", True)])
def test_an_outcome_is_as_recorded_if_it_fails_exactly_where_a_reason_is_given(
        measured, reason, as_recorded):
    assert says(measured, fails_because=reason).as_recorded is as_recorded


def test_a_series_that_a_history_does_not_have_is_named():
    with pytest.raises(AttributeError, match="no series 'loss'"):
        History({}, weight=[1.0]).loss


def test_a_history_with_more_series_is_the_same_run():
    history = History({"seed": 0}, loss=[1.0])
    more = history.plus(weight=[2.0])
    assert more == History({"seed": 0}, loss=[1.0], weight=[2.0])
    assert more.plus(loss=[3.0]).loss == [3.0] and history.series == {"loss": [1.0]}


def test_histories_are_equal_if_settings_and_series_are():
    history = History({"seed": 0}, loss=[1.0])
    assert history == History({"seed": 0}, loss=[1.0])
    assert history != History({"seed": 1}, loss=[1.0]) != History({"seed": 1}, loss=[2.0])


def test_two_runs_are_apart_if_a_setting_is():
    one, other = History({"rate": 0.1}), History({"rate": 0.2})
    assert apart(one, other, "rate") and not apart(one, one, "rate")
    assert not apart(one, other, "seed") and apart(one, History({}), "rate")


@pytest.mark.parametrize("values, least, most", [
    ([2, 1, 3], 1, 3), ((one for one in (1, 2)), 1, 2), ([1, math.inf], 1, math.inf)])
def test_the_smallest_and_the_largest(values, least, most):
    values = list(values)
    assert (smallest(iter(values)), largest(iter(values))) == (least, most)


@pytest.mark.parametrize("values", [[], [1, math.nan], [math.nan, 1]])
def test_there_is_no_smallest_or_largest_of_nothing_nor_beside_nan(values):
    assert math.isnan(smallest(values)) and math.isnan(largest(values))


@pytest.mark.parametrize("conditions, epoch", [
    ([False, True, True], 2), ([True], 1), ([False], math.inf), ([], math.inf)])
def test_the_first_epoch_is_counted_from_one(conditions, epoch):
    assert first_epoch(conditions) == epoch


def claim_of(run=lambda seed: {}, **names):
    """The Claim of a made-up script."""
    module, source = types.ModuleType("reproductions.made.up"), types.ModuleType("source")
    vars(module).update(__doc__="A title.\n\nMore.", NUMBER=99, run=run, **names)
    source.SOURCE = Source("A source", "url", "then", "none",
                           {"key": Sentence("there", "It is one")})
    return Claim(module, source)


def test_a_claim_is_named_by_its_script():
    claim = claim_of()
    assert (claim.name, claim.stem, claim.source_name, claim.number, claim.title) == (
        "made/up", "up", "made", 99, "A title")


def test_a_docstring_has_sections():
    claim = claim_of()
    claim.module.__doc__ = ("A title.\n\nClaim    It falls,\n         fast.\nSource   A page.\n"
                            "Theory   None.")
    assert claim.sections == {"Claim": "It falls, fast.", "Source": "A page.", "Theory": "None."}


def test_a_script_is_run_with_what_it_takes():
    def run(seed, **named):
        return dict(named, seed=seed)

    def resumable(seed, resume, **named):
        return dict(named, seed=seed, resume=resume)

    assert claim_of(run).run(3, 5, resume="anew") == {"seed": 3}
    trained = claim_of(resumable, EPOCHS=20)
    assert trained.run(3, resume="here") == {"seed": 3, "epochs": 20, "resume": "here"}
    assert trained.run(3, 5, "here", points=9) == {"seed": 3, "epochs": 5, "resume": "here",
                                                   "points": 9}
    assert claim_of(run, EPOCHS=20).run(3, epochs=None, **{}) == {"seed": 3, "epochs": 20}


def test_the_epochs_of_the_short_form_are_those_of_a_short_run():
    claim = claim_of(lambda seed, epochs: epochs, EPOCHS=20, ON_EVERY_RELEASE={"epochs": 2})
    assert claim.run(0, **claim.short_form) == 2


def test_numbers_may_move_by_a_hundred_thousandth_and_twenty_seeds_are_enough():
    """A wider tolerance, or fewer seeds, would make every record less of a test."""
    assert (TOLERANCE, ENOUGH_SEEDS) == (1e-5, 20)


def test_a_claim_may_say_how_it_is_run_elsewhere():
    plain = claim_of()
    assert (plain.on_every_release, plain.short_form, plain.seeds_form) == ({}, {}, {})
    short = claim_of(ON_EVERY_RELEASE={"points": 9})
    assert short.short_form == short.seeds_form == {"points": 9}
    assert claim_of(ON_EVERY_RELEASE={"points": 9}, SEEDS_FORM={}).seeds_form == {}
    never = claim_of(ON_EVERY_RELEASE="too long")
    assert never.on_every_release == "too long" and never.short_form == {}


def test_a_claim_may_have_tolerances_seeds_and_data_of_its_own():
    plain = claim_of()
    assert (plain.tolerance_of("run"), plain.enough_seeds, plain.one_seed, plain.stand_in()) == (
        TOLERANCE, ENOUGH_SEEDS, None, None)
    assert claim_of(TOLERANCE=0.5).tolerance_of("run") == 0.5
    by_label = claim_of(TOLERANCE={"run": 0.5})
    assert (by_label.tolerance_of("run"), by_label.tolerance_of("other")) == (0.5, TOLERANCE)
    wider = claim_of(TOLERANCE=0.5, TOLERANCE_BETWEEN_RELEASES={"run": 0.7})
    assert [wider.tolerance_of("run", between) for between in (False, True)] == [0.5, 0.7]
    assert wider.tolerance_of("other", between_releases=True) == 0.5
    assert wider.tolerance_of("run") == 0.5
    other = claim_of(OVER_SEEDS=8, ONE_SEED="nothing is random",
                     load_data=lambda: types.SimpleNamespace(stand_in="a sample"))
    assert (other.enough_seeds, other.one_seed, other.stand_in()) == (
        8, "nothing is random", "a sample")


@pytest.mark.parametrize("epochs, judged", [(None, True), (20, True), (1, False), (30, False)])
def test_a_claim_is_judged_after_the_epochs_that_it_is_about(epochs, judged):
    claim = claim_of(EPOCHS=20, judge=lambda histories: {
        "it": says(1), "ours": suite_finds("s", 1, exactly(1), "ours")})
    outcomes = claim.judge({}, epochs)
    assert [outcome.judged for outcome in outcomes.values()] == [judged] * 2
    assert (outcomes["it"].where, outcomes["ours"].where) == ("there", None)


@pytest.mark.parametrize("successes, trials, interval", [
    (0, 100, (0, 0.03622)), (20, 20, (0.83157, 1)), (8, 8, (0.63058, 1)), (4, 4, (0.39764, 1)),
    (50, 100, (0.39832, 0.60168)), (997, 1000, (0.99126, 0.99938))])
def test_the_interval_of_a_share_is_the_exact_one(successes, trials, interval):
    """The figures: Clopper and Pearson's quantiles of the beta distribution."""
    assert share_interval(successes, trials) == pytest.approx(interval, abs=1e-5)


def test_the_interval_of_no_trial_is_no_number():
    assert all(math.isnan(end) for end in share_interval(0, 0))
