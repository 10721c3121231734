"""The shape that a file must have: what fits is taken as it is, and what does not has a place."""
import math
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

import pytest

from lib.files import BadFile
from lib.shapes import decoded, named, one_of


@dataclass
class Part:
    kind: str = one_of("good", "bad")
    size: float
    many: List[int]
    first: Optional[int] = named("the first")
    kept: bool = True


@dataclass
class Whole:
    parts: Dict[str, Part]
    settings: Dict[str, Any]


def plain(**changes):
    return {"parts": {"a": dict({"kind": "good", "size": 1, "many": [1, 2], "the first": None},
                                **changes)}, "settings": {"rates": [0.1, "x"], "none": None}}


def test_what_fits_is_taken_with_the_defaults_of_what_is_missing():
    found = decoded(Whole, plain(size="Infinity"), "file")
    assert found == Whole({"a": Part("good", math.inf, [1, 2], None, True)}, plain()["settings"])


def test_a_value_is_read_as_its_type_is():
    found = decoded(Whole, plain(), "file", {int: lambda value: value * 10})
    assert found.parts["a"].many == [10, 20]


@pytest.mark.parametrize("changes, complaint", [
    ({"kind": "other"}, "kind: 'other' is none of good, bad"),
    ({"kind": ["good"]}, "kind: ['good'] is not a text"),
    ({"size": True}, "size: true is not a number"), ({"size": "1"}, "size: '1' is not a number"),
    ({"many": 1}, "many: 1 is not a list"),
    ({"many": [1, 2.0]}, "many: item 2: 2.0 is not a whole number"),
    ({"many": [True]}, "many: item 1: true is not a whole number"),
    ({"the first": "1"}, "the first: '1' is not a whole number"),
    ({"kept": 1}, "kept: 1 is not true or false"),
    ({"more": 1}, "has the key 'more', which does not belong here"),
    ({"first": 1}, "has the key 'first', which does not belong here")])
def test_what_does_not_fit_is_told_with_its_place(changes, complaint):
    with pytest.raises(BadFile) as caught:
        decoded(Whole, plain(**changes), "file")
    assert str(caught.value) == f"file: parts: a: {complaint}"


def test_what_is_missing_is_told_with_its_place():
    found = plain()
    del found["parts"]["a"]["the first"]
    with pytest.raises(BadFile) as caught:
        decoded(Whole, found, "file")
    assert str(caught.value) == "file: parts: a: lacks the key 'the first'"


@pytest.mark.parametrize("setting", [{}, [{}], [[[[1]]]]])
def test_a_setting_is_no_object_and_not_nested_deeply(setting):
    with pytest.raises(BadFile, match="file: settings: it: .* is not a setting"):
        decoded(Whole, dict(plain(), settings={"it": setting}), "file")


def test_a_complaint_quotes_little_of_a_long_value():
    with pytest.raises(BadFile) as caught:
        decoded(Whole, plain(kind=["x" * 1000] * 1000), "file")
    assert len(str(caught.value)) < 300
