"""The outcomes of leaky_relu_escapes, one test each."""
import pytest


def test_the_loss_falls_fast_to_a_small_value(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "1 is the optimum of a ReLU; of this unit it is 1/(1 + c²) = 0.917"))
def test_the_weight_goes_to_one(outcome):
    assert outcome.holds, outcome


def test_the_weight_goes_to_the_leaky_optimum(outcome):
    assert outcome.holds, outcome


def test_the_loss_ends_at_that_optimum(outcome):
    assert outcome.holds, outcome
