"""Where numbers moved from release to release."""
import copy
import json
import math
import os

import pytest

from lib import drift, releases, results
from lib.command import main

ENTRY = {"number": 1, "title": "A claim", "verdict": "reproduced", "tolerances": {"run": 1e-5},
         "outcomes": {"it_is_so": {"statement": "It is so", "measured": 0.5, "holds": True}},
         "histories": {"run": {"loss": [4.0, 0.5], "state": ["eef", "ddd"]}}}
OLD, NEW, TORCH = "py39-tf2.5", "py310-tf2.11", "py311-keras-torch"


def release(**changes):
    entry = copy.deepcopy(ENTRY)
    entry.update(changes)
    return {"format": releases.FORMAT, "environment": {}, "commit": None, "seconds": 1.0,
            "claims": {"a/b": entry}}


def with_losses(*losses):
    return release(histories={"run": {"loss": list(losses), "state": ["eef", "ddd"]}})


def compared(there):
    return drift.compare({OLD: there}, release())["a/b"][OLD]


def test_equal_numbers_are_no_deviation_and_no_change():
    assert (compared(release()).from_baseline, compared(release()).changes) == (0.0, {})


@pytest.mark.parametrize("losses, deviation", [
    ((4.0, 0.5 + 2e-6), 2e-6), ((4.004, 0.5), 1e-3), (("NaN", 0.5), math.inf),
    (("Infinity", 0.5), math.inf), ((4.0,), math.inf)])
def test_the_deviation_is_the_largest_relative_to_large_values(losses, deviation):
    assert compared(with_losses(*losses)).from_baseline == pytest.approx(deviation, rel=1e-6)


def test_nan_where_nan_was_is_no_deviation():
    both = with_losses("NaN", 0.5)
    assert drift.compare({OLD: both}, both)["a/b"][OLD].from_baseline == 0


def test_of_letters_it_is_the_share_of_all_that_differs():
    there = release(histories={"run": {"loss": [4.0, 0.5], "state": ["eff", "ddd"]}})
    assert compared(there).from_baseline == pytest.approx(1 / 6)


@pytest.mark.parametrize("changes, change, words", [
    ({"verdict": "inconclusive"}, "verdict", "inconclusive, not reproduced"),
    ({"histories": {"run": {"loss": [4.0, 0.6], "state": ["eef", "ddd"]}}}, "moved",
     "'run' moved by 1.0e-01, more than 1e-05"),
    ({"outcomes": {"it_is_so": dict(ENTRY["outcomes"]["it_is_so"], holds=False, measured="NaN")}},
     "it_is_so", "nan there, 0.5 on the baseline"), ({"outcomes": {}}, "it_is_so", "missing")])
def test_each_kind_of_change_is_found(changes, change, words):
    assert words in compared(release(**changes)).changes[change]


def test_within_its_tolerance_a_history_may_move():
    assert compared(with_losses(4.0, 0.500009)).changes == {}
    assert list(compared(with_losses(4.0, 0.500011)).changes) == ["moved"]


def test_each_history_has_a_tolerance_of_its_own_and_one_that_is_new_has_none():
    base = release(histories={"run": {"loss": [1.0]}, "wild": {"loss": [1.0]}},
                   tolerances={"run": 1e-5, "wild": "Infinity"})
    there = release(histories={"run": {"loss": [1.0]}, "wild": {"loss": ["NaN"]}})
    assert drift.compare({OLD: there}, base)["a/b"][OLD].changes == {}
    there["claims"]["a/b"]["histories"]["new"] = {"loss": [1.0]}
    assert "'new' moved by inf" in drift.compare({OLD: there}, base)["a/b"][OLD].changes["moved"]


def test_what_was_not_run_has_no_deviation_and_is_no_change():
    one = compared(release(verdict=releases.NOT_RUN, reason="no Hessians"))
    assert math.isnan(one.from_baseline) and not one.changes
    assert (one.verdict, one.reason) == (releases.NOT_RUN, "no Hessians")


def test_a_release_is_held_against_the_one_before_and_other_backends_against_the_baseline():
    moved, moved_more = with_losses(4.0, 0.7), with_losses(4.0, 0.8)
    by_release = drift.compare({OLD: moved, NEW: moved, TORCH: moved_more}, release())["a/b"]
    assert math.isnan(by_release[OLD].from_previous)
    assert by_release[NEW].from_previous == 0
    assert by_release[TORCH].from_previous == pytest.approx(0.3)


def test_a_release_that_did_not_run_it_is_skipped_as_the_one_before():
    records = {"py37-tf1.13": release(), OLD: release(verdict=releases.NOT_RUN, reason=""),
               NEW: release()}
    assert drift.compare(records, release())["a/b"][NEW].from_previous == 0


@pytest.fixture
def files(tmp_path):
    """A function from {name: record} to their paths."""
    def write(**records):
        for name, record in records.items():
            results.write(record, str(tmp_path / (name + ".json")))
        return [str(tmp_path / (name + ".json")) for name in records]
    return write


def test_the_command_ends_with_1_if_a_history_moved_and_draws_where(files, tmp_path, capsys):
    base, same, moved = files(base=release(), same=release(), moved=with_losses(4.0, 0.6))
    assert main(["drift", same, "--against", base]) == 0
    assert main(["drift", moved, "--against", base, "--out", str(tmp_path / "map.png")]) == 1
    printed = capsys.readouterr().out
    assert "CHANGED in a/b on moved: 'run' moved by 1.0e-01, more than 1e-05" in printed
    assert os.path.getsize(str(tmp_path / "map.png")) > 5000


def test_a_verdict_that_differs_ends_with_1(files):
    base, other = files(base=release(), other=release(verdict="not reproduced"))
    assert main(["drift", other, "--against", base]) == 1


def test_a_difference_that_a_finding_explains_is_known(files, tmp_path, monkeypatch, capsys):
    base, moved = files(base=release(), moved=with_losses(4.0, 0.6))
    explained = tmp_path / "explained.json"
    explained.write_text(json.dumps([{"claim": "a/b", "environments": ["moved"],
                                      "changes": ["moved"], "finding": "A kernel"}]))
    monkeypatch.setattr(drift, "EXPLAINED", str(explained))
    assert main(["drift", moved, "--against", base]) == 0
    assert "known (A kernel) in a/b on moved" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["missing.json"], ["--against", "missing.json"]])
def test_a_record_that_is_not_there_is_named_in_one_line(arguments, capsys):
    assert main(["drift"] + arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_heat_map_of_another_kind_is_refused_in_one_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["drift", "--out", "drift.doc"])
    assert stopped.value.code == 2
    assert "the heat map is a .png file, not 'drift.doc'" in capsys.readouterr().err


def test_two_records_of_one_name_are_both_compared(tmp_path, capsys):
    for folder, record in (("mine", release()), ("theirs", with_losses(4.0, 0.6))):
        (tmp_path / folder).mkdir()
        results.write(record, str(tmp_path / folder / "one.json"))
    mine, theirs = (str(tmp_path / folder / "one.json") for folder in ("mine", "theirs"))
    assert main(["drift", mine, theirs, "--against", mine]) == 1
    printed = capsys.readouterr().out
    assert "CHANGED in a/b on {}: 'run' moved".format(theirs) in printed
    assert printed.count("CHANGED") == 1
