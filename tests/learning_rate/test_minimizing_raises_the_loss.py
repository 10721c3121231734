"""The outcomes of minimizing_raises_the_loss, one test each."""


def test_a_step_scales_with_the_gradient(outcome):
    assert outcome.holds, outcome


def test_it_lands_beyond_the_minimum(outcome):
    assert outcome.holds, outcome


def test_farther_out_than_before(outcome):
    assert outcome.holds, outcome


def test_again_and_again(outcome):
    assert outcome.holds, outcome


def test_a_small_rate_approaches(outcome):
    assert outcome.holds, outcome


def test_it_does_not_overshoot(outcome):
    assert outcome.holds, outcome


def test_the_curvature_is_known(outcome):
    assert outcome.holds, outcome


def test_the_factor_is_known(outcome):
    assert outcome.holds, outcome


def test_the_loss_becomes_infinite(outcome):
    assert outcome.holds, outcome


def test_the_weight_becomes_nan(outcome):
    assert outcome.holds, outcome


def test_in_between_it_overshoots_and_arrives(outcome):
    assert outcome.holds, outcome


def test_on_x_squared_it_approaches(outcome):
    assert outcome.holds, outcome
