"""The outcomes of ill_conditioning_stalls, one test each."""


def test_it_gets_stuck(outcome):
    assert outcome.holds, outcome


def test_even_very_small_steps_raise_the_cost(outcome):
    assert outcome.holds, outcome


def test_a_step_a_little_larger_does_at_once(outcome):
    assert outcome.holds, outcome


def test_a_well_conditioned_one_does_not(outcome):
    assert outcome.holds, outcome


def test_the_steepness_forbids_the_step(outcome):
    assert outcome.holds, outcome


def test_it_is_stuck_all_the_same(outcome):
    assert outcome.holds, outcome


def test_the_usable_rate_is_two_over_the_curvature(outcome):
    assert outcome.holds, outcome


def test_the_condition_number_is_known(outcome):
    assert outcome.holds, outcome


def test_the_steps_grow_like_the_condition_number(outcome):
    assert outcome.holds, outcome


def test_they_are_those_of_the_closed_form(outcome):
    assert outcome.holds, outcome


def test_at_usable_rates_the_first_term_never_wins(outcome):
    assert outcome.holds, outcome


def test_the_cost_rises_where_it_wins(outcome):
    assert outcome.holds, outcome


def test_the_first_rise_is_that_of_the_closed_form(outcome):
    assert outcome.holds, outcome
