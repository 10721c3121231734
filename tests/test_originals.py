"""Today's Keras trains as the original program did on TensorFlow 1.12.3."""
import os
import subprocess
import sys

import oracle
import pytest

from lib import originals
from lib.claims import History
from lib.command import main
from lib.suite import records
from lib.suite.pipeline import REFERENCE

ORIGINALS = originals.original_histories()
ADAMS = [case for case, original in ORIGINALS.items()
         if original.settings["optimizer"] == "Adam"]
STEMS = ["relu_gets_stuck", "leaky_relu_escapes", "leak_slopes", "far_start_resists_optimizers",
         "near_start_lets_optimizers_escape", "mnist_leaky_relu_mlp"]


def ours_of(histories_of, original):
    return next(history for stem in STEMS for history in histories_of(stem).values()
                if originals.matches(original, history))


@pytest.mark.parametrize("case", ORIGINALS)
def test_our_history_follows_the_original(histories_of, case):
    """Of Adam, the update that the original's formula gives."""
    original = ORIGINALS[case]
    compared = originals.Comparison(original, ours_of(histories_of, original))
    assert compared.within, (dict(compared.deviations), compared.tolerances)


def test_there_are_45_originals_of_one_unit_and_two_on_mnist():
    assert len(ORIGINALS) == 47 and set(originals.MNIST_CASES.values()) < set(ORIGINALS)


@pytest.mark.parametrize("case", ADAMS)
def test_adam_in_numpy_is_the_oracles(case):
    """Which draws its batches itself, sample by sample, and imports nothing of lib."""
    run = ORIGINALS[case].settings
    losses, weights = oracle.train(
        run["start"], run["negative_slope"],
        oracle.adam(run["learning_rate"], amsgrad=run["amsgrad"]))
    ours = originals.adam_in_numpy(ORIGINALS[case])
    assert ours.loss == pytest.approx(losses, abs=1e-9)
    assert ours.weight == pytest.approx(weights, abs=1e-9)


@pytest.mark.parametrize("case, changes", [
    ("relu_w-1_adam_lr0.01", dict(learning_rate=0.01001)),
    ("relu_w-10_adam", dict(epsilon=1e-3)),
    ("relu_w-1_adam_lr0.01", dict(amsgrad=True)),
    ("leaky0.3_w-1_amsgrad_lr0.01", dict(amsgrad=False)),
    ("leaky0.3_w-10_adam", dict(beta_2=0.9985)),
    ("relu_w-1_amsgrad_lr0.01", dict(beta_1=0.89)),
    ("leaky0.3_w-1_adam", dict(negative_slope=0.3005))])
def test_another_adam_is_not_within_the_tolerance(case, changes):
    original = ORIGINALS[case]
    other = History(dict(original.settings, **changes), **original.series)
    assert not originals.Comparison(original, originals.adam_in_numpy(other)).within
    assert originals.Comparison(original, originals.adam_in_numpy(original)).within


def test_the_racing_original_is_shown_and_not_judged():
    """Whatever it recorded; without the race it would be within 1e-4."""
    for case in ADAMS:
        original = ORIGINALS[case]
        compared = originals.Comparison(original, originals.adam_in_numpy(original))
        assert compared.shown == originals.deviations(original, originals.adam_in_numpy(original))
    assert originals.Comparison(ORIGINALS["relu_w-10_sgd"],
                                ORIGINALS["relu_w-10_sgd"]).shown is None


def test_a_series_that_we_did_not_record_is_a_deviation():
    original = ORIGINALS["relu_w-10_sgd"]
    assert not originals.Comparison(original, History({}, loss=original.loss)).within


@pytest.fixture
def recorded(tmp_path):
    """A folder with one record, of a claim that ran all 45 cases of one unit as the formulas say,
    and both programs on MNIST as the originals did.
    """
    path = str(tmp_path / "records" / "single_relu" / "relu_gets_stuck.json")
    record, result = records.read_result(
        os.path.join(REFERENCE, "single_relu", "relu_gets_stuck.json"),
        "single_relu/relu_gets_stuck")

    def write(**replaced):
        histories = {case: originals.reference_of(original) for case, original in ORIGINALS.items()}
        histories.update(replaced)
        result.histories = {case: history for case, history in histories.items() if history}
        records.write(record, path)
        return ["compare", "--records", str(tmp_path / "records"), "--out", str(tmp_path / "out")]

    return write


@pytest.fixture
def no_pictures(monkeypatch, tmp_path):
    """Which take most of the time."""
    monkeypatch.setattr(originals, "FOLDER", str(tmp_path))


def test_compare_holds_every_case_against_its_reference(recorded, capsys, tmp_path):
    assert main(recorded()) == 0
    out = capsys.readouterr().out
    for case in ORIGINALS:
        line, = [line for line in out.splitlines() if line.startswith(f"| {case} ")]
        assert [cell.strip() for cell in line.split("|")][2] == (
            "NumPy" if case in ADAMS else "original")
    assert "30 cases are compared with the original programs" in out
    assert "17 cases, of Adam and AMSGrad, with the same updates in NumPy" in out
    assert len(list((tmp_path / "out").glob("*.png"))) == 45


@pytest.mark.parametrize("case, series, by", [
    ("relu_w-1_amsgrad_lr0.01", "weight", 1e-4), ("relu_w10_sgd", "loss", 1e-3),
    ("mnist_tf1.12.3_seed42", "val_accuracy", 0.003),
    ("mnist_next_batch_tf1.12.3_seed42", "val_loss", 0.003)])
def test_compare_ends_with_1_for_a_deviation(recorded, no_pictures, capsys, case, series, by):
    ours = originals.reference_of(ORIGINALS[case])
    values = list(ours.series[series])
    values[7] += by
    assert main(recorded(**{case: History(ours.settings, **dict(ours.series, **{
        series: values}))})) == 1
    out = capsys.readouterr().out
    assert [line.split("|")[1].strip() for line in out.splitlines() if "| NO " in line] == [case]


def test_compare_ends_with_1_for_a_case_without_a_history(recorded, no_pictures, capsys):
    assert main(recorded(relu_w1_adam=None)) == 1
    out = capsys.readouterr().out
    assert out.count("no history: run the claims first") == 1 and "16 cases, of Adam" in out


def test_compare_imports_no_framework(tmp_path):
    code = ("import sys; from lib import originals; from lib.command import main; "
            "originals.original_histories(); originals.FOLDER = sys.argv[1]; "
            "main(['compare', '--out', sys.argv[1], '--records', sys.argv[2]]); "
            "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))")
    assert subprocess.call([sys.executable, "-c", code, str(tmp_path), REFERENCE],
                           stdout=subprocess.DEVNULL, timeout=120) == 0


@pytest.mark.parametrize("case, settings", [
    ("relu_w-10_sgd", dict(activation="ReLU", optimizer="SGD", learning_rate=0.01, momentum=0.0)),
    ("leaky0.1_w-1_sgd", dict(activation="LeakyReLU", negative_slope=0.1, start=-1.0)),
    ("relu_w-10_momentum0.9_lr0.001", dict(learning_rate=0.001, momentum=0.9)),
    ("leaky0.3_w-1_adam", dict(optimizer="Adam", learning_rate=0.001, amsgrad=False)),
    ("relu_w-1_amsgrad_lr0.01", dict(optimizer="Adam", learning_rate=0.01, amsgrad=True)),
])
def test_the_settings_of_a_case_are_read_from_its_strings(case, settings):
    found = ORIGINALS[case].settings
    assert {name: found[name] for name in settings} == settings


def test_a_run_with_another_seed_is_not_matched(histories_of):
    history = histories_of("leaky_relu_escapes")["LeakyReLU(0.3), SGD, Keras"]
    assert originals.original_of(history) is not None
    history = type(history)(dict(history.settings, seed=1), **history.series)
    assert originals.original_of(history) is None


@pytest.mark.parametrize("ours, deviation", [([10.0, 0.5], 0.0), ([11.0, 0.5], 0.1),
                                             ([10.0, 0.4], 0.1)])
def test_deviation_is_relative_to_large_values_and_absolute_for_small(ours, deviation):
    assert originals.deviation([10.0, 0.5], ours) == pytest.approx(deviation)


def test_nan_is_not_a_small_deviation():
    assert not originals.deviation([1.0, 1.0], [1.0, float("nan")]) <= 1.0
