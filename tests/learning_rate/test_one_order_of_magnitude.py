"""The outcomes of one_order_of_magnitude, one test each."""


def test_the_loss_grows_exponentially(outcome):
    assert outcome.holds, outcome


def test_it_comes_from_thousands(outcome):
    assert outcome.holds, outcome


def test_to_a_trillion(outcome):
    assert outcome.holds, outcome


def test_then_to_infinity(outcome):
    assert outcome.holds, outcome


def test_then_to_nan(outcome):
    assert outcome.holds, outcome


def test_the_smaller_rate_works(outcome):
    assert outcome.holds, outcome


def test_the_threshold_is_two_over_the_curvature(outcome):
    assert outcome.holds, outcome


def test_it_lies_between_the_two(outcome):
    assert outcome.holds, outcome


def test_the_curvature_is_that_of_the_data(outcome):
    assert outcome.holds, outcome


def test_batches_break_a_little_later(outcome):
    assert outcome.holds, outcome


def test_the_growth_is_that_of_the_batches(outcome):
    assert outcome.holds, outcome


def test_the_other_weight_has_hardly_moved(outcome):
    assert outcome.holds, outcome
