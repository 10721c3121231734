"""The outcomes of near_start_lets_optimizers_escape, one test each."""
import pytest


def test_adam_escapes(outcome):
    assert outcome.holds, outcome


def test_momentum_escapes(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "On the flat side of a ReLU a step of SGD multiplies w by 1 - rate, "
    "so that it never crosses 0"))
def test_vanilla_sgd_escapes(outcome):
    assert outcome.holds, outcome


def test_amsgrad_escapes(outcome):
    assert outcome.holds, outcome


def test_vanilla_sgd_is_stuck(outcome):
    assert outcome.holds, outcome


def test_vanilla_sgd_escapes_with_a_leak(outcome):
    assert outcome.holds, outcome


def test_adam_at_its_default_rate_does_not_escape(outcome):
    assert outcome.holds, outcome


def test_weak_momentum_does_not_escape(outcome):
    assert outcome.holds, outcome


def test_they_escape_over_seeds(outcome):
    assert outcome.holds, outcome


def test_vanilla_sgd_is_stuck_over_seeds(outcome):
    assert outcome.holds, outcome


def test_damping_decides_for_every_seed(outcome):
    assert outcome.holds, outcome
