"""What Keras' initializers draw: the numbers of one seed, and how a large kernel is distributed.

The suite's claims take their weights from NumPy; whoever trusts a seed meets these.
"""
import functools
from collections import namedtuple

import numpy as np

from lib.compat import drawn
from lib.compat.probing import as_in_a_new_program, initializer
from lib.probes import INITIALIZER, Probe

SEED = 1
SMALL, LARGE = (20, 30), (300, 200)
# Of 60,000 numbers the mean, the variance and the quantiles below are known to within a hundredth,
# in units of the standard deviation: five of their standard errors
STATISTICS_TOLERANCE = 0.05
# The lowest and the highest number of each distribution, in units of the standard deviation; that
# of a normal one has no bounds, and 5 % of it lie beyond these
OF_TRUNCATED = 0.87962566103423978      # the standard deviation of N(0, 1) cut at -2 and 2
EDGES = {"uniform": 3 ** 0.5, "truncated normal": 2 / OF_TRUNCATED, "normal": 1.959964}

# deviation: a function of fan-in and fan-out, the standard deviation of what is drawn
Case = namedtuple("Case", "deviation distribution")
CASES = {
    "GlorotUniform": Case(lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5, "uniform"),
    "GlorotNormal": Case(lambda fan_in, fan_out: (2 / (fan_in + fan_out)) ** 0.5,
                         "truncated normal"),
    "HeUniform": Case(lambda fan_in, fan_out: (2 / fan_in) ** 0.5, "uniform"),
    "HeNormal": Case(lambda fan_in, fan_out: (2 / fan_in) ** 0.5, "truncated normal"),
    "RandomUniform": Case(lambda fan_in, fan_out: 0.05 / 3 ** 0.5, "uniform"),
    "RandomNormal": Case(lambda fan_in, fan_out: 0.05, "normal"),
    "TruncatedNormal": Case(lambda fan_in, fan_out: 0.05 * OF_TRUNCATED, "truncated normal"),
    "Orthogonal": Case(lambda fan_in, fan_out: max(fan_in, fan_out) ** -0.5, "normal"),
}


def draws(name):
    """What the initializer draws first in a program, and whether a second one draws the same."""
    as_in_a_new_program()
    first, second = (drawn(initializer(name)(seed=SEED), SMALL) for _ in range(2))
    return {"values": first,
            "again": ["the same" if np.array_equal(first, second) else "other numbers"]}


def statistics(name, case, **settings):
    """Mean, variance and edges of a large kernel, in units of the standard deviation.

    edges: the smallest and the largest number, or where nothing bounds them the quantiles 0.025
    and 0.975.
    """
    as_in_a_new_program()
    kernel = drawn(initializer(name)(seed=SEED, **settings), LARGE).astype("float64")
    kernel /= case.deviation(*LARGE)
    levels = (2.5, 97.5) if case.distribution == "normal" else (0, 100)
    return {"mean": [np.mean(kernel)], "variance": [np.var(kernel)],
            "edges": np.percentile(kernel, levels)}


def statistics_in_theory(case):
    edge = EDGES[case.distribution]
    return {"mean": [0], "variance": [1], "edges": [-edge, edge]}


def products_of_columns():
    """Those of an orthogonal kernel of more rows than columns: 1 with itself, 0 with others."""
    as_in_a_new_program()
    kernel = drawn(initializer("Orthogonal")(seed=SEED), SMALL[::-1]).astype("float64")
    return {"products": kernel.T.dot(kernel)}


PROBES = [Probe(f"{name}, seed {SEED}", INITIALIZER, (name,), functools.partial(draws, name))
          for name in CASES]
PROBES += [Probe(f"{name}, statistics", INITIALIZER, (name,),
                 functools.partial(statistics, name, case),
                 functools.partial(statistics_in_theory, case), STATISTICS_TOLERANCE)
           for name, case in CASES.items()]
PROBES.append(Probe("Orthogonal, products of columns", INITIALIZER, ("Orthogonal",),
                    products_of_columns, lambda: {"products": np.eye(SMALL[0])}))
