"""The outcomes of relu_units_die, one test each."""


def test_units_with_only_negative_inputs_learn_nothing(outcome):
    assert outcome.holds, outcome


def test_too_large_a_step_kills(outcome):
    assert outcome.holds, outcome


def test_a_dead_unit_stays_dead(outcome):
    assert outcome.holds, outcome


def test_a_small_step_kills_none(outcome):
    assert outcome.holds, outcome


def test_they_die_at_once(outcome):
    assert outcome.holds, outcome


def test_the_dead_are_missed(outcome):
    assert outcome.holds, outcome


def test_a_still_larger_step_diverges(outcome):
    assert outcome.holds, outcome


def test_a_low_bias_kills_at_the_start(outcome):
    assert outcome.holds, outcome


def test_none_is_dead_at_the_start_without_a_bias(outcome):
    assert outcome.holds, outcome


def test_depth_kills_at_the_start(outcome):
    assert outcome.holds, outcome


def test_but_not_near_the_input(outcome):
    assert outcome.holds, outcome
