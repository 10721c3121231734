"""The outcomes of leaky_relu_keeps_a_gradient, one test each."""


def test_it_is_the_larger_of_two_lines(outcome):
    assert outcome.holds, outcome


def test_it_keeps_a_little_of_the_negative_side(outcome):
    assert outcome.holds, outcome


def test_no_unit_is_dead(outcome):
    assert outcome.holds, outcome


def test_dead_units_revive(outcome):
    assert outcome.holds, outcome


def test_relus_stay_dead(outcome):
    assert outcome.holds, outcome


def test_relus_have_no_gradient(outcome):
    assert outcome.holds, outcome


def test_the_network_learns_again(outcome):
    assert outcome.holds, outcome


def test_a_weak_leak_is_slow(outcome):
    assert outcome.holds, outcome


def test_a_stronger_leak_revives_more(outcome):
    assert outcome.holds, outcome


def test_the_formula_is_wrong_beyond_one(outcome):
    assert outcome.holds, outcome
