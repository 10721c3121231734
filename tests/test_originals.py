"""Today's Keras trains as the original program did on TensorFlow 1.12.3."""
import pytest

from lib import originals

ORIGINALS = originals.original_histories()
STEMS = ["relu_gets_stuck", "leaky_relu_escapes", "leak_slopes", "far_start_resists_optimizers",
         "near_start_lets_optimizers_escape", "mnist_leaky_relu_mlp"]


def ours_of(histories_of, original):
    return next(history for stem in STEMS for history in histories_of(stem).values()
                if originals.matches(original, history))


@pytest.mark.parametrize("case", ORIGINALS)
def test_our_history_follows_the_original(histories_of, case):
    original = ORIGINALS[case]
    ours = ours_of(histories_of, original)
    deviations, tolerances = originals.deviations(original, ours), originals.tolerances_of(original)
    assert {name: deviation for name, deviation in deviations.items()
            if not deviation <= tolerances[name]} == {}


def test_there_are_45_originals_of_one_unit_and_one_on_mnist():
    assert len(ORIGINALS) == 46 and originals.MNIST_CASE in ORIGINALS


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
