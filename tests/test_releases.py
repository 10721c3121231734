"""The record of all claims in one environment."""
import json
import numpy as np
import pytest

from lib import releases, results
from lib.claims import History, exactly, source_says
from lib.command import main
from lib.compat import NotSupported


class MadeUpClaim:
    """Stands in for a ``lib.catalogue.Claim``."""
    name, number, title, on_every_release = "a/b", 1, "Numbers are numbers", {}

    def __init__(self, losses=(0.5,), **others):
        self.losses = list(losses)
        vars(self).update(others)

    def stand_in(self):
        return None

    def tolerance_of(self, label):
        return 1e-5

    def run(self, seed, **settings):
        self.called_with = dict(settings, seed=seed)
        return {"run": History({}, loss=self.losses)}

    def judge(self, histories):
        return {"it_is_so": source_says("so", "It is so", histories["run"].loss[-1], exactly(0.5))}


def fails(*_, **__):
    raise ZeroDivisionError("a fault\nwhich the second line explains")


def interrupted(*_, **__):
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def no_framework(monkeypatch):
    monkeypatch.setattr(releases, "environment", lambda: {"tensorflow": "9.9"})
    monkeypatch.setattr(releases, "forget_models", lambda: None)


def entry_of(claim):
    return releases.record([claim], 0)["claims"]["a/b"]


def test_a_record_is_read_as_it_was_written(tmp_path):
    record = releases.record([MadeUpClaim([0.1, float("nan"), 0.5])], 0)
    results.write(record, str(tmp_path / "one.json"))
    entry = releases.read(str(tmp_path / "one.json"))["claims"]["a/b"]
    assert entry["histories"] == {"run": {"loss": [0.1, "NaN", 0.5]}}
    assert entry["verdict"] == "reproduced"


def test_a_float32_is_the_shortest_decimal_that_gives_it_back_and_others_are_whole():
    tenth = np.float32(0.1)
    losses = [float(tenth), float(np.nextafter(tenth, np.float32(1))), 0.1, 1 / 3]
    assert entry_of(MadeUpClaim(losses))["histories"]["run"]["loss"] == [
        0.1, 0.10000001, 0.1, 1 / 3]


def test_what_a_backend_cannot_is_not_run_for_its_reason_and_never_passed():
    def cannot(*_, **__):
        raise NotSupported("no Hessians here")
    entry = entry_of(MadeUpClaim(run=cannot))
    assert (entry["verdict"], entry["reason"]) == (releases.NOT_RUN, "no Hessians here")


@pytest.mark.parametrize("part", ["run", "judge"])
def test_an_error_of_a_claim_is_its_entry_and_not_taken_for_not_supported(part, capsys):
    entry = entry_of(MadeUpClaim(**{part: fails}))
    assert (entry["verdict"], entry["reason"]) == (releases.CRASHED, "ZeroDivisionError: a fault")
    assert "in fails\n" in capsys.readouterr().err


def test_after_an_error_the_others_go_on_and_the_file_is_read_again(tmp_path):
    claims = [MadeUpClaim(run=fails, name="a/a"), MadeUpClaim([0.1])]
    results.write(releases.record(claims, 0), str(tmp_path / "one.json"))
    record = releases.read(str(tmp_path / "one.json"))
    assert releases.crashed(record) == [("a/a", "ZeroDivisionError: a fault")]
    assert releases.changed(record) == [("a/b", "It is so")]


def test_an_interruption_is_no_crash():
    with pytest.raises(KeyboardInterrupt):
        entry_of(MadeUpClaim(run=interrupted))


@pytest.mark.parametrize("claims, status, said", [
    ([MadeUpClaim()], 0, ""), ([MadeUpClaim([0.1])], 1, "CHANGED in a/b: It is so\n"),
    ([MadeUpClaim(run=fails), MadeUpClaim(name="a/c")], 1,
     "CRASHED in a/b: ZeroDivisionError: a fault\n")])
def test_the_command_writes_all_and_ends_with_1_if_one_changed_or_crashed(
        claims, status, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("lib.command.catalogue.select", lambda *_: claims)
    assert main(["record", str(tmp_path / "one.json")]) == status
    assert capsys.readouterr().out.startswith(said + "{} claims in".format(len(claims)))
    assert len(releases.read(str(tmp_path / "one.json"))["claims"]) == len(claims)


def test_an_outcome_says_whose_it_is():
    assert entry_of(MadeUpClaim())["outcomes"]["it_is_so"]["by"] == "source"


def test_a_claim_may_be_shorter_on_every_release_or_say_why_it_is_not_run():
    claim = MadeUpClaim(on_every_release={"epochs": 2})
    entry_of(claim)
    assert claim.called_with == {"epochs": 2, "seed": 0}
    assert entry_of(MadeUpClaim(on_every_release="too long"))["reason"] == "too long"


NAMED = {"number": 1, "title": "A claim"}


def of_claims(claims):
    return json.dumps({"format": releases.FORMAT, "environment": {}, "commit": None, "seconds": 0,
                       "claims": claims})


@pytest.mark.parametrize("content, complaint", [
    ("{", "not a JSON file"), ("[]", "not the record of a release"),
    (json.dumps({"format": releases.FORMAT}), "without claims, commit"),
    (of_claims({"a/b": {"number": 1}}), "its claim a/b lacks 'title'"),
    (of_claims({"a/b": dict(NAMED, verdict="crashed")}), "its claim a/b lacks 'reason'"),
    (of_claims({"a/b": dict(NAMED, verdict="not run here", reason="")}), "lacks 'reason'"),
    (of_claims({"a/b": dict(NAMED, verdict="reproduced", tolerances={}, histories={},
                            outcomes={"it": 1})}), "its claim a/b is not as a record has it"),
    (of_claims([]), "its claims are not as a record has them")])
def test_a_file_that_is_no_record_is_named_with_what_is_wrong(tmp_path, content, complaint):
    path = tmp_path / "bad.json"
    path.write_text(content)
    with pytest.raises(results.BadRecord, match=complaint) as error:
        releases.read(str(path))
    assert str(path) in str(error.value)


def test_releases_are_in_order_of_age_and_others_come_last():
    names = ["py311-keras-torch", "py313-tf2.21-newest", "py39-tf2.5", "py313-tf2.22rc0",
             "py37-tf1.13", "py310-tf2.11", "py313-tf2.21"]
    assert sorted(names, key=releases.place) == [
        "py37-tf1.13", "py39-tf2.5", "py310-tf2.11", "py313-tf2.21", "py313-tf2.22rc0",
        "py313-tf2.21-newest", "py311-keras-torch"]


@pytest.mark.parametrize("name, words", [
    ("py37-tf1.13", "1.13"), ("py313-tf2.21-keras2", "2.21, keras2"), ("py313-keras-jax", "jax"),
    ("build", "build")])
def test_an_environment_has_a_name_for_people(name, words):
    assert releases.words(name) == words
