"""What moved between releases, as text, picture, JSON and JUnit XML."""
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from made_up import probe, record, result

from lib.claims import History
from lib.command import main
from lib.show import drift, drift_files, plotting
from lib.suite import records, releases
from lib.suite.drift_report import Report

CRASHED = {"verdict": records.CRASHED, "reason": "ZeroDivisionError: a fault"}
NOT_RUN = {"verdict": records.NOT_RUN, "reason": "too slow"}


def with_losses(*losses, probes=(), **others):
    histories = {"run": History({"epochs": len(losses)}, loss=list(losses))}
    made = record(one=replace(result(1, calls=["Tanh"]), histories=histories),
                  **{stem: result(2 + place, **change)
                     for place, (stem, change) in enumerate(others.items())})
    return replace(made, probes=dict(probes))


BASE = with_losses(4.0, 2.0, 1.0, probes={"tanh": probe(1.0), "exp": probe(1.0, subject=["Exp"])},
                   two={}, three={}, four=NOT_RUN)
THERE = with_losses(4.0, 2.5, 1.5, probes={"tanh": probe(1.5)}, two=CRASHED, four=NOT_RUN)


@pytest.fixture
def there(tmp_path, monkeypatch):
    """The arguments that compare THERE with BASE, where no finding explains anything."""
    monkeypatch.setattr(releases, "FOLDER", str(tmp_path))
    for name, one in (("base", BASE), ("there", THERE)):
        records.write(one, str(tmp_path / (name + ".json")))
    return [str(tmp_path / "there.json"), "--against", str(tmp_path / "base.json")]


def test_a_change_says_where_a_history_first_left_its_tolerance(there, capsys):
    assert main(["drift"] + there) == 1
    assert ("CHANGED in a/one on there: 'run' moved by 5.0e-01, more than 1e-05; first in 'run', "
            "loss, epoch 2: 2.5, not 2: off by 2.5e-01, 1e-05 allowed\n") in capsys.readouterr().out


def test_changes_stand_below_the_culprit(there, capsys):
    main(["drift"] + there)
    printed = capsys.readouterr().out
    assert "\nThrough kernels, there: tanh:\nCHANGED in a/one" in printed
    assert "CHANGED in tanh on there: output, number 1: 1.5, not 1: off by 5.0e-01" in printed


def test_what_was_not_compared_is_counted_for_claims_and_probes(there, capsys):
    main(["drift"] + there)
    assert ("\nthere: 1 of 4 claims compared, 1 not run by design (4), 1 crashed (2), "
            "1 missing (3), 1 of 2 probes, 1 missing.\n") in capsys.readouterr().out


def test_the_json_has_both_values_the_tolerance_and_the_culprit(there, tmp_path):
    main(["drift"] + there + ["--json", str(tmp_path / "drift.out")])
    found = json.loads((tmp_path / "drift.out").read_text())
    assert found["format"] == drift_files.FORMAT and found["status"] == 1
    one = found["claims"]["a/one"]["there"]
    assert one["closeness"] == "beyond tolerance" and one["deviation"] == 0.5
    assert one["left its tolerance"] == {
        "history": "run", "series": "loss", "place": 2, "epochs": True, "value": 2.5, "other": 2.0,
        "deviation": 0.25, "tolerance": 1e-5}
    assert found["moves"] == [{"claim": "a/one", "history": "run", "before": "base",
                               "after": "there", "by": 0.5, "probes": {"tanh": 0.5}}]
    assert [change["of"] for change in found["unexplained"]] == [
        "a/one", "a/two", "a/three", "tanh", "exp"]


def test_the_junit_file_has_a_case_for_each_claim_and_probe(there, tmp_path):
    main(["drift"] + there + ["--junit", str(tmp_path / "drift.xml")])
    suite, = ElementTree.parse(str(tmp_path / "drift.xml")).getroot()
    results = {case.get("name"): [child.tag for child in case] for case in suite}
    assert results == {"a/one": ["failure"], "a/two": ["error"], "a/three": ["error"],
                       "a/four": ["skipped"], "tanh": ["failure"], "exp": ["error"]}
    assert suite.attrib == {"name": "there", "tests": "6", "failures": "2", "errors": "3",
                            "skipped": "1"}


def test_probes_alone_are_compared_if_asked_and_no_claim_is_missing(there, tmp_path, capsys):
    records.write(replace(BASE, claims={}), str(tmp_path / "same.json"))
    same = [str(tmp_path / "same.json")] + there[1:]
    assert main(["drift"] + same + ["--probes"]) == 0
    assert "same: 2 of 2 probes.\n" in capsys.readouterr().out
    assert main(["drift"] + same) == 1      # without the word, 4 claims are missing


def test_a_probe_or_claim_that_the_baseline_lacks_is_not_compared_and_ends_with_1(tmp_path, capsys):
    records.write(with_losses(1.0), str(tmp_path / "base.json"))
    records.write(with_losses(1.0, two={}, probes={"tanh": probe()}), str(tmp_path / "more.json"))
    assert main(["drift", str(tmp_path / "more.json"), "--against",
                 str(tmp_path / "base.json")]) == 1
    assert "Not compared, as the baseline lacks them: 2.\n" in capsys.readouterr().out


def test_a_record_that_cannot_be_read_is_counted_and_the_others_go_on(there, tmp_path, capsys):
    (tmp_path / "half.json").write_text('{"format": ')
    (tmp_path / "old.json").write_text('{"format": "training-reproductions record 2"}')
    bad = [str(tmp_path / "half.json"), str(tmp_path / "old.json")]
    assert main(["drift"] + bad + there) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 2 and all(path in printed.err for path in bad)
    assert "Records that cannot be read: 2.\n" in printed.out
    assert "CHANGED in a/one on there" in printed.out


def test_the_map_has_three_colours_and_a_letter_where_one_is_beyond():
    near = with_losses(4.0, 2.000001, 1.0, probes={"tanh": probe(1.0000001)}, two={})
    base = with_losses(4.0, 2.0, 1.0, probes={"tanh": probe(1.0)}, two={})
    report = Report({"near": near, "far": THERE}, base, "base")
    with plotting.one_look():
        axes, = drift.draw(report).axes
    letters = [text.get_text() for text in axes.texts]
    assert letters == ["", "B", "", ""]
    assert axes.get_title(loc="left") == (
        "Beside base, 1 of 3 comparisons are beyond tolerance, 1 of them unexplained")
    colours = [patch.get_facecolor()[:3] for patch in axes.patches if patch.get_width() == 1]
    from matplotlib.colors import to_rgb
    assert colours == [to_rgb(one) for one in (
        plotting.WITHIN_CELL, plotting.BEYOND_CELL, plotting.IDENTICAL_CELL, plotting.EMPTY_CELL)]


def test_a_long_name_is_cut_to_what_fits(tmp_path, capsys):
    fits, too_long = "a" * drift.LONGEST, "b" * (drift.LONGEST + 1)
    one = with_losses(1.0, **{fits: {}, too_long: {}})
    for name in ("base", "there"):
        records.write(one, str(tmp_path / (name + ".json")))
    main(["drift", str(tmp_path / "there.json"), "--against", str(tmp_path / "base.json")])
    printed = capsys.readouterr().out
    assert f"| {fits} " in printed and f"| {too_long[:-2]}… " in printed
