"""A probe beside the baseline, and which environment a release is held against."""
import math

import pytest
from made_up import probe, record, result

from lib.suite import drift, releases
from lib.suite.records import CRASHED, NOT_THERE

GONE = dict(state=NOT_THERE, reason="no such layer")
FAILED = dict(state=CRASHED, reason="ValueError: no")


def compared(there, baseline):
    return drift.ProbeComparison(there, baseline)


@pytest.mark.parametrize("there, baseline, state, changes", [
    (probe(1.0), probe(1.0), drift.COMPARED, {}),
    (None, probe(1.0), drift.MISSING, {drift.MISSING: "not in this record"}),
    (probe(**GONE), probe(1.0), drift.NOT_THERE,
     {drift.NOT_THERE: "not there (no such layer) there, measured on the baseline"}),
    (probe(**FAILED), probe(1.0), CRASHED,
     {CRASHED: "crashed (ValueError: no) there, measured on the baseline"}),
    (probe(1.0), probe(**FAILED), CRASHED,
     {CRASHED: "measured there, crashed (ValueError: no) on the baseline"}),
    (probe(1.0), probe(**GONE), drift.ONLY_THERE, {})])
def test_a_probe_is_compared_where_both_sides_measured_it(there, baseline, state, changes):
    found = compared(there, baseline)
    assert (found.state, found.changes) == (state, changes)
    assert (found.closeness is None) == (state != drift.COMPARED)


@pytest.mark.parametrize("value, closeness", [
    (1.0, drift.IDENTICAL), (1.125, drift.WITHIN), (1.25, drift.WITHIN), (1.2500001, drift.BEYOND),
    (math.nan, drift.BEYOND)])
def test_a_probe_may_move_by_its_tolerance_and_no_farther(value, closeness):
    found = compared(probe(value), probe(1.0, tolerance=0.25))
    assert found.closeness == closeness
    assert (drift.MOVED in found.changes) == (closeness == drift.BEYOND)


@pytest.mark.parametrize("errors, words", [
    ((1e-3, 2e-6), "; 1.0e-03 from the exact value there, 2.0e-06 on the baseline"),
    ((None, 2e-6), ""), ((1e-3, None), "")])
def test_a_probe_that_moved_says_how_far_both_are_from_the_exact_value(errors, words):
    there, baseline = probe(3.0, error=errors[0]), probe(1.0, error=errors[1])
    assert compared(there, baseline).changes == {
        drift.MOVED: f"output, number 1: 3, not 1: off by 2.0e+00, 1e-05 allowed{words}"}


NAMES = ["py37-tf1.13", "py311-tf2.15", "py313-tf2.20", "py313-tf2.21", "py313-tf2.22rc0",
         "py313-tf2.20-keras2", "py313-tf2.21-keras2", "py313-keras-jax"]


@pytest.mark.parametrize("environment, near", [
    ("py37-tf1.13", []), ("py311-tf2.15", ["py37-tf1.13"]),
    ("py313-tf2.21", ["py313-tf2.20", "py311-tf2.15", "py37-tf1.13"]),
    ("py313-tf2.21-keras2", ["py313-tf2.21"]), ("py313-tf2.20-keras2", ["py313-tf2.20"]),
    ("py312-tf2.16-keras3.0", []), ("py313-keras-jax", ["py313-tf2.21"])])
def test_each_environment_is_held_against_its_nearest(environment, near):
    assert drift.neighbours(environment, NAMES, "py313-tf2.21", True) == near
    assert drift.neighbours(environment, NAMES, "py313-tf2.21", False) == ["py313-tf2.21"]


def test_a_claim_is_held_against_the_nearest_release_that_ran_it():
    found = {name: record(stem=result(histories={"run": {"loss": [value]}}))
             for name, value in (("py37-tf1.13", 1.0), ("py311-tf2.15", 2.0),
                                 ("py313-tf2.20", 4.0))}
    found["py312-tf2.19"] = record()
    found = {name: found[name] for name in sorted(found, key=releases.place)}
    baseline = record(stem=result(histories={"run": {"loss": [4.0]}}))
    one = drift.compare(found, baseline)["a/stem"]
    assert [(name, one[name].neighbour, one[name].since) for name in found] == [
        ("py37-tf1.13", None, None), ("py311-tf2.15", "py37-tf1.13", {"run": 1.0}),
        ("py312-tf2.19", "py311-tf2.15", None), ("py313-tf2.20", "py311-tf2.15", {"run": 1.0})]


def test_a_history_without_a_tolerance_may_not_move_and_says_so():
    there, baseline = (result(histories={"run": {"loss": [value]}}, tolerances={})
                       for value in (1.5, 1.0))
    found = drift.Comparison(there, baseline)
    assert found.changes[drift.MOVED].startswith("'run' moved by 5.0e-01, more than 0e+00; first ")


def test_environments_are_sorted_by_release_and_backends_come_last():
    mixed = ["py313-keras-jax", "py311-keras-torch", "py313-tf2.21-xla", "py313-tf2.22rc0",
             "py310-tf2.10", "py38-tf2.2", "py37-tf1.15"]
    assert sorted(mixed, key=releases.place) == [
        "py37-tf1.15", "py38-tf2.2", "py310-tf2.10", "py313-tf2.22rc0", "py313-tf2.21-xla",
        "py311-keras-torch", "py313-keras-jax"]
    assert releases.place("py313-keras-jax") == (releases.BACKEND, 0, 0, "py313-keras-jax")


class OneClaim:
    """Runs at once, with a tolerance that is wider between releases."""
    number, title, name, stem, short_form, on_every_release = 1, "A claim", "a/stem", "stem", {}, {}

    def run(self, seed):
        return {"run": result().histories["run"]}

    def judge(self, histories):
        return {}

    def stand_in(self):
        return None

    def tolerance_of(self, label, between_releases=False):
        return 0.5 if between_releases else 1e-5


def test_a_record_of_a_release_has_its_probes_its_seconds_and_the_wider_tolerances(monkeypatch):
    measured, done = probe(1.0), []
    monkeypatch.setattr(releases.probing, "measure", lambda one: measured)

    class OneProbe:
        name = "a probe"

    found = releases.record([OneClaim()], [OneProbe()], done.append)
    assert (done, found.probes) == (["a probe", "a/stem"], {"a probe": measured})
    assert found.claims["a/stem"].tolerances == {"run": 0.5}
    assert 0 <= found.claims["a/stem"].seconds <= found.seconds < 60
    assert releases.path_of("py313-keras-jax").endswith("figures/versions/py313-keras-jax.json")
