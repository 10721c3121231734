"""Keras' trainings follow an independent NumPy program, epoch by epoch."""
import numpy as np
import oracle
import pytest

STEPS = {
    "SGD 0.01": lambda: oracle.sgd(0.01),
    "momentum 0.5, 0.01": lambda: oracle.sgd(0.01, 0.5),
    "momentum 0.9, 0.001": lambda: oracle.sgd(0.001, 0.9),
    "momentum 0.9, 0.01": lambda: oracle.sgd(0.01, 0.9),
    "Adam 0.001": lambda: oracle.adam(0.001),
    "Adam 0.01": lambda: oracle.adam(0.01),
    "AMSGrad 0.001": lambda: oracle.adam(0.001, amsgrad=True),
    "AMSGrad 0.01": lambda: oracle.adam(0.01, amsgrad=True),
}
SLOPES = {"ReLU": 0.0, "LeakyReLU(0.3)": 0.3}
CLAIMS = {"far_start_resists_optimizers": -10.0, "near_start_lets_optimizers_escape": -1.0}
TOLERANCE = 1e-4    # float32 in Keras, float64 here; larger only while a run crosses zero


def largest_deviation(ours, theirs):
    ours, theirs = np.array(ours), np.array(theirs)
    return np.max(np.abs(ours - theirs) / np.maximum(1, np.abs(theirs)))


@pytest.mark.parametrize("optimizer", STEPS)
@pytest.mark.parametrize("activation", SLOPES)
@pytest.mark.parametrize("stem", CLAIMS)
def test_keras_follows_the_oracle(histories_of, stem, activation, optimizer):
    history = histories_of(stem)[activation + ", " + optimizer]
    losses, weights = oracle.train(CLAIMS[stem], SLOPES[activation], STEPS[optimizer]())
    assert largest_deviation(history.loss, losses) < TOLERANCE
    assert largest_deviation(history.weight, weights) < TOLERANCE


def test_the_oracle_tells_one_optimizer_from_another():
    """A wrong rate of 0.1 % is far outside the tolerance."""
    _, right = oracle.train(-10, 0.3, oracle.sgd(0.01))
    _, wrong = oracle.train(-10, 0.3, oracle.sgd(0.01001))
    assert largest_deviation(right, wrong) > 10 * TOLERANCE
