"""The outcomes of relu_gets_stuck, one test each."""


def test_every_negative_start_stalls_at_zero(outcome):
    assert outcome.holds, outcome


def test_no_negative_start_crosses_zero(outcome):
    assert outcome.holds, outcome


def test_the_nearer_to_zero_the_slower(outcome):
    assert outcome.holds, outcome


def test_the_loss_stays_at_one_half(outcome):
    assert outcome.holds, outcome


def test_positive_starts_converge_to_one(outcome):
    assert outcome.holds, outcome


def test_positive_starts_converge_quickly(outcome):
    assert outcome.holds, outcome


def test_the_solution_stays_solved(outcome):
    assert outcome.holds, outcome


def test_it_shrinks_by_a_constant_factor(outcome):
    assert outcome.holds, outcome
