"""The probes of optimizers: near their rules here, and far from them after a planted error."""
import dataclasses

import numpy as np
import pytest

from lib.compat import NotSupported, keras
from lib.compat.probing import there
from lib.probes import optimizers, optimizers_in_numpy as in_numpy
from lib.probes.optimizers import (CASES, LEARNING_RATE, optimizer, weights_after_each_step,
                                   weights_in_numpy)
from lib.suite.probing import measure

# How far the weights may be from float64, relative to max(1, |weight|)
BOUND = 1e-6
# Keras computes 1 - beta_2 ** step in float32 since 2.11, but 1 - beta_2 with float64
BOUNDS = {"Adam": 1e-5, "AdamW": 1e-5}
PROBES = {probe.name: probe for probe in optimizers.PROBES}
RULES = [in_numpy.rmsprop, in_numpy.adagrad, in_numpy.adadelta, in_numpy.adam, in_numpy.adamw,
         in_numpy.adamax, in_numpy.nadam]


@pytest.mark.parametrize("name", [name for name in CASES if name != "Nadam"])
def test_each_is_near_its_rule(name):
    assert measure(PROBES[name]).error <= BOUNDS.get(name, BOUND)


@pytest.mark.parametrize("name, bias", [("Nadam", True), ("Nadam, a single weight", False)])
def test_nadam_is_dozats_but_for_the_decay_of_its_momentum(name, bias):
    """Keras since 2.11 has 0.96 ** t where the report has 0.96 ** (t / 250)."""
    assert measure(PROBES[name]).error > 1e-3
    weights = weights_in_numpy(CASES["Nadam"], bias, decay=1)
    with_keras_decay = dataclasses.replace(PROBES[name], reference=lambda: {"weights": weights})
    assert measure(with_keras_decay).error <= 1e-5


def one_step(rule, gradients, *settings, **named):
    return rule(LEARNING_RATE, *settings, **named)(np.zeros(2), np.array(gradients)).tolist()


def test_gradient_descent_goes_down_the_gradient():
    assert one_step(in_numpy.sgd, [4, -2]) == [-0.5, 0.25]
    assert one_step(in_numpy.sgd, [4, -2], momentum=0.5) == [-0.5, 0.25]
    assert one_step(in_numpy.sgd, [4, -2], momentum=0.5, nesterov=True) == [-0.75, 0.375]


def test_momentum_adds_up_to_its_limit():
    """A constant gradient: 1 + 1/2 + 1/4 + ... = 2 of the steps without momentum."""
    steps = np.diff(in_numpy.trained(in_numpy.sgd(1, momentum=0.5), 0.0, [1] * 4))
    assert steps.tolist() == [-1.5, -1.75, -1.875]


@pytest.mark.parametrize("rule", [in_numpy.adam, in_numpy.adamax])
def test_the_first_step_of_adam_has_the_size_of_the_learning_rate(rule):
    assert one_step(rule, [4, -2]) == pytest.approx([-LEARNING_RATE, LEARNING_RATE], rel=1e-5)


def test_first_steps_of_the_others():
    """Nadam's is larger by (1 - b) / (1 - b b') times b' plus 1, of which b = b' is its momentum.
    """
    momentum = 0.9 / 2
    nadam = LEARNING_RATE * (0.1 * momentum / (1 - momentum ** 2) + 1)
    assert one_step(in_numpy.nadam, [4, -2], decay=0) == pytest.approx([-nadam, nadam])
    now, next_one = (0.9 * (1 - 0.5 * 0.96 ** (t / 250)) for t in (1, 2))
    nadam = LEARNING_RATE * (0.1 * next_one / (1 - now * next_one) + 1)
    assert one_step(in_numpy.nadam, [4, -2]) == pytest.approx([-nadam, nadam])
    assert one_step(in_numpy.rmsprop, [4, -2]) == pytest.approx(
        [-LEARNING_RATE / 0.1 ** 0.5, LEARNING_RATE / 0.1 ** 0.5])
    assert one_step(in_numpy.adagrad, [4, -2], initial_accumulator_value=0) == pytest.approx(
        [-LEARNING_RATE, LEARNING_RATE])
    small = (1e-7 / 0.05) ** 0.5 * LEARNING_RATE    # sqrt(epsilon) for each root mean square
    assert one_step(in_numpy.adadelta, [4, -2]) == pytest.approx([-small, small], rel=1e-5)


def test_the_weight_decay_of_adamw_is_times_the_learning_rate():
    after = in_numpy.adamw(LEARNING_RATE, weight_decay=0.5)(np.array([8.0]), np.array([0.0]))
    assert after.tolist() == [8 * (1 - 0.5 * LEARNING_RATE)]


def test_amsgrad_is_adam_while_gradients_grow_and_slower_once_they_shrink():
    def after(gradients, amsgrad):
        return in_numpy.trained(in_numpy.adam(1, amsgrad=amsgrad), 0.0, gradients)[-1]

    assert after([1, 2, 4], True) == after([1, 2, 4], False)
    # a second moment shrinks by a thousandth each step
    assert abs(after([1] + [0] * 9, True)) < abs(after([1] + [0] * 9, False))


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_its_epsilon(rule):
    from_zero = {"initial_accumulator_value": 0} if rule is in_numpy.adagrad else {}
    usual, small = (np.array(one_step(rule, [1e-7, 1], epsilon=epsilon, **from_zero))
                    for epsilon in (1e-7, 1e-8))
    assert np.max(np.abs(usual / small - 1)) > 0.1


def moved_by(name, **settings):
    """How far from the reference the probe is with other settings, in tolerances."""
    probe = dataclasses.replace(PROBES[name], measure=lambda: {
        "weights": weights_after_each_step(optimizer(CASES[name], **settings))})
    return measure(probe).error / probe.tolerance


@pytest.mark.parametrize("name", ["RMSprop", "Adagrad from 0", "Adadelta", "Adamax", "Adam",
                                  "Adam, amsgrad", "AdamW", "Nadam"])
def test_another_epsilon_is_seen(name):
    if name == "Nadam":     # it is away from its reference as it is: from the same, that is
        usual = {"weights": weights_after_each_step(optimizer(CASES[name]))}
        other = dataclasses.replace(
            PROBES[name], reference=lambda: usual, measure=lambda: {
                "weights": weights_after_each_step(optimizer(CASES[name], epsilon=1e-8))})
        assert measure(other).error > 100 * other.tolerance
    else:
        assert moved_by(name, epsilon=1e-8) > 100


@pytest.mark.parametrize("name, settings", [
    ("SGD, momentum 0.9", {"momentum": 0.899}),
    ("SGD, momentum 0.9", {"nesterov": True}),
    ("SGD, Nesterov momentum 0.9", {"nesterov": False}),
    ("RMSprop", {"rho": 0.95}),
    ("RMSprop", {"centered": True}),
    ("Adagrad", {"initial_accumulator_value": 0.0}),
    ("Adadelta", {"rho": 0.9}),
    ("Adamax", {"beta_1": 0.95}),
    ("Adam", {"beta_2": 0.99}),
    ("Adam, amsgrad", {"amsgrad": False}),
    ("AdamW", {"weight_decay": 0.005}),
])
def test_another_setting_is_seen(name, settings):
    assert moved_by(name, **settings) > 10


def momentum_a_step_late(learning_rate, momentum):
    """Applied before it is updated, the velocity is that of the step before."""
    velocity = 0.0

    def step(w, gradient):
        nonlocal velocity
        w = w + momentum * velocity
        velocity = momentum * velocity - learning_rate * gradient
        return w

    return step


def test_a_rule_that_applies_its_momentum_before_instead_of_after_is_seen():
    wrong = CASES["SGD, momentum 0.9"]._replace(rule=momentum_a_step_late)
    probe = dataclasses.replace(PROBES["SGD, momentum 0.9"],
                                reference=lambda: {"weights": weights_in_numpy(wrong)})
    assert measure(probe).error > 100 * probe.tolerance


def test_the_gradients_are_exact():
    """SGD without momentum steps by the learning rate, a power of two, times y x and y."""
    weights = np.array([optimizers.START] + weights_after_each_step(
        optimizer(CASES["SGD"])).astype("float32").tolist())
    gradients = optimizers.Y[:, None] * np.append(optimizers.X, np.ones((5, 1), "float32"), axis=1)
    expected = (weights[:-1] - np.float32(LEARNING_RATE) * gradients).astype("float32")
    assert weights[1:].tolist() == expected.tolist()


def test_the_traps_on_this_release():
    fates = {name: measure(PROBES[name]).measured.series for name in PROBES if "SGD(" in name}
    assert fates == {"SGD(lr=0.25)": {"fate": ["an error"]},
                     "SGD(0.25, decay=1)": {"fate": ["ignored"], "weight": [0.75]}}
    for name in ("SGD after a NaN, weights set anew", "SGD after a NaN, weights set anew, eagerly"):
        assert measure(PROBES[name]).error == 0


def test_an_optimizer_or_a_setting_that_is_not_there_is_not_supported(monkeypatch):
    with pytest.raises(NotSupported, match="Lookahead is not there"):
        optimizer(CASES["SGD"]._replace(name="Lookahead"))

    def without_amsgrad(learning_rate):
        return there(keras.optimizers, "SGD")(learning_rate)

    monkeypatch.setattr(optimizers, "there", lambda *_: without_amsgrad)
    with pytest.raises(NotSupported, match="amsgrad"):
        optimizer(CASES["Adam, amsgrad"])
