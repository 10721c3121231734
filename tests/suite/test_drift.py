"""Where numbers moved from release to release."""
import json
import math
import os

import pytest
from made_up import record, result, row

from lib.command import main
from lib.suite import drift, records, releases
from lib.suite.drift_report import Report

OLD, NEW, TORCH = "py39-tf2.5", "py310-tf2.11", "py311-keras-torch"
NAN, INFINITY = math.nan, math.inf


def release(**changes):
    return record(b=result(**changes))


def with_losses(*losses):
    return release(histories={"run": {"loss": list(losses), "state": ["eef", "ddd"]}})


def of_claims(**changes):
    """A record of {stem: changes of its result}, numbered in that order."""
    return record(**{stem: result(number, **dict({"histories": None}, **change))
                     for number, (stem, change) in enumerate(changes.items(), 1)})


NOT_RUN = {"verdict": records.NOT_RUN, "reason": "too slow"}
CRASHED = {"verdict": records.CRASHED, "reason": "ZeroDivisionError: a fault"}


def compared(there):
    return drift.compare({OLD: there}, release())["a/b"][OLD]


def test_equal_numbers_are_no_deviation_and_no_change():
    assert (compared(release()).from_baseline, compared(release()).changes) == (0.0, {})


@pytest.mark.parametrize("losses, deviation", [
    ((4.0, 0.5 + 2e-6), 2e-6), ((4.004, 0.5), 1e-3), ((NAN, 0.5), math.inf),
    ((INFINITY, 0.5), math.inf), ((4.0,), math.inf)])
def test_the_deviation_is_the_largest_relative_to_large_values(losses, deviation):
    assert compared(with_losses(*losses)).from_baseline == pytest.approx(deviation, rel=1e-6)


def test_nan_where_nan_was_is_no_deviation():
    both = with_losses(NAN, 0.5)
    assert drift.compare({OLD: both}, both)["a/b"][OLD].from_baseline == 0


@pytest.mark.parametrize("value, other", [(math.nan, 0.5), (0.5, math.nan), (0.5, math.inf),
                                          (math.inf, -math.inf)])
def test_what_is_not_finite_is_beyond_every_finite_tolerance(value, other):
    """Also after a number that moved by little, where max() drops a NaN."""
    one = drift.compare({OLD: with_losses(4.0, value)}, with_losses(4.0 + 1e-6, other))["a/b"][OLD]
    assert one.from_baseline == math.inf
    assert list(one.changes) == ["moved"]


def test_a_history_without_a_series_is_no_error():
    empty = release(histories={"run": {}})
    assert drift.compare({OLD: empty}, empty)["a/b"][OLD].from_baseline == 0


def test_a_tolerance_that_is_none_allows_nothing():
    there, base = with_losses(4.0, 0.5 + 1e-9), release(tolerances={"run": NAN})
    assert list(drift.compare({OLD: there}, base)["a/b"][OLD].changes) == ["moved"]


def test_of_letters_it_is_the_share_of_all_that_differs():
    there = release(histories={"run": {"loss": [4.0, 0.5], "state": ["eff", "ddd"]}})
    assert compared(there).from_baseline == pytest.approx(1 / 6)


@pytest.mark.parametrize("changes, change, words", [
    ({"verdict": "inconclusive"}, "verdict", "inconclusive there, reproduced (0 of 0) on the"),
    ({"histories": {"run": {"loss": [4.0, 0.6], "state": ["eef", "ddd"]}}}, "moved",
     "'run' moved by 1.0e-01, more than 1e-05"),
    ({"rows": {"it_is_so": row(holds=False, measured=NAN)}}, "it_is_so",
     "nan there, 0.5 on the baseline"), ({"rows": {}}, "it_is_so", "missing there"),
    ({"rows": {"it_is_so": row(), "new": row()}}, "new", "missing on the baseline"),
    (NOT_RUN, "verdict", "not run here (too slow) there, reproduced (0 of 0) on the baseline"),
    (CRASHED, "verdict", "crashed (ZeroDivisionError: a fault) there, reproduced (0")])
def test_each_kind_of_change_is_found(changes, change, words):
    assert words in compared(release(**changes)).changes[change]


def test_within_its_tolerance_a_history_may_move():
    assert compared(with_losses(4.0, 0.500009)).changes == {}
    assert list(compared(with_losses(4.0, 0.500011)).changes) == ["moved"]


def test_each_history_has_a_tolerance_of_its_own_and_one_that_is_new_has_none():
    base = release(histories={"run": {"loss": [1.0]}, "wild": {"loss": [1.0]}},
                   tolerances={"run": 1e-5, "wild": INFINITY})
    there = release(histories={"run": {"loss": [1.0]}, "wild": {"loss": [NAN]}})
    assert drift.compare({OLD: there}, base)["a/b"][OLD].changes == {}
    there = release(histories={"run": {"loss": [1.0]}, "new": {"loss": [1.0]}})
    base = release(histories={"run": {"loss": [1.0]}})
    assert "'new' moved by inf" in drift.compare({OLD: there}, base)["a/b"][OLD].changes["moved"]


@pytest.mark.parametrize("there, base, state", [
    (NOT_RUN, {}, "not run there"), ({}, NOT_RUN, "not run on the baseline"),
    (NOT_RUN, NOT_RUN, "not run by design"), (CRASHED, {}, "crashed"), ({}, CRASHED, "crashed"),
    (CRASHED, CRASHED, "crashed"), ({}, {}, "compared")])
def test_what_did_not_run_on_both_has_no_deviation_and_its_state_says_why(there, base, state):
    one = drift.compare({OLD: release(**there)}, release(**base))["a/b"][OLD]
    assert one.state == state
    assert math.isnan(one.from_baseline) == (state != "compared")
    # nobody could tell whether what ran there only is as it was, or what ran nowhere
    assert bool(one.changes) == (state in ("not run there", "crashed"))


def test_a_claim_that_a_record_lacks_is_missing():
    one = drift.compare({OLD: of_claims()}, release())["a/b"][OLD]
    assert (one.state, one.verdict, list(one.changes)) == ("missing", "missing", ["missing"])
    one = drift.compare({OLD: of_claims()}, release(**NOT_RUN))["a/b"][OLD]
    assert one.state == "missing"


def test_a_verdict_has_its_count_of_what_the_source_says():
    there = release(verdict="in part", rows={
        "a": row(by="source"), "b": row(by="source", holds=False), "c": row()})
    assert compared(there).verdict == "in part (1 of 2)"


def test_a_release_is_held_against_the_one_before_and_other_backends_against_the_baseline():
    moved, moved_more = with_losses(4.0, 0.7), with_losses(4.0, 0.8)
    by_release = drift.compare({OLD: moved, NEW: moved, TORCH: moved_more}, release())["a/b"]
    assert math.isnan(by_release[OLD].from_neighbour)
    assert by_release[NEW].from_neighbour == 0
    assert by_release[TORCH].from_neighbour == pytest.approx(0.3)


def test_a_release_that_did_not_run_it_is_skipped_as_the_one_before():
    found = {"py37-tf1.13": release(), OLD: release(verdict=records.NOT_RUN, reason=""),
             NEW: release()}
    assert drift.compare(found, release())["a/b"][NEW].from_neighbour == 0


def test_a_crash_is_skipped_as_the_one_before():
    found = {"py37-tf1.13": release(), OLD: release(**CRASHED), NEW: release()}
    assert drift.compare(found, release())["a/b"][NEW].from_neighbour == 0


def test_it_is_said_how_much_was_compared_and_what_was_not():
    base = of_claims(one={}, two={}, three={}, four=NOT_RUN, five={}, six=NOT_RUN)
    there = of_claims(one={}, two=CRASHED, three=NOT_RUN, four=NOT_RUN)
    there.claims.update({"a/six": result(6), "a/seven": result(7)})
    assert Report({OLD: there}, base, "base").extents()[OLD] == (
        "1 of 6 claims compared, 1 not run by design (4), 1 not run there (3), "
        "1 not run on the baseline (6), 1 crashed (2), 1 missing (5), "
        "1 unknown to the baseline (7)")


@pytest.fixture
def files(tmp_path):
    """A function from {name: record} to their paths."""
    def write(**by_name):
        for name, one in by_name.items():
            records.write(one, str(tmp_path / (name + ".json")))
        return [str(tmp_path / (name + ".json")) for name in by_name]
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


def test_a_record_of_three_claims_of_four_ends_with_1_and_names_the_fourth(files, capsys):
    base, three = files(base=of_claims(one={}, two={}, three=NOT_RUN, four={}),
                        three=of_claims(one={}, two={}, three=NOT_RUN))
    assert main(["drift", three, "--against", base]) == 1
    assert ("\nthree: 2 of 4 claims compared, 1 not run by design (3), 1 missing (4).\n"
            "Differences that no finding explains: 1.\n") in capsys.readouterr().out


def test_records_that_are_whole_say_so_together(files, capsys):
    base, one, two = files(base=of_claims(one={}, two=NOT_RUN), mine=of_claims(one={}, two=NOT_RUN),
                           yours=of_claims(one={}, two=NOT_RUN))
    assert main(["drift", one, two, "--against", base]) == 0
    printed = capsys.readouterr().out
    assert "\nOn each: 1 of 2 claims compared, 1 not run by design (2).\n" in printed


@pytest.mark.parametrize("there, base", [
    (of_claims(), of_claims(one={})), (of_claims(other={}), of_claims(one={})),
    (of_claims(one=NOT_RUN), of_claims(one=NOT_RUN)), (of_claims(one={}), of_claims()),
    (of_claims(one=CRASHED), of_claims(one={}))])
def test_where_nothing_can_be_compared_that_is_one_line_and_1(there, base, files, tmp_path, capsys):
    base, there = files(base=base, there=there)
    assert main(["drift", there, "--against", base, "--out", str(tmp_path / "map.png")]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("Nothing to compare. there: 0 of ") and printed.count("\n") == 1
    assert not (tmp_path / "map.png").exists()


def test_one_record_of_two_with_nothing_to_compare_ends_with_1(files, capsys):
    base, one, none = files(base=of_claims(one={}), one=of_claims(one={}),
                            none=of_claims(one=NOT_RUN))
    assert main(["drift", one, none, "--against", base]) == 1
    assert "Nothing of none was compared." in capsys.readouterr().out


def test_a_crash_ends_with_1_and_its_reason_unless_a_finding_explains_it(
        files, tmp_path, monkeypatch, capsys):
    base, there = files(base=of_claims(one={}, two={}), there=of_claims(one=CRASHED, two={}))
    assert main(["drift", there, "--against", base]) == 1
    assert "CHANGED in a/one on there: crashed (ZeroDivisionError: a fault) there" in (
        capsys.readouterr().out)
    explain(tmp_path, monkeypatch, of="a/one", environments=["there"], changes=["verdict"])
    assert main(["drift", there, "--against", base]) == 0


def test_files_have_no_release_before_and_moved_from_the_baseline(files, capsys):
    base, one, two = files(base=release(), one=with_losses(4.0, 0.500001),
                           two=with_losses(4.0, 0.500001))
    assert main(["drift", one, two, "--against", base]) == 0
    printed = capsys.readouterr().out
    assert "first moved at" not in printed and "nowhere" not in printed
    assert [cell.strip() for cell in printed.split("| b ")[-1].split("|")[1:5]] == [
        "1e-6", "one", "one", "2"]


def test_a_claim_that_ran_on_one_side_only_moved_nowhere_that_anybody_looked(files, capsys):
    base, one = files(base=of_claims(one={}, two=NOT_RUN), mine=of_claims(one={}, two=NOT_RUN))
    main(["drift", one, "--against", base])
    table = capsys.readouterr().out.split("moved on")[1].split("\n\n")[0].split("\n")[2:]
    assert [[cell.strip() for cell in line.split("|")][5] for line in table] == ["nowhere", "-"]


def explain(tmp_path, monkeypatch, **what):
    explained = tmp_path / "explained.json"
    explained.write_text(json.dumps([dict(what, finding="A kernel")]))
    monkeypatch.setattr(releases, "FOLDER", str(tmp_path))


def test_a_difference_that_a_finding_explains_is_known(files, tmp_path, monkeypatch, capsys):
    base, moved = files(base=release(), moved=with_losses(4.0, 0.6))
    explain(tmp_path, monkeypatch, of="a/b", environments=["moved"], changes=["moved"])
    assert main(["drift", moved, "--against", base]) == 0
    known, = [line for line in capsys.readouterr().out.split("\n") if "A kernel" in line]
    assert [cell.strip() for cell in known.strip("|").split("|")] == ["A kernel", "1", "", "1"]


@pytest.mark.parametrize("arguments", [["missing.json"], ["--against", "missing.json"]])
def test_a_record_that_is_not_there_is_named_in_one_line(arguments, capsys):
    assert main(["drift"] + arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_a_history_with_bare_nan_is_refused_in_one_line_with_its_path(literal, files, capsys):
    base, bare = files(base=release(), bare=with_losses(4.0, NAN))
    with open(bare) as file:
        text = file.read()
    with open(bare, "w") as file:
        file.write(text.replace('"NaN"', literal))
    assert main(["drift", bare, "--against", base]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and bare in said and f"a bare {literal}," in said


def test_a_map_of_another_kind_is_refused_in_one_line(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["drift", "--out", "drift.doc"])
    assert stopped.value.code == 2
    assert "the map is a .png file, not 'drift.doc'" in capsys.readouterr().err


def test_two_records_of_one_name_are_both_compared(tmp_path, capsys):
    for folder, one in (("mine", release()), ("theirs", with_losses(4.0, 0.6))):
        (tmp_path / folder).mkdir()
        records.write(one, str(tmp_path / folder / "one.json"))
    mine, theirs = (str(tmp_path / folder / "one.json") for folder in ("mine", "theirs"))
    assert main(["drift", mine, theirs, "--against", mine]) == 1
    printed = capsys.readouterr().out
    assert f"CHANGED in a/b on {theirs}: 'run' moved" in printed
    assert printed.count("CHANGED") == 1
