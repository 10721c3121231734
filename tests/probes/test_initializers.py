"""The probes of initializers: distributed as they should be here, and seen when they are not."""
import dataclasses

import numpy as np
import pytest

from lib.compat import NotSupported, drawn
from lib.compat.probing import initializer
from lib.probes import initializers
from lib.probes.initializers import CASES, LARGE, draws, statistics, statistics_in_theory
from lib.suite.probing import measure

PROBES = {probe.name: probe for probe in initializers.PROBES}
# Half of the tolerance: 2.5 standard errors of the least certain of the statistics, a quantile
BOUND = initializers.STATISTICS_TOLERANCE / 2


@pytest.mark.parametrize("name", CASES)
def test_each_is_distributed_as_in_theory(name):
    assert measure(PROBES[f"{name}, statistics"]).error <= BOUND


@pytest.mark.parametrize("name, like, settings", [
    ("HeNormal", "GlorotNormal", {}),       # the other's fans
    ("GlorotUniform", "HeUniform", {}),
    ("RandomNormal", "TruncatedNormal", {}),
    ("TruncatedNormal", "RandomNormal", {}),
    ("RandomUniform", "GlorotUniform", {}),
    ("RandomNormal", "RandomNormal", {"stddev": 0.052}),
    ("RandomNormal", "RandomNormal", {"mean": 0.003}),
    ("RandomUniform", "RandomUniform", {"minval": -0.053}),
    ("Orthogonal", "Orthogonal", {"gain": 1.05}),
])
def test_another_distribution_is_seen(name, like, settings):
    probe = PROBES[f"{like}, statistics"]
    other = dataclasses.replace(probe, measure=lambda: statistics(name, CASES[like], **settings))
    assert measure(other).error > probe.tolerance


def test_the_theory_is_what_a_reader_expects():
    assert CASES["GlorotUniform"].deviation(300, 200) * 3 ** 0.5 == pytest.approx(
        (6 / (300 + 200)) ** 0.5)       # the limit in Glorot and Bengio 2010
    assert CASES["HeNormal"].deviation(300, 200) == pytest.approx((2 / 300) ** 0.5)
    assert statistics_in_theory(CASES["RandomUniform"])["edges"][1] * CASES[
        "RandomUniform"].deviation(*LARGE) == pytest.approx(0.05)


def test_the_deviation_of_a_truncated_normal_distribution():
    """By summing up its density, (1 - 2 z phi(z) / (2 Phi(z) - 1)) ** 0.5 at z = 2."""
    z = np.linspace(-2, 2, 100001)
    density = np.exp(-z ** 2 / 2)
    assert initializers.OF_TRUNCATED == pytest.approx(
        (np.sum(z ** 2 * density) / np.sum(density)) ** 0.5, rel=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_a_seed_gives_the_same_numbers_whatever_was_drawn_before(name):
    first = draws(name)
    drawn(initializer(name)(seed=initializers.SEED), LARGE)
    assert np.array_equal(draws(name)["values"], first["values"])
    assert first["again"] == ["the same"]


def test_every_seed_gives_other_numbers():
    one, two = (drawn(initializer("HeNormal")(seed=seed), (20, 30)) for seed in (1, 2))
    assert not np.any(one == two)


def test_the_columns_of_an_orthogonal_kernel_are_orthogonal():
    assert measure(PROBES["Orthogonal, products of columns"]).error <= 1e-6


def test_an_initializer_that_is_not_there_is_not_supported():
    with pytest.raises(NotSupported, match="deep_normal is not there"):
        initializer("DeepNormal")
