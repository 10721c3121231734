"""The outcomes of loss_has_a_kink_at_zero, one test each."""


def test_the_loss_has_a_kink_at_zero(outcome):
    assert outcome.holds, outcome


def test_the_gradient_vanishes_left_of_zero(outcome):
    assert outcome.holds, outcome


def test_zero_is_worse_than_one(outcome):
    assert outcome.holds, outcome


def test_some_line_meets_the_curve_three_times(outcome):
    assert outcome.holds, outcome


def test_the_curve_is_the_closed_form(outcome):
    assert outcome.holds, outcome
