"""The outcomes of another_batch_raises_the_loss, one test each."""


def test_a_good_step_can_raise_the_loss_on_the_next_batch(outcome):
    assert outcome.holds, outcome


def test_at_first_often_with_one_sample(outcome):
    assert outcome.holds, outcome


def test_at_first_never_with_many(outcome):
    assert outcome.holds, outcome


def test_at_first_a_larger_rate_raises_it_more(outcome):
    assert outcome.holds, outcome


def test_in_the_end_it_is_a_coin_toss(outcome):
    assert outcome.holds, outcome


def test_whatever_the_batch_and_the_rate(outcome):
    assert outcome.holds, outcome


def test_it_is_less_where_many_steps_are_not_good(outcome):
    assert outcome.holds, outcome


def test_the_steps_are_as_good_as_independent(outcome):
    assert outcome.holds, outcome


def test_one_sample_has_a_curvature_of_its_own(outcome):
    assert outcome.holds, outcome
