"""Each claim is trained once a session, with the seed that its record has.

Those on MNIST are not: they take minutes, and data that may not be there. They are judged by the
record that the project ships; the tests marked slow hold it against trainings.
"""
import functools
import sys

import pytest

from lib import mnist, results
from lib.catalogue import find_claims
from lib.command import FIGURES
from lib.compat import forget_models

SEED = 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where processes share the work, one has all tests of a source, whose claims it trains once.

    (The marks that pytest-xdist 3.8 has for this do nothing under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling
    sources = {claim.stem: claim.source_name for claim in find_claims()}

    @functools.lru_cache(maxsize=None)
    def text_if_it_trains(path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        return text if "(histories_of, " in text else ""

    class OneTrainsASource(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            path = nodeid.split("::")[0]
            for text in (nodeid, text_if_it_trains(path)):
                named = [source for stem, source in sources.items() if stem in text]
                if named:
                    return "trained " + named[0]
            return path

    return OneTrainsASource(config, log)


@pytest.fixture(autouse=True)
def models_of_other_tests_forgotten():
    """TensorFlow 1 keeps all models in one graph, and takes longer for each."""
    if "tensorflow" in sys.modules:
        forget_models()


@pytest.fixture(scope="session")
def claims():
    """{stem: Claim}."""
    return {claim.stem: claim for claim in find_claims()}


@pytest.fixture(scope="session")
def histories_of(claims):
    """A function from a claim's stem to its histories, trained or read when first asked for."""
    known = {}

    def histories(stem):
        claim = claims[stem]
        if stem not in known:
            known[stem] = (
                results.histories_of(results.read(results.path_of(claim, FIGURES), claim.name))
                if claim.reads_data else claim.run(SEED, claim.epochs))
        return known[stem]

    return histories


@pytest.fixture(scope="session")
def full_mnist():
    """The Digits of the full set, where it can be had."""
    digits = mnist.load()
    if digits.stand_in:
        pytest.skip("needs the full MNIST: no MNIST_NPZ, none in Keras' cache, no network")
    return digits


@pytest.fixture
def outcome(request, claims, histories_of):
    """The outcome that the test is named after, of the claim that its file is named after."""
    stem = request.path.stem[len("test_"):]
    name = request.node.originalname[len("test_"):]
    return claims[stem].module.judge(histories_of(stem))[name]
