"""What must not be let through: each of these was changed once, and no test failed."""
import math
import os
import pickle
from typing import Any

import numpy as np
import pytest
from made_up import record, result, row

from lib import files, originals, shapes
from lib.claims import History, Sentence
from lib.command import main
from lib.files import BadFile, read_arrays, read_json, write_json
from lib.suite import probing, records, releases, saved_models, unfinished
from lib.suite.catalogue import find_claims
from lib.suite.unfinished import Unfinished

CLAIMS = find_claims()
CASES = originals.original_histories()
# Far wider and a wrong optimizer would pass: SGD's is last bits, Adam's the float32 of 2,000 steps,
# on MNIST ten of 5,000 images, one of a batch of 50
OF_ORIGINALS = {"SGD": {"loss": 1e-5, "weight": 1e-5}, "Adam": {"loss": 5e-5, "weight": 5e-5}}
OF_MNIST = {"val_loss": 2e-3, "val_accuracy": 2e-3, "batch_accuracy": 0.02}


def moved(history, name, by):
    """The history with one number of a series off by so much, relative to max(1, it)."""
    values = list(history.series[name])
    values[3] += by * max(1.0, abs(values[3]))
    return history.plus(**{name: values})


@pytest.mark.parametrize("case", CASES)
def test_a_run_of_an_original_may_not_be_farther_off_than_last_bits(case):
    original = CASES[case]
    reference = originals.reference_of(original)
    tolerances = (OF_MNIST if original.settings.get("data") == "MNIST"
                  else OF_ORIGINALS[original.settings["optimizer"]])
    ours = History(original.settings, **reference.series)
    assert originals.Comparison(original, ours).within
    for name, tolerance in tolerances.items():
        assert originals.Comparison(original, moved(ours, name, 0.9 * tolerance)).within
        assert not originals.Comparison(original, moved(ours, name, 1.5 * tolerance)).within, name


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.stem for claim in CLAIMS])
def test_the_tolerances_between_releases_are_those_that_are_on_record(claim):
    recorded = records.read(releases.path_of(releases.BASELINE)).claims[claim.name].tolerances
    assert recorded == {label: claim.tolerance_of(label, between_releases=True)
                        for label in recorded}


@pytest.mark.parametrize("format", ["training-reproductions record 2", "", None, 3])
def test_a_record_of_another_format_is_refused(tmp_path, format):
    path = str(tmp_path / "record.json")
    records.write(record(stem=result()), path)
    write_json(dict(read_json(path), format=format), path)
    with pytest.raises(BadFile, match="not a record of this suite"):
        records.read(path)


class Unpickled:
    """Leaves a file if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_no_array_is_unpickled(tmp_path):
    path, proof = str(tmp_path / "file.npz"), tmp_path / "unpickled"
    np.savez(path, a=np.array([Unpickled(str(proof))], dtype=object))
    with pytest.raises(BadFile, match="not an .npz file of plain numbers"):
        read_arrays(path)
    assert not proof.exists()
    pickle.loads(pickle.dumps(Unpickled(str(proof)))).close()
    assert proof.exists(), "the test can fail"


@pytest.mark.parametrize("taken_up, made", [("of this code", [1]), ("of other code", [1, 2])])
def test_diagrams_that_other_code_made_are_not_taken_up(monkeypatch, taken_up, made):
    calls = []

    def make():
        calls.append(len(calls) + 1)
        return History({}, loss=[float(len(calls))])

    for code in ("of this code", taken_up):
        monkeypatch.setattr(unfinished, "digest_of_files", lambda *names: code)
        found = Unfinished("claim", {"points": 9}).history("SGD", make)
    assert calls == made and found.loss == [float(made[-1])]


@pytest.fixture
def recorded_here(monkeypatch, tmp_path, capsys):
    """A function from the Result of a claim to the status of ``record`` and what it prints."""
    def run(one):
        monkeypatch.setattr(releases, "record", lambda *_: record(stem=one))
        monkeypatch.setattr(probing, "all_probes", lambda: [])
        monkeypatch.setattr(saved_models, "save", lambda *_: {})
        return main(["record", str(tmp_path / "record.json"), "leaky_relu_escapes"]), (
            capsys.readouterr().out)

    return run


@pytest.mark.parametrize("changes, status, line", [
    ({"rows": {"it_is_so": row(holds=False, as_recorded=False)}}, 1,
     "CHANGED in a/stem: It is so\n"),
    ({"verdict": records.CRASHED, "reason": "ValueError: no", "histories": {}, "rows": {}}, 1,
     "CRASHED in a/stem: ValueError: no\n"),
    ({}, 0, "")])
def test_record_says_what_changed_or_crashed(recorded_here, changes, status, line):
    found, printed = recorded_here(result(**changes))
    assert found == status
    assert printed.startswith(line) and printed.count("CHANGED") + printed.count("CRASHED") == (
        bool(line))


def test_compare_ends_with_status_one_where_a_history_went_elsewhere(
        reference_of, tmp_path, capsys):
    """The record that the project ships, and the same with its last weight moved by 1e-3."""
    claim = next(claim for claim in CLAIMS if claim.stem == "leaky_relu_escapes")
    words = ["compare", claim.stem, "--records", str(tmp_path), "--out", str(tmp_path / "out")]
    for by, status in ((0.0, 0), (1e-3, 1), (math.nan, 1)):
        one = reference_of(claim)
        for history in one.histories.values():
            history.weight[-1] += by
        made = record()
        made.claims[claim.name] = one
        records.write(made, records.path_of(claim, str(tmp_path)))
        assert main(words) == status, capsys.readouterr().out


def test_of_two_arrays_that_are_missing_the_first_is_named(tmp_path):
    np.savez(str(tmp_path / "file.npz"), a=np.arange(3))
    with pytest.raises(BadFile, match="lacks the array b$"):
        read_arrays(str(tmp_path / "file.npz"), ["c", "b", "a"])


def test_what_the_system_says_of_a_file_is_passed_on(tmp_path):
    with pytest.raises(BadFile, match="Is a directory$"):
        read_arrays(str(tmp_path))


def test_no_more_is_read_than_its_bounds_allow(tmp_path, monkeypatch):
    """Arrays of 8 bytes where 7 are allowed, a text of 31 characters where 30 are."""
    np.savez(str(tmp_path / "file.npz"), a=np.arange(1.0))
    monkeypatch.setattr(files, "LARGEST_ARRAYS", 8)
    assert read_arrays(str(tmp_path / "file.npz"))["a"] == [0.0]
    monkeypatch.setattr(files, "LARGEST_ARRAYS", 7)
    with pytest.raises(BadFile, match="arrays of 0 MB, more than the 0 MB that are read here"):
        read_arrays(str(tmp_path / "file.npz"))
    path = tmp_path / "file.json"
    monkeypatch.setattr(files, "LARGEST_TEXT", 30)
    path.write_text("[1]".ljust(30))
    assert read_json(str(path)) == [1]
    path.write_text("[1]".ljust(31))
    with pytest.raises(BadFile, match="more than 0 million characters"):
        read_json(str(path))


def test_the_bounds_are_named_in_millions(tmp_path, monkeypatch):
    path = tmp_path / "file.json"
    monkeypatch.setattr(files, "LARGEST_TEXT", 3 * 10 ** 6)
    path.write_text("[1]".ljust(3 * 10 ** 6 + 1))
    with pytest.raises(BadFile, match="more than 3 million characters"):
        read_json(str(path))
    np.savez(str(tmp_path / "file.npz"), a=np.zeros(6 * 10 ** 5))
    monkeypatch.setattr(files, "LARGEST_ARRAYS", 4 * 10 ** 6)
    with pytest.raises(BadFile, match="arrays of 5 MB, more than the 4 MB that are read here"):
        read_arrays(str(tmp_path / "file.npz"))


@pytest.mark.parametrize("text, complaint", [
    ('{"a": 1, "b": 2, "b": 3}', "the key 'b' is there twice"),
    ('["\\ud800"]', "is half of a character"), ('["\\uD800"]', "is half of a character"),
    ("[1e999]", "'1e999' is too large a number"),
    ("[9223372036854775808]", "is too large a number")])
def test_what_json_allows_and_no_record_has_is_refused(tmp_path, text, complaint):
    path = tmp_path / "file.json"
    path.write_text(text)
    with pytest.raises(BadFile, match=complaint):
        read_json(str(path))


@pytest.mark.parametrize("text, value", [
    ("[9223372036854775807]", 2 ** 63 - 1), ('["\\ud83d\\ude00"]', "\U0001f600"),
    ("[-1e308]", -1e308)])
def test_the_largest_numbers_and_a_whole_pair_are_read(tmp_path, text, value):
    path = tmp_path / "file.json"
    path.write_text(text)
    assert read_json(str(path)) == [value]


def test_what_a_killed_run_left_goes_with_the_next_write_and_what_is_being_written_stays(tmp_path):
    left, path = tmp_path / (files.IN_THE_MAKING + "0123-file.json"), tmp_path / "file.json"
    left.write_text("half")
    with files.written_whole(str(path)) as temporary:
        assert not left.exists()
        write_json([1], str(tmp_path / "other.json"))
        assert os.path.exists(temporary), "it is locked"
    assert sorted(os.listdir(str(tmp_path))) == ["file.json", "other.json"]


def test_an_error_of_the_system_names_the_file_that_was_asked_for(tmp_path):
    path = str(tmp_path / "file.json")
    with pytest.raises(OSError) as caught:
        with files.written_whole(path) as temporary:
            raise OSError(28, "No space left on device", temporary)
    assert caught.value.filename == path
    with pytest.raises(OSError) as caught:
        with files.written_whole(path):
            raise OSError(2, "No such file", "another")
    assert caught.value.filename == "another"


@pytest.mark.parametrize("setting", [1, [[[1]]], [[[True, None, "a"]]]])
def test_a_setting_is_a_list_in_a_list_in_a_list_at_most(setting):
    assert shapes.value_of(Any, setting, {}) == setting
    with pytest.raises(ValueError, match=r"^\[.*\] is not a setting: "):
        shapes.value_of(Any, [[[[1]]]], {})


def test_of_several_keys_that_are_missing_the_first_is_named():
    with pytest.raises(ValueError, match="^lacks the key 'where'$"):
        shapes.value_of(Sentence, {}, {})
