"""Files: nothing lost, nothing rounded, nothing half-written, and a line on what is wrong."""
import json
import math
import os

import numpy as np
import pytest

from lib.files import (BadFile, as_number, as_numbers, read_arrays, read_json, write_json,
                       written_whole)


def refuse(constant):
    raise AssertionError("not JSON: " + constant)


def test_plain_data_survive_writing_and_reading(tmp_path):
    data = {"b": [1 / 3, 1e-300, 2.0], "a": {"word": "±", "none": None, "so": [True, False]}}
    write_json(data, str(tmp_path / "file.json"))
    assert read_json(str(tmp_path / "file.json")) == data


def test_what_is_not_finite_is_written_as_text_that_any_reader_takes(tmp_path):
    path = tmp_path / "file.json"
    write_json({"numbers": [math.nan, math.inf, (-math.inf, 1.5)]}, str(path))
    found = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert found == {"numbers": ["NaN", "Infinity", ["-Infinity", 1.5]]}
    nan, infinity, (minus, number) = as_numbers(found["numbers"])
    assert math.isnan(nan) and (infinity, minus, number) == (math.inf, -math.inf, 1.5)


def test_a_list_of_numbers_takes_one_line_and_keys_keep_their_order(tmp_path):
    path = tmp_path / "file.json"
    write_json({"loss": [1.0, 2.0, 3.0], "a": {}}, str(path))
    assert path.read_text(encoding="utf-8") == '{\n "loss": [1.0, 2.0, 3.0],\n "a": {}\n}\n'


@pytest.mark.parametrize("value", ["1.0", "nan", "", None, True, [1.0], {}])
def test_what_is_no_number_is_not_taken_for_one(value):
    with pytest.raises(ValueError, match="is not a number"):
        as_number(value)


@pytest.mark.parametrize("content, complaint", [
    (b"", "not a JSON file"), (b'{"half": ', "not a JSON file"), (b"\xff\xfe", "not a JSON file"),
    (b"[NaN]", "a bare NaN"), (b"[-Infinity]", "a bare -Infinity"), (None, "No such file")])
def test_a_file_that_is_no_json_is_named_with_what_is_wrong(tmp_path, content, complaint):
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile, match=complaint) as caught:
        read_json(str(path))
    assert str(caught.value).startswith(str(path) + ": ") and "\n" not in str(caught.value)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file.json"
    path.write_text("old")
    with pytest.raises(error):
        with written_whole(str(path)) as temporary:
            with open(temporary, "w") as file:
                file.write("half")
            raise error
    assert path.read_text() == "old"
    assert os.listdir(str(tmp_path)) == ["file.json"]


def test_a_write_makes_its_folder_and_a_file_that_others_may_read(tmp_path):
    path = tmp_path / "new" / "file.json"
    write_json([1], str(path))
    assert os.listdir(str(tmp_path / "new")) == ["file.json"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_what_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "file.json"
    path.write_text("old")
    with pytest.raises(TypeError):
        write_json({"no plain data": object()}, str(path))
    assert path.read_text() == "old" and os.listdir(str(tmp_path)) == ["file.json"]


def test_arrays_are_read_by_their_names(tmp_path):
    path = str(tmp_path / "file.npz")
    np.savez(path, a=np.arange(3), b=np.ones(2))
    assert set(read_arrays(path)) == {"a", "b"}
    assert list(read_arrays(path, ["a"])) == ["a"]
    with pytest.raises(BadFile, match="lacks the array c"):
        read_arrays(path, ["a", "c"])


def test_a_truncated_archive_is_named(tmp_path):
    path = tmp_path / "file.npz"
    np.savez(str(path), a=np.arange(3))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(BadFile, match="truncated, or not an .npz file") as caught:
        read_arrays(str(path))
    assert str(path) in str(caught.value)
