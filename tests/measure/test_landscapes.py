"""Surfaces and paths whose shape is known."""
import numpy as np
import pytest

from lib.measure.landscapes import (changes_of_slope, degrees_around_origin, degrees_turned,
                                    local_minima)

AXIS = np.linspace(-2, 2, 41)
X, Y = np.meshgrid(AXIS, AXIS)
HALF_CIRCLE = np.linspace(np.pi, 2 * np.pi, 50)


def test_a_bowl_has_one_minimum():
    assert local_minima((X - 0.5) ** 2 + Y ** 2) == 1


def test_two_bowls_have_two_minima():
    assert local_minima(np.minimum((X - 1) ** 2, (X + 1) ** 2) + Y ** 2) == 2


@pytest.mark.parametrize("surface", [X, X * Y, np.zeros_like(X)])
def test_a_plane_and_a_saddle_have_none(surface):
    assert local_minima(surface) == 0


@pytest.mark.parametrize("down, right", [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1),
                                         (1, 0), (1, 1)])
def test_a_minimum_is_lower_than_each_of_its_eight_neighbours(down, right):
    surface = np.ones((5, 5))
    surface[2, 2] = 0
    assert local_minima(surface) == 1
    surface[2 + down, 2 + right] = 0
    assert local_minima(surface) == 0


def test_a_crease_changes_the_slope_by_its_jump():
    change = changes_of_slope(np.abs(X), AXIS)
    assert change.max() == pytest.approx(2) and change.argmax() % 39 == 19


def test_a_smooth_surface_changes_it_by_curvature_times_step():
    assert changes_of_slope(X ** 2, AXIS).max() == pytest.approx(2 * 0.1)


def test_a_straight_path_does_not_turn():
    assert degrees_turned(np.linspace(0, 3, 20), np.linspace(1, 5, 20), 0.1) == pytest.approx(0)


def test_half_a_circle_turns_by_half_a_turn_less_a_piece():
    turned = degrees_turned(np.cos(HALF_CIRCLE), np.sin(HALF_CIRCLE), 0.01)
    assert turned == pytest.approx(180 - 180 / 49)


def test_a_path_that_stays_does_not_turn():
    noise = np.random.RandomState(0).randn(2, 30) * 1e-4
    assert degrees_turned(noise[0], noise[1], 0.05) == 0


def test_a_straight_path_passes_the_origin_by_an_angle():
    assert degrees_around_origin([-1, 0, 1], [-1, -1, -1]) == pytest.approx(90)


def test_the_angle_is_followed_across_the_negative_axis():
    assert degrees_around_origin(np.cos(HALF_CIRCLE * 1.5), np.sin(HALF_CIRCLE * 1.5)) == (
        pytest.approx(270))
