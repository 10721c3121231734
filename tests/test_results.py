"""Records: nothing lost, nothing rounded, nothing half-written."""
import json
import math
import os

import pytest

from lib import results
from lib.claims import History, near, source_says
from lib.catalogue import find_claims

CLAIM = find_claims()[0]
SETTINGS = {"start": -1.0, "epochs": 3}


def a_record(**series):
    return results.record_of(
        CLAIM, seed=3, epochs=2, histories={"run": History(SETTINGS, **series)},
        outcomes={"it_converges": source_says("it", "It converges", math.nan, near(1, 0.1))},
        verdict="not reproduced", environment={"python": "3"}, seconds=0.5)


def test_a_history_survives_writing_and_reading(tmp_path):
    series = dict(loss=[0.1, math.inf, -math.inf], weight=[1 / 3, 1e-300, 2.0], state=["ab", "c"])
    results.write(a_record(**series), str(tmp_path / "record.json"))
    read = results.histories_of(results.read(str(tmp_path / "record.json"), CLAIM.name))["run"]
    assert read == History(SETTINGS, **series)


def test_nan_survives_as_valid_json(tmp_path):
    path = tmp_path / "record.json"
    results.write(a_record(loss=[math.nan]), str(path))

    def refuse(constant):
        raise AssertionError("not JSON: " + constant)

    json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    read = results.read(str(path), CLAIM.name)
    assert math.isnan(results.histories_of(read)["run"].loss[0])
    assert math.isnan(read["outcomes"][0]["measured"])


def test_a_list_of_numbers_takes_one_line(tmp_path):
    path = tmp_path / "record.json"
    results.write(a_record(loss=[1.0, 2.0, 3.0]), str(path))
    assert '"loss": [1.0, 2.0, 3.0]' in path.read_text(encoding="utf-8")


def damaged(**changes):
    """A whole record of CLAIM with some parts replaced, or left out where None."""
    record = json.loads(json.dumps(a_record(loss=[1.0, 2.0, 3.0], weight=[1.0, 2.0, 3.0]),
                                   default=list).replace("NaN", '"NaN"'))
    record.update(changes)
    return json.dumps({name: value for name, value in record.items()
                       if value is not None or name == "stand_in"})


@pytest.mark.parametrize("text, complaint", [
    ("", "not a JSON file"),
    ('{"format": "training-repro', "not a JSON file"),
    ("[1, 2]", "not a record"),
    ('{"claim": "single_relu/leak_slopes"}', "not a record"),
    (damaged(histories=None), "a record without histories"),
    (damaged(verdict=None, title=None), "a record without title, verdict"),
    (damaged(claim="single_relu/leak_slopes"), "the record of single_relu/leak_slopes, not of"),
    (damaged(histories=[{"label": "run"}]), "not as a record has them"),
    (damaged(histories=[{"label": "r", "settings": {}, "series": {"w": "abc"}}]), "not as a rec"),
    (damaged(histories=[{"label": "r", "settings": {}, "series": {"w": []}}]), "not as a record"),
    (damaged(histories=[{"settings": {}, "series": {"w": [1.0]}}]), "not as a record has them"),
    (damaged(histories=[{"label": "r", "series": {"w": [1.0]}}]), "not as a record has them"),
    (damaged(histories=[{"label": "r", "settings": {"epochs": 20}, "series": {
        "loss": [1.0], "weight": [1.0]}}]), "not as a record has them"),
    (damaged(outcomes=[{"measured": "much"}]), "not as a record has them"),
    (damaged(outcomes=[{"measured": 1.0}]), "not as a record has them"),
])
def test_a_corrupt_or_foreign_record_is_named(tmp_path, text, complaint):
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(results.BadRecord, match=complaint) as caught:
        results.read(str(path), CLAIM.name)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_the_damaged_records_are_whole_but_for_their_damage(tmp_path):
    path = tmp_path / "record.json"
    path.write_text(damaged(), encoding="utf-8")
    assert results.read(str(path), CLAIM.name)["claim"] == CLAIM.name


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "record.json"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        with results.written_whole(str(path)) as temporary:
            with open(temporary, "w") as file:
                file.write("half")
            raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(str(tmp_path)) == ["record.json"]
