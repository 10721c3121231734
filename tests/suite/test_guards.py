"""What must not be let through: each of these was changed once, and no test failed."""
import math
import pickle

import numpy as np
import pytest
from made_up import record, result, row

from lib import originals
from lib.claims import History
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
