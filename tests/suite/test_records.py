"""Records: nothing lost, nothing rounded, and nothing taken for a record that is none."""
import copy
import json
import math
import subprocess

import numpy as np
import pytest

from lib.claims import (IN_PART, NOT_JUDGED, History, exactly, near, not_finite, source_says,
                        suite_finds, verdict)
from lib.files import BadFile
from lib.suite import records
from lib.suite.catalogue import find_claims
from lib.suite.records import Record

CLAIM = find_claims()[0]
SETTINGS = {"start": -1.0, "epochs": 3}
OUTCOMES = {
    "it_converges": source_says("it", "It converges", math.nan, near(1, 0.1)),
    "known_not_to": source_says("it", "It is two", 1, exactly(2), fails_because="it is one"),
    "it_diverges": suite_finds("It diverges", math.inf, not_finite(), "ours"),
}


def a_record(outcomes=OUTCOMES, **series):
    histories = {"run": History(SETTINGS, **series)}
    result = records.result_of(CLAIM, {"seed": 3, "epochs": 2}, histories, outcomes,
                               verdict(outcomes), 0.5)
    return Record({"python": "3"}, "a commit", 0.5, {CLAIM.name: result})


def a_result(*outcomes, **changes):
    result = records.result_of(CLAIM, {}, {}, dict(enumerate(outcomes)), "reproduced", 0.0)
    vars(result).update(changes)
    return result


@pytest.fixture
def written(tmp_path):
    """A function from a Record to the path of its file."""
    def write(record, **named):
        records.write(record, str(tmp_path / "record.json"), **named)
        return str(tmp_path / "record.json")
    return write


def plain(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def test_a_record_survives_writing_and_reading(written):
    record = a_record(loss=[0.1, math.inf, -math.inf], weight=[1 / 3, 1e-300, 2.0],
                      state=["ab", "c"], many=[[1, 2.5], [3, 4.0]])
    read, result = records.read_result(written(record), CLAIM.name)
    before = record.claims[CLAIM.name]
    assert result.histories == before.histories
    assert result.histories["run"].many[0][0] == 1 and result.histories["run"].state == ["ab", "c"]
    assert math.isnan(result.rows["it_converges"].measured)
    assert math.isnan(result.rows["it_converges"].margin)
    for name, row in before.rows.items():
        theirs = result.rows[name]
        for part in set(vars(row)) - {"measured", "margin"}:
            assert getattr(theirs, part) == getattr(row, part), part
    assert (result.settings, result.verdict, result.seconds) == (
        {"seed": 3, "epochs": 2}, before.verdict, 0.5)
    assert (read.environment, read.commit, read.format) == (
        {"python": "3"}, "a commit", records.FORMAT)


def test_what_is_written_again_is_the_same_file(written, tmp_path):
    path = written(a_record(loss=[0.1, math.nan, 1e-300], weight=[1.0, 2.0, 3.0], state=["ab"]))
    records.write(records.read(path), str(tmp_path / "again.json"))
    with open(path, "rb") as one, open(str(tmp_path / "again.json"), "rb") as other:
        assert one.read() == other.read()


def test_nan_survives_as_valid_json(written):
    path = written(a_record(loss=[math.nan]))

    def refuse(constant):
        raise AssertionError("not JSON: " + constant)

    with open(path, encoding="utf-8") as file:
        json.load(file, parse_constant=refuse)
    _, result = records.read_result(path, CLAIM.name)
    assert math.isnan(result.histories["run"].loss[0])


def test_a_text_that_spells_a_number_is_a_text(written):
    """Such as a diagram of one letter a row, or a digest."""
    history = History({}, digest=["NaN", "1e5"], loss=[math.nan])
    _, result = records.read_result(written(Record({}, None, 0.5, {CLAIM.name: a_result(
        histories={"run": history})})), CLAIM.name)
    assert result.histories["run"].digest == ["NaN", "1e5"]
    assert math.isnan(result.histories["run"].loss[0])


def test_a_list_of_numbers_takes_one_line(written):
    with open(written(a_record(loss=[1.0, 2.0, 3.0])), encoding="utf-8") as file:
        assert '"loss": [1.0, 2.0, 3.0]' in file.read()


def test_settings_are_sorted_and_rows_are_in_the_order_of_the_script(written):
    found = plain(written(a_record(loss=[1.0])))["claims"][CLAIM.name]
    assert list(found["settings"]) == ["epochs", "seed"]
    assert list(found["histories"]["run"]["settings"]) == ["epochs", "start"]
    assert list(found["rows"]) == list(OUTCOMES)


def test_a_short_record_has_the_decimals_that_a_float32_needs(written):
    tenth = np.float32(0.1)
    numbers = [float(tenth), float(np.nextafter(tenth, np.float32(1))), 0.1, 1 / 3, math.inf]
    path = written(a_record(loss=numbers, many=[[float(tenth)]]), short=True)
    series = plain(path)["claims"][CLAIM.name]["histories"]["run"]["series"]
    assert series == {"loss": [0.1, 0.10000001, 0.1, 1 / 3, "Infinity"], "many": [[0.1]]}
    _, result = records.read_result(path, CLAIM.name)
    assert np.array_equal(np.float32(result.histories["run"].loss), np.float32(numbers))


def test_what_nobody_judges_neither_holds_nor_fails(written):
    outcomes = copy.deepcopy(OUTCOMES)
    for outcome in outcomes.values():
        outcome.judged = False
    _, result = records.read_result(written(a_record(outcomes, loss=[1.0])), CLAIM.name)
    assert [row.holds for row in result.rows.values()] == [None] * 3
    assert result.changed == [] and result.verdict == NOT_JUDGED and not result.judged


def test_a_result_says_what_changed_and_counts_what_the_source_says():
    result = a_result(source_says("it", "It is one", 1, exactly(1)),
                      source_says("it", "It is two", 1, exactly(2)),
                      source_says("it", "It is no two", 1, exactly(2), fails_because="one"),
                      suite_finds("It is three", 1, exactly(3), "ours"), verdict=IN_PART)
    assert [row.statement for row in result.changed] == ["It is two", "It is three"]
    assert result.verdict_in_words == "in part (1 of 3)" and result.judged and result.ran


@pytest.mark.parametrize("verdict", [records.NOT_RUN, records.CRASHED])
def test_what_did_not_run_has_no_count(verdict):
    result = records.result_without_numbers(CLAIM, verdict, "too slow")
    assert result.verdict_in_words == verdict and not result.ran and not result.judged


def test_a_record_is_of_the_claim_that_is_asked_for(written):
    with pytest.raises(BadFile, match=f"the record of {CLAIM.name}, not of a/b"):
        records.read_result(written(a_record(loss=[1.0])), "a/b")


def in_claim(**changes):
    return lambda record: record["claims"][CLAIM.name].update(changes)


def in_history(**changes):
    return lambda record: record["claims"][CLAIM.name]["histories"]["run"].update(changes)


def in_series(**changes):
    return lambda record: record["claims"][CLAIM.name]["histories"]["run"]["series"].update(changes)


def in_row(**changes):
    return lambda record: record["claims"][CLAIM.name]["rows"]["it_converges"].update(changes)


@pytest.mark.parametrize("damage, complaint", [
    (lambda record: record.update(format="training-reproductions record 2"), "not a record"),
    (lambda record: record.update(claims=[]), "claims"),
    (lambda record: record.update(claims={CLAIM.name: "much"}), "claims"),
    (lambda record: record.update(seconds="much"), "'much' is not a number"),
    (in_claim(number="1"), "number"), (in_claim(more=1), "more"),
    (in_claim(histories=[]), "histories"),
    (in_claim(histories={"run": []}), r"run: \[\] is not an object"),
    (in_claim(histories={"run": {"settings": {}}}), "run: lacks the key 'series'"),
    (in_claim(histories={"run": {"series": {"w": [1.0]}}}), "run: lacks the key 'settings'"),
    (in_claim(tolerances={"run": None}), "run: null is not a number"),
    (in_history(settings=[]), r"settings: \[\] is not an object"),
    (in_history(more={}), "run: has the key 'more', which does not belong here"),
    (in_history(texts={"state": [1.0]}), "texts: state: item 1: 1.0 is not a text"),
    (in_history(texts={"state": []}), "texts: state: a series without values"),
    (in_history(texts={"loss": ["a"]}), "two series are named 'loss'"),
    (in_series(settings=[1.0]), "a series is named 'settings'"),
    (in_series(self=[1.0]), "a series is named 'self'"),
    (in_series(loss="abc"), "series: loss: 'abc' is not a list"),
    (in_series(loss=[]), "series: loss: a series without values"),
    (in_series(loss=["ab"]), "loss: item 1: 'ab' is not a number"),
    (in_series(loss=[1.0, None]), "loss: item 2: null is not a number"),
    (in_series(loss=[True, 1.0, 1.0]), "true is not a number"),
    (in_series(weight=[1.0]), "not as long as the training"),
    (in_series(many=[[1.0], [1.0, 2.0]]), "many: an uneven series"),
    (in_series(many=[[1.0], 1.0]), "many: an uneven series"),
    (in_series(many=[1.0, [1.0]]), r"many: item 2: \[1.0\] is not a number"),
    (in_series(many=[[]]), "many: an uneven series"),
    (in_series(many=[[[1.0]]]), r"many: item 1: item 1: \[1.0\] is not a number"),
    (in_history(settings={"epochs": "3"}), "epochs: '3' is not a number of epochs"),
    (in_history(settings={"epochs": 0}), "epochs: 0 is not a number of epochs"),
    (in_history(settings={"start": {}}), "start: {} is not a setting"),
    (in_claim(verdict="fine"), "verdict: 'fine' is none of"), (in_row(by="me"), "by: 'me' is none"),
    (lambda record: record.update(environment={"keras": 3}), "keras: 3 is not a text"),
    (lambda record: record.update(models={".h5": {"loss": 1.0}}),
     "models: .h5: lacks the key 'outputs'"),
    (lambda record: record.update(models={".h5": 1}), "models: .h5: 1 is not an object"),
    (lambda record: record.update(models={".h5": {"error": 1}}), "models: .h5: error: 1 is not"),
    (lambda record: record.update(models={"/../a": {"error": ""}}), "'/../a' is not the ending"),
    (in_row(measured="much"), "'much' is not a number"),
    (in_row(measured=None), "null is not a number"), (in_row(margin="1.0"), "is not a number"),
    (in_row(holds="yes"), "holds"), (in_row(as_recorded=None), "as_recorded"),
    (in_row(more=1), "more")])
def test_a_record_with_something_wrong_in_it_is_named_in_a_line(written, damage, complaint):
    path = written(a_record(loss=[1.0, 2.0, 3.0], weight=[1.0, 2.0, 3.0]))
    assert records.read(path)       # whole but for the damage
    record = plain(path)
    damage(record)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(record, file)
    with pytest.raises(BadFile, match=complaint) as caught:
        records.read(path)
    assert str(caught.value).startswith(path + ": ") and "\n" not in str(caught.value)


PARTS = [
    [], ["claims", CLAIM.name], ["claims", CLAIM.name, "rows", "it_converges"],
    ["claims", CLAIM.name, "histories", "run"]]


@pytest.mark.parametrize("place", PARTS, ids=["record", "claim", "row", "history"])
def test_a_record_that_lacks_a_part_is_named(written, place):
    path = written(a_record(loss=[1.0, 2.0, 3.0], weight=[1.0, 2.0, 3.0]))
    whole, accepted = plain(path), []
    for part in list(at(whole, place)):
        record = copy.deepcopy(whole)
        del at(record, place)[part]
        with open(path, "w", encoding="utf-8") as file:
            json.dump(record, file)
        try:
            records.read(path)
            accepted.append(part)
        except BadFile as error:
            assert str(error).startswith(path + ": ") and "\n" not in str(error)
    assert accepted == []


def at(record, place):
    for key in place:
        record = record[key]
    return record


@pytest.mark.parametrize("text", ["", '{"format": "training-repro', "[1, 2]", "{}", "1", "null"])
def test_another_file_is_no_record(tmp_path, text):
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match="not a JSON file|not a record") as caught:
        records.read(str(path))
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_history_by_itself_survives_writing_and_reading(tmp_path):
    history = History(SETTINGS, loss=[0.1, math.inf, 1 / 3], state=["ab", "NaN"])
    records.write_history(history, str(tmp_path / "history.json"))
    assert records.read_history(str(tmp_path / "history.json")) == history


@pytest.mark.parametrize("text", ["[1]", "{}", '{"settings": {}, "series": {"w": []}}'])
def test_another_file_is_no_history(tmp_path, text):
    path = tmp_path / "history.json"
    path.write_text(text)
    with pytest.raises(BadFile, match="is not an object|lacks the key|without values") as caught:
        records.read_history(str(path))
    assert str(path) in str(caught.value)


def test_the_commit_says_whether_the_code_was_changed(tmp_path, monkeypatch):
    def git(*words):
        subprocess.run(("git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@b")
                       + words, check=True, stdout=subprocess.DEVNULL, timeout=300)

    monkeypatch.setattr(records, "PROJECT", str(tmp_path))
    assert records.commit() is None
    for folder in ("lib", "reproductions", "figures"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file.py").write_text("1")
    (tmp_path / "requirements.txt").write_text("keras")
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "All of it")
    clean = records.commit()
    assert len(clean) == 40
    (tmp_path / "figures" / "file.py").write_text("2")
    assert records.commit() == clean
    (tmp_path / "lib" / "file.py").write_text("2")
    assert records.commit() == clean + "+changes"
