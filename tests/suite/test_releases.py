"""The record of all claims in one environment."""
import contextlib

import numpy as np
import pytest

from lib.claims import History, exactly, source_says
from lib.command import main
from lib.compat import NotSupported
from lib.suite import probing, records, releases


class MadeUpClaim:
    """Stands in for a ``lib.claims.Claim``."""
    name, number, title, on_every_release = "a/b", 1, "Numbers are numbers", {}
    short_form = {}

    def __init__(self, losses=(0.5,), **others):
        self.losses = list(losses)
        vars(self).update(others)

    def stand_in(self):
        return None

    def tolerance_of(self, label, between_releases=False):
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
    monkeypatch.setattr(releases, "calls_noted", lambda: contextlib.nullcontext({"Tanh"}))
    monkeypatch.setattr(probing, "all_probes", lambda: [])


def result_of(claim):
    return releases.record([claim]).claims["a/b"]


def test_a_record_is_read_as_it_was_written(tmp_path):
    records.write(releases.record([MadeUpClaim([0.1, float("inf"), 0.5])]),
                  str(tmp_path / "one.json"))
    result = records.read(str(tmp_path / "one.json")).claims["a/b"]
    assert result.histories == {"run": History({}, loss=[0.1, float("inf"), 0.5])}
    assert (result.verdict, result.settings) == ("reproduced", {"seed": 0})


def test_a_float32_is_the_shortest_decimal_that_gives_it_back_and_others_are_whole(tmp_path):
    tenth, path = np.float32(0.1), str(tmp_path / "one.json")
    losses = [float(tenth), float(np.nextafter(tenth, np.float32(1))), 0.1, 1 / 3]
    records.write(releases.record([MadeUpClaim(losses)]), path, short=True)
    assert records.read(path).claims["a/b"].histories["run"].loss == [0.1, 0.10000001, 0.1, 1 / 3]


def test_what_a_backend_cannot_is_not_run_for_its_reason_and_never_passed():
    def cannot(*_, **__):
        raise NotSupported("no Hessians here")
    result = result_of(MadeUpClaim(run=cannot))
    assert (result.verdict, result.reason) == (records.NOT_RUN, "no Hessians here")


@pytest.mark.parametrize("part", ["run", "judge"])
def test_an_error_of_a_claim_is_its_result_and_not_taken_for_not_supported(part, capsys):
    result = result_of(MadeUpClaim(**{part: fails}))
    assert (result.verdict, result.reason) == (records.CRASHED, "ZeroDivisionError: a fault")
    assert "in fails\n" in capsys.readouterr().err


def test_after_an_error_the_others_go_on_and_the_file_is_read_again(tmp_path):
    claims = [MadeUpClaim(run=fails, name="a/a"), MadeUpClaim([0.1])]
    records.write(releases.record(claims), str(tmp_path / "one.json"))
    record = records.read(str(tmp_path / "one.json"))
    assert releases.crashed(record) == [("a/a", "ZeroDivisionError: a fault")]
    assert releases.changed(record) == [("a/b", "It is so")]


def test_an_interruption_is_no_crash():
    with pytest.raises(KeyboardInterrupt):
        result_of(MadeUpClaim(run=interrupted))


@pytest.mark.parametrize("claims, status, said", [
    ([MadeUpClaim()], 0, ""), ([MadeUpClaim([0.1])], 1, "CHANGED in a/b: It is so\n"),
    ([MadeUpClaim(run=fails), MadeUpClaim(name="a/c")], 1,
     "CRASHED in a/b: ZeroDivisionError: a fault\n")])
def test_the_command_writes_all_and_ends_with_1_if_one_changed_or_crashed(
        claims, status, said, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("lib.command.catalogue.select", lambda *_: claims)
    assert main(["record", str(tmp_path / "one.json")]) == status
    count = f"{len(claims)} {'claims' if len(claims) > 1 else 'claim'} and 0 probes in"
    assert capsys.readouterr().out.startswith(said + count)
    assert len(records.read(str(tmp_path / "one.json")).claims) == len(claims)


def test_a_result_says_what_was_called(tmp_path):
    path = str(tmp_path / "one.json")
    records.write(releases.record([MadeUpClaim()]), path)
    assert records.read(path).claims["a/b"].calls == ["Tanh"]


def test_an_outcome_says_whose_it_is():
    assert result_of(MadeUpClaim()).rows["it_is_so"].by == "source"


def test_a_claim_may_be_shorter_on_every_release_or_say_why_it_is_not_run():
    claim = MadeUpClaim(on_every_release={"epochs": 2}, short_form={"epochs": 2})
    assert result_of(claim).settings == claim.called_with == {"epochs": 2, "seed": 0}
    assert result_of(MadeUpClaim(on_every_release="too long")).reason == "too long"


def test_the_record_of_a_run_here_comes_before_the_reference(tmp_path):
    for path in ("mine/py37-tf1.13.json", "theirs/py37-tf1.13.json", "theirs/py39-tf2.5.json",
                 "theirs/explained.json"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("{}")
    mine, theirs = str(tmp_path / "mine"), str(tmp_path / "theirs")
    assert releases.record_paths(mine, theirs) == {
        "py37-tf1.13": mine + "/py37-tf1.13.json", "py39-tf2.5": theirs + "/py39-tf2.5.json"}
    assert releases.record_paths(str(tmp_path / "nowhere")) == {}


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
