"""How far one run is from another, and where it first leaves its tolerance."""
import math

import pytest
from made_up import result

from lib.claims import History
from lib.suite import deviations
from lib.suite.records import CRASHED


@pytest.mark.parametrize("value, other, by", [
    (1.0, 1.0, 0.0), (1.5, 1.0, 0.5), (0.5, 1.0, 0.5), (300.0, 200.0, 0.5), (0.25, 0.0, 0.25),
    (math.nan, math.nan, 0.0), (math.nan, 1.0, math.inf), (1.0, math.nan, math.inf),
    (math.inf, math.inf, 0.0), (math.inf, 1.0, math.inf), (1.0, -math.inf, math.inf),
    ([], [], 0.0), ([1.0, 2.0], [1.0, 3.0], 1 / 3), ([1.0], [1.0, 2.0], math.inf),
    ([[1.0], [2.0, 4.0]], [[1.0], [2.0, 2.0]], 1.0), ([1.0], 1.0, math.inf), (1.0, [1.0], math.inf),
    (["ab", "cd"], ["ab", "ce"], 0.25), (["ab"], ["abc"], math.inf), ([""], [""], 0.0),
    (["a"], [1.0], math.inf), ("a", 1.0, math.inf)])
def test_a_deviation_is_relative_to_the_larger_of_one_and_the_value(value, other, by):
    assert deviations.deviation(value, other) == pytest.approx(by, rel=1e-12)


def test_a_history_is_as_far_off_as_its_worst_series():
    one = History({}, loss=[1.0, 2.0], weight=[1.0])
    assert deviations.of_histories(one, one) == 0
    assert deviations.of_histories(one, History({}, loss=[1.0, 2.0], weight=[1.25])) == 0.2
    assert deviations.of_histories(one, History({}, loss=[1.0, 2.0])) == math.inf
    assert deviations.of_histories(History({}, loss=[1.0, 2.0]), one) == math.inf
    assert deviations.of_histories(None, one) == deviations.of_histories(one, None) == math.inf
    assert deviations.of_histories(History({}), History({})) == 0


def test_results_are_compared_history_by_history_if_both_ran():
    one = result(histories={"a": {"loss": [1.0]}, "b": {"loss": [1.0]}})
    other = result(histories={"b": {"loss": [1.5]}, "c": {"loss": [1.0]}})
    assert deviations.deviations(one, other) == {"a": math.inf, "b": 1 / 3, "c": math.inf}
    crashed = result(verdict=CRASHED)
    for pair in ((one, None), (None, one), (one, crashed), (crashed, one)):
        assert deviations.deviations(*pair) is None


def test_what_exceeds_its_tolerance_is_named_and_without_one_nothing_may_move():
    moved = {"at": 0.5, "beyond": 0.51, "none": 1e-300, "same": 0.0, "no number": math.nan}
    assert set(deviations.beyond_tolerance(moved, {"at": 0.5, "beyond": 0.5, "no number": 9})) == {
        "beyond", "none", "no number"}


@pytest.mark.parametrize("moved, largest", [({"a": 0.5, "b": 2.0}, 2.0), ({}, 0.0),
                                            (None, math.nan)])
def test_the_largest_of_some(moved, largest):
    assert deviations.largest_of(moved) == pytest.approx(largest, nan_ok=True)


def test_the_first_departure_is_the_earliest_and_of_those_the_largest():
    there = History({"epochs": 3}, loss=[1.0, 1.0, 1.0], weight=[1.0, 1.0, 1.0])
    here = History({"epochs": 3}, loss=[1.0, 1.2, 9.0], weight=[1.0, 1.4, 1.0])
    found = deviations.departure_of(here, there, 0.1)
    assert (found.series, found.place, found.epochs) == ("weight", 2, True)
    assert (found.value, found.other, found.tolerance) == (1.4, 1.0, 0.1)
    assert found.deviation == pytest.approx(0.4)
    assert str(found) == "weight, epoch 2: 1.4, not 1: off by 4.0e-01, 1e-01 allowed"
    assert deviations.departure_of(here, there, 9) is None


def test_a_series_that_is_missing_or_shorter_departs_before_any_number():
    there = History({"epochs": 2}, loss=[1.0, 1.0], weight=[1.0, 1.0])
    for here in (History({}, loss=[5.0, 1.0]), History({}, loss=[5.0, 1.0], weight=[1.0])):
        found = deviations.departure_of(here, there, 0.1)
        assert (found.series, found.place, found.deviation) == ("weight", None, math.inf)
        assert str(found) == "weight: missing, or of another length"
    extra = deviations.departure_of(there, History({}, loss=[1.0, 1.0]), 0.1)
    assert extra.series == "weight"


def test_the_departure_of_results_names_the_history():
    one = result(histories={"a": {"loss": [1.0, 2.0]}, "b": {"state": ["aaa", "x" * 30]}})
    other = result(histories={"a": {"loss": [1.0, 1.0]}, "b": {"state": ["aaa", "y" * 30]}})
    found = deviations.departure(one, other, ["a", "b"], {"a": 0.1})
    assert str(found) == "'a', loss, number 2: 2, not 1: off by 1.0e+00, 1e-01 allowed"
    texts = deviations.departure(one, other, ["b"], {})
    assert str(texts) == (f"'b', state, number 2: {'x' * 20} …, not {'y' * 20} …: "
                          "off by 1.0e+00, 0e+00 allowed")
    assert deviations.departure(one, other, [], {}) is None
    assert deviations.departure(one, other, ["a"], {"a": 1.0}) is None
    missing = result(histories={"a": {"loss": [1.0]}})
    for pair in ((one, missing), (missing, one)):
        assert deviations.departure(*pair, ["b"], {"b": 1.0}).place is None


@pytest.mark.parametrize("length, whole", [(24, True), (25, False)])
def test_a_text_is_shown_in_full_up_to_24_letters(length, whole):
    found = deviations.departure_of(History({}, state=["x" * length]),
                                    History({}, state=["y" * length]), 0)
    assert (f": {'x' * length}, not" in str(found)) == whole
