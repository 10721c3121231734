"""The outcomes of gradients_vanish_or_explode, one test each."""
import pytest


def test_the_gradient_tends_to_zero(outcome):
    assert outcome.holds, outcome


def test_the_lower_layers_stop_changing(outcome):
    assert outcome.holds, outcome


def test_the_gradient_becomes_huge(outcome):
    assert outcome.holds, outcome


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=(
    "the loss settles at that of a constant, or leaves all numbers"))
def test_training_oscillates(outcome):
    assert outcome.holds, outcome


def test_it_does_not_converge(outcome):
    assert outcome.holds, outcome


def test_its_first_layer_has_no_direction(outcome):
    assert outcome.holds, outcome


def test_the_vanishing_network_learns_nothing(outcome):
    assert outcome.holds, outcome


def test_the_control_learns(outcome):
    assert outcome.holds, outcome


def test_the_control_does_not_oscillate(outcome):
    assert outcome.holds, outcome


def test_nothing_holds_an_unbounded_network(outcome):
    assert outcome.holds, outcome


def test_a_sigmoid_passes_a_sixteenth(outcome):
    assert outcome.holds, outcome


def test_the_factors_are_those_of_the_closed_form(outcome):
    assert outcome.holds, outcome
