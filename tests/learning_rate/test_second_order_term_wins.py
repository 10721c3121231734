"""The outcomes of second_order_term_wins, one test each."""


def test_the_change_is_the_sum_of_the_terms(outcome):
    assert outcome.holds, outcome


def test_the_cost_rises_where_the_first_term_wins(outcome):
    assert outcome.holds, outcome


def test_the_sign_is_that_of_the_winner(outcome):
    assert outcome.holds, outcome


def test_on_a_quadratic_cost_it_is_exact(outcome):
    assert outcome.holds, outcome


def test_elsewhere_a_long_step_may_go_the_other_way(outcome):
    assert outcome.holds, outcome


def test_but_no_shorter_one(outcome):
    assert outcome.holds, outcome


def test_the_curvature_does_not_stay(outcome):
    assert outcome.holds, outcome


def test_all_this_is_so_along_real_training(outcome):
    assert outcome.holds, outcome
