"""What became of a unit, and when."""
import numpy as np
import pytest

from lib.measure.fates import (DIVERGED, FLAT, LATER, RESTLESS, as_rows, epochs_of_escape, escaped,
                               fates)


@pytest.mark.parametrize("weights, fate", [
    ([-4.0, -1.0, 0.5, 1.05, 1, 1, 1, 0.95], "c"),
    ([-4.0, 0.5, -0.1, 1.05, 1, 1, 1, 0.95], "d"),
    ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], "a"),
    ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.2], RESTLESS),
    ([1.0, 1.0, 1.0, 1.2, 1.0, 1.0, 1.0, 1.0], RESTLESS),
    ([1.0, 1.0, 1.2, 1.0, 1.0, 1.0, 1.0, 1.0], "a"),
    ([1.3, 0.4, 1.9, -0.2, 1.8, 0.3, 1.7, 1.0], RESTLESS),
    ([-4.0, -2.0, -1.0, -0.5, -0.2, -0.1, -1e-9, 0.0], FLAT),
    ([-4.0, -2.0, 1.9, -0.5, -0.2, -0.1, -0.1, -0.1], RESTLESS),
    ([-4.0, -2.0, 1e3, -1e4, 1e5, -1e6, 1e7, -1e8], DIVERGED),
    ([-4.0, -2.0, 1e3, -1e9, 1e20, np.inf, np.nan, np.nan], DIVERGED),
    ([-1.0] * 25 + [1.0] * 8, "z"), ([-1.0] * 51 + [1.0] * 8, "Z"),
    ([-1.0] * 60 + [1.0] * 8, LATER)])
def test_each_fate_has_its_letter(weights, fate):
    column = np.reshape(weights, (-1, 1, 1))
    assert as_rows(fates(column)) == [fate]
    assert bool(escaped(column)) == (fate not in (FLAT, DIVERGED, RESTLESS))


def test_the_epoch_of_escape_is_in_the_letter():
    letters = np.array([["a", "z", "A", "Z"], [LATER, FLAT, DIVERGED, RESTLESS]])
    assert epochs_of_escape(letters).tolist() == [[1, 26, 27, 52], [53, 0, 0, 0]]
