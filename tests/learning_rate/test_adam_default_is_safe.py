"""The outcomes of adam_default_is_safe, one test each."""


def test_it_does_not_diverge(outcome):
    assert outcome.holds, outcome


def test_it_is_better_behaved(outcome):
    assert outcome.holds, outcome


def test_it_can_be_used(outcome):
    assert outcome.holds, outcome


def test_it_takes_its_time(outcome):
    assert outcome.holds, outcome


def test_it_follows_its_formula(outcome):
    assert outcome.holds, outcome


def test_the_flat_weight_is_later(outcome):
    assert outcome.holds, outcome


def test_gradient_descent_is_faster_on_the_steep_weight(outcome):
    assert outcome.holds, outcome


def test_but_leaves_the_flat_one_behind(outcome):
    assert outcome.holds, outcome


def test_a_larger_rate_is_faster(outcome):
    assert outcome.holds, outcome


def test_ten_thousand_times_does_not_diverge(outcome):
    assert outcome.holds, outcome
