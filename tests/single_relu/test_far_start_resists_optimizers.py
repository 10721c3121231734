"""The outcomes of far_start_resists_optimizers, one test each."""
import pytest


def test_adam_does_not_help(outcome):
    assert outcome.holds, outcome


def test_amsgrad_does_not_help(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "A heavy ball of momentum 0.9 > (1 - sqrt(0.01))² = 0.81 is underdamped "
    "on the flat side and crosses 0"))
def test_momentum_does_not_help(outcome):
    assert outcome.holds, outcome


def test_adam_slows_the_progress(outcome):
    assert outcome.holds, outcome


def test_momentum_below_the_threshold_is_stuck(outcome):
    assert outcome.holds, outcome


def test_adam_escapes_when_its_memory_fades(outcome):
    assert outcome.holds, outcome


def test_amsgrad_stays_stuck(outcome):
    assert outcome.holds, outcome


def test_adam_goes_its_rate_a_step(outcome):
    assert outcome.holds, outcome


def test_a_leak_helps_plain_and_momentum_sgd(outcome):
    assert outcome.holds, outcome


def test_momentum_escapes_over_seeds(outcome):
    assert outcome.holds, outcome


def test_the_others_are_stuck_over_seeds(outcome):
    assert outcome.holds, outcome


def test_damping_decides_for_every_seed(outcome):
    assert outcome.holds, outcome
