"""The outcomes of sigmoid_saturates, one test each."""


def test_it_is_almost_linear_near_zero(outcome):
    assert outcome.holds, outcome


def test_it_is_sensitive_near_zero(outcome):
    assert outcome.holds, outcome


def test_it_is_numb_far_out(outcome):
    assert outcome.holds, outcome


def test_it_lies_on_its_asymptotes_far_out(outcome):
    assert outcome.holds, outcome


def test_it_is_nowhere_steeper_than_at_zero(outcome):
    assert outcome.holds, outcome


def test_its_derivative_is_the_closed_form(outcome):
    assert outcome.holds, outcome


def test_the_positive_side_dies_first(outcome):
    assert outcome.holds, outcome


def test_the_negative_side_lives_on(outcome):
    assert outcome.holds, outcome
