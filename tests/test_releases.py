"""The record of all claims in one environment."""
import json
from types import SimpleNamespace

import numpy as np
import pytest

from lib import releases, results
from lib.claims import History, exactly, source_says
from lib.compat import NotSupported


class MadeUpClaim:
    """Stands in for a ``lib.catalogue.Claim``."""
    name, number, title, on_every_release = "a/b", 1, "Numbers are numbers", {}
    module = SimpleNamespace(judge=lambda histories: {
        "it_is_so": source_says("It is so", histories["run"].loss[-1], exactly(0.5))})

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


def test_an_error_of_a_claim_is_not_taken_for_not_supported():
    def fails(*_, **__):
        raise ZeroDivisionError("a fault")
    with pytest.raises(ZeroDivisionError):
        entry_of(MadeUpClaim(run=fails))


def test_a_claim_may_be_shorter_on_every_release_or_say_why_it_is_not_run():
    claim = MadeUpClaim(on_every_release={"epochs": 2})
    entry_of(claim)
    assert claim.called_with == {"epochs": 2, "seed": 0}
    assert entry_of(MadeUpClaim(on_every_release="too long"))["reason"] == "too long"


@pytest.mark.parametrize("content, complaint", [
    ("{", "not a JSON file"), ("[]", "not the record of a release"),
    (json.dumps({"format": releases.FORMAT}), "without claims, commit"),
    (json.dumps({"format": releases.FORMAT, "environment": {}, "commit": None, "seconds": 0,
                 "claims": {"a/b": {"number": 1}}}), "its claim a/b lacks 'title'")])
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
