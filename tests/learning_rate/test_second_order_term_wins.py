"""The outcomes of second_order_term_wins, one test each."""


def test_the_change_is_the_sum_of_the_terms(outcome):
    assert outcome.holds, outcome


def test_the_cost_rises_where_the_first_term_wins(outcome):
    assert outcome.holds, outcome


def test_the_sign_is_that_of_the_winner(outcome):
    assert outcome.holds, outcome


def test_it_is_so_in_a_network(outcome):
    assert outcome.holds, outcome


def test_on_a_quadratic_cost_it_is_exact(outcome):
    assert outcome.holds, outcome


def test_it_is_not_all_where_the_cost_is_not_quadratic(outcome):
    assert outcome.holds, outcome


def test_small_steps_always_go_the_right_way(outcome):
    assert outcome.holds, outcome


def test_the_curvature_does_not_stay(outcome):
    assert outcome.holds, outcome
