"""The outcomes of xavier_keeps_the_variance, one test each."""
import pytest


def test_the_scale_is_set_by_fan_in_and_fan_out(outcome):
    assert outcome.holds, outcome


def test_the_limit_is_the_largest_weight(outcome):
    assert outcome.holds, outcome


def test_it_keeps_the_variance(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "a sigmoid's slope is at most 1/4: a layer passes at most 1/16 of a gradient's variance on"))
def test_the_printed_limit_keeps_it_for_sigmoids(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "tanh saturates with weights so large, and gradients still grow by 2.4 a layer"))
def test_the_printed_limit_keeps_it_for_tanh(outcome):
    assert outcome.holds, outcome


def test_the_printed_limit_keeps_it_for_relus(outcome):
    assert outcome.holds, outcome


def test_xavier_loses_a_little_with_tanh(outcome):
    assert outcome.holds, outcome


def test_four_times_the_limit_is_better_for_sigmoids(outcome):
    assert outcome.holds, outcome


def test_unit_normal_weights_multiply_it_by_fan_in(outcome):
    assert outcome.holds, outcome


def test_xavier_halves_it_for_relus(outcome):
    assert outcome.holds, outcome


def test_he_keeps_it_for_relus(outcome):
    assert outcome.holds, outcome


def test_what_it_keeps_is_not_the_difference_of_samples(outcome):
    assert outcome.holds, outcome


def test_every_net_follows_the_closed_form(outcome):
    assert outcome.holds, outcome
