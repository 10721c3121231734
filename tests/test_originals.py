"""Today's Keras trains as the original program did on TensorFlow 1.12.3."""
import os
import subprocess
import sys
from types import SimpleNamespace

import oracle
import pytest

from lib import originals
from lib.claims import History
from lib.command import main
from lib.show import plotting, side_by_side
from lib.suite import cases, pipeline, records
from lib.suite.catalogue import find_claims
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


def test_eight_of_them_are_another_one_number_for_number():
    """And their pictures byte for byte."""
    distinct = cases.distinct_originals()
    assert len(distinct) == 39 and sum(len(names) for names, _ in distinct) == 47
    for names, original in distinct:
        pictures = []
        for name in names:
            assert ORIGINALS[name].series == original.series
            if not name.startswith("mnist"):
                with open(os.path.join(originals.FOLDER, name + ".png"), "rb") as file:
                    pictures.append(file.read())
        assert len(set(pictures)) <= 1
    for one, (names, original) in enumerate(distinct):
        assert all(other.series != original.series for _, other in distinct[:one])


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
def no_figures(monkeypatch):
    """Which take most of the time."""
    monkeypatch.setattr(side_by_side, "draw", lambda case: None)
    monkeypatch.setattr(plotting, "save", lambda figure, path: None)


def test_compare_holds_every_case_against_its_reference(recorded, no_figures, capsys):
    assert main(recorded()) == 0
    out = capsys.readouterr().out
    for (case, *_), _ in cases.distinct_originals():
        line, = [line for line in out.splitlines() if line.startswith(f"| {case} ")]
        assert [cell.strip() for cell in line.split("|")][2:4] == [
            "2", "NumPy" if case in ADAMS else "original"]
    assert "Compared with the original programs on TensorFlow 1.12.3: 22.\n" in out
    assert "Compared with the same updates in NumPy, as Adam or AMSGrad trains: 17. " in out


@pytest.mark.parametrize("case, series, by", [
    ("relu_w-1_amsgrad_lr0.01", "weight", 1e-4), ("relu_w10_sgd", "loss", 1e-3),
    ("mnist_tf1.12.3_seed42", "val_accuracy", 0.003),
    ("mnist_next_batch_tf1.12.3_seed42", "val_loss", 0.003)])
def test_compare_ends_with_1_for_a_deviation(recorded, no_figures, capsys, case, series, by):
    ours = originals.reference_of(ORIGINALS[case])
    values = list(ours.series[series])
    values[7] += by
    assert main(recorded(**{case: History(ours.settings, **dict(ours.series, **{
        series: values}))})) == 1
    out = capsys.readouterr().out
    assert [line.split("|")[1].strip() for line in out.splitlines()
            if "| NO: claim 2 " in line] == [case]


def test_compare_ends_with_1_for_a_case_without_a_history(recorded, no_figures, capsys):
    assert main(recorded(relu_w1_adam=None)) == 1
    out = capsys.readouterr().out
    assert out.count("no history: run the claims first") == 1
    assert "as Adam or AMSGrad trains: 16. " in out


@pytest.fixture(scope="module")
def in_the_reference():
    """{name: Case} of all claims' records in figures."""
    claims = find_claims()
    results = {name: result for name, (_, result, _) in
               pipeline.results_in(claims, [REFERENCE]).items()}
    return {case.name: case for case in cases.cases_of(claims, results, results, every=True)}


def test_every_case_belongs_to_the_claims_whose_records_have_it(in_the_reference):
    numbers = {name: [claim.number for claim in case.claims]
               for name, case in in_the_reference.items()}
    assert len(numbers) == 39 and all(numbers.values())
    assert {name: numbers[name] for name in (
        "relu_w-10_sgd", "leaky0.3_w-10_sgd", "leaky0.1_w-1_sgd", "relu_w-1_adam", "relu_w10_sgd",
        "mnist_next_batch_tf1.12.3_seed42", "mnist_tf1.12.3_seed42")} == {
            "relu_w-10_sgd": [2, 4, 5], "leaky0.3_w-10_sgd": [3, 4, 5], "leaky0.1_w-1_sgd": [4],
            "relu_w-1_adam": [6], "relu_w10_sgd": [2],
            "mnist_next_batch_tf1.12.3_seed42": [21, 22], "mnist_tf1.12.3_seed42": [21]}


def test_claims_without_a_case_are_listed_by_their_source():
    claims = find_claims()[:9]
    left = cases.without_cases(claims, [cases.Case(["one"], None, claims[1:6])])
    assert [[claim.number for claim in those] for those in left.values()] == [[1, 7, 8], [9]]
    assert [those[0].source for those in left.values()] == list(left)


def test_of_several_claims_the_one_that_went_elsewhere_is_found(no_figures, tmp_path, capsys):
    """Claim 2 follows the original from -10, claim 4 does not."""
    for stem in ("relu_gets_stuck", "leak_slopes"):
        path = os.path.join("single_relu", stem + ".json")
        record, result = records.read_result(os.path.join(REFERENCE, path), "single_relu/" + stem)
        if stem == "leak_slopes":
            result.histories["ReLU"].weight[3] += 1e-3
        records.write(record, str(tmp_path / path))
    assert main(["compare", "2", "4", "--records", str(tmp_path),
                 "--out", str(tmp_path / "out")]) == 1
    line, = [line for line in capsys.readouterr().out.splitlines() if "NO" in line]
    assert line.startswith("| relu_w-10_sgd ") and "NO: claim 4 " in line


@pytest.mark.parametrize("name", ["relu_w-10_sgd", "leaky0.3_w-10_adam_lr0.01", "relu_w1_adam",
                                  "mnist_tf1.12.3_seed42"])
def test_the_original_and_ours_are_on_the_same_axes_and_their_difference_below(
        in_the_reference, name):
    case = in_the_reference[name]
    figure, compared = side_by_side.draw(case), case.comparison
    by_label = {axes.get_ylabel(): axes for axes in figure.axes if axes.get_ylabel()}
    strips = [axes for axes in figure.axes if axes.get_ylabel() == "Difference"]
    series = [one for one in side_by_side.LABELS if one in case.original.series]
    assert len(strips) == len(series) == (3 if case.on_mnist else 2)
    for one, strip in zip(series, strips):
        panel = by_label[side_by_side.LABELS[one]]
        drawn = {line.get_label(): list(line.get_ydata()) for line in panel.lines}
        assert drawn.pop("original program, TensorFlow 1.12.3") == case.original.series[one]
        if name in ADAMS:
            assert drawn.pop("Adam's formula in NumPy") == compared.reference.series[one]
        (label, ours), = drawn.items()
        assert label.startswith("ours (claim") and ours == compared.history.series[one]
        assert panel.get_xlim() == strip.get_xlim() == (0, len(ours) - 1)
        assert panel.get_yscale() == ("log" if one == "loss" and max(ours) else "linear")
        differences = list(strip.lines[0].get_ydata())
        assert max(map(abs, differences)) == compared.deviations[one]
        assert strip.get_title(loc="left").startswith(
            f"Largest difference: {side_by_side._brief(compared.deviations[one])} from ")
        low, high = strip.get_ylim()
        assert low < -compared.tolerances[one] and high > compared.tolerances[one]
    assert bool(figure.axes[-1].images) == (not case.on_mnist)    # the original's own picture


def test_words_of_the_largest_difference(in_the_reference):
    def words(name):
        return [axes.get_title(loc="left")
                for axes in side_by_side.draw(in_the_reference[name]).axes
                if axes.get_ylabel() == "Difference"]

    assert words("relu_w10_sgd") == [
        "Largest difference: 1.5e-7 from the original (1e-5 is allowed)",
        "Largest difference: 1.1e-7 from the original (1e-5 is allowed)"]
    assert words("relu_w-10_adam")[0] == (
        "Largest difference: 5e-6 from NumPy (5e-5 is allowed), 2.4e-4 from the original (not "
        "judged)")


@pytest.mark.parametrize("planted, words", [(-1e-3, "1e-3"), (float("nan"), "nan")])
def test_a_planted_deviation_is_seen_in_the_figure(in_the_reference, planted, words):
    original = ORIGINALS["relu_w10_sgd"]
    weights = original.weight[:-1] + [original.weight[-1] + planted]
    case = in_the_reference["relu_w10_sgd"]
    figure = side_by_side.draw(cases.Case(
        case.names, original, case.claims, originals.Comparison(
            original, original.plus(weight=weights)), case.claims[0]))
    good, bad = [axes for axes in figure.axes if axes.get_ylabel() == "Difference"]
    assert figure.get_suptitle().endswith(": ours does NOT follow the original")
    assert bad.get_title(loc="left").startswith(f"Largest difference: {words} from the original")
    assert [strip.lines[0].get_color() for strip in (good, bad)] == [plotting.HOLDS, plotting.FAILS]
    assert bad.get_ylim()[1] > (abs(planted) if planted == planted else 0)


@pytest.mark.parametrize("numbers, words", [
    ([3], "claim 3"), ([2, 1], "claims 1 and 2"), ([1, 7, 8], "claims 1, 7 and 8"),
    ([9, 10, 11, 2], "claims 2 and 9 to 11"), ([1, 2, 3, 5, 6], "claims 1 to 3, 5 and 6")])
def test_claims_in_words(numbers, words):
    assert side_by_side._named([SimpleNamespace(number=number) for number in numbers]) == words


@pytest.mark.parametrize("case, words", [
    ("leaky0.3_w-1_momentum0.9_lr0.001", "LeakyReLU(0.3) from w(0) = -1, momentum 0.9, rate 0.001"),
    ("relu_w-10_amsgrad", "ReLU from w(0) = -10, AMSGrad, rate 0.001"),
    ("relu_w0.1_sgd", "ReLU from w(0) = 0.1, SGD, rate 0.01"),
    ("mnist_tf1.12.3_seed42", "The later program on MNIST")])
def test_the_title_says_the_set_up(case, words):
    assert side_by_side.set_up_in_words(ORIGINALS[case].settings) == words


def test_compare_imports_no_framework(tmp_path):
    code = ("import sys; from lib.command import main; "
            "main(['compare', '3', '21', '--out', sys.argv[1], '--records', sys.argv[2]]); "
            "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))")
    assert subprocess.call([sys.executable, "-c", code, str(tmp_path), REFERENCE],
                           stdout=subprocess.DEVNULL, timeout=300) == 0


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
