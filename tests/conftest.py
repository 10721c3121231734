"""Each claim is trained once a session, with the seed that its record has.

Those on MNIST are not: they take minutes, and data that may not be there. They are judged by the
record that the project ships; the tests marked slow hold it against trainings.
"""
import signal
import sys

import pytest

from lib import command
from lib.compat import forget_models
from lib.datasets import mnist
from lib.suite import pipeline, records, releases, unfinished
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE, SEED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where processes share the work, one has all tests of a source, whose claims it trains once.

    (The marks that pytest-xdist 3.8 has for this do nothing under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling
    sources = {claim.stem: claim.source_name for claim in find_claims()}

    class OneTrainsASource(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            named = [source for stem, source in sources.items() if stem in nodeid]
            return "trained " + named[0] if named else nodeid.split("::")[0]

    return OneTrainsASource(config, log)


@pytest.fixture(autouse=True)
def models_of_other_tests_forgotten():
    """TensorFlow 1 keeps all models in one graph, and takes longer for each."""
    if "tensorflow" in sys.modules:
        forget_models()


@pytest.fixture(autouse=True)
def runs(tmp_path_factory, monkeypatch):
    """An empty folder in place of ``runs``: what a person ran here plays no part, and stays."""
    folder = tmp_path_factory.mktemp("runs")
    for module in (pipeline, command):
        monkeypatch.setattr(module, "RUNS", str(folder))
        monkeypatch.setattr(module, "OTHER_RUNS", str(folder / "other"))
    monkeypatch.setattr(releases, "RUN_HERE", str(folder / "versions"))
    monkeypatch.setattr(unfinished, "UNFINISHED", str(folder / "unfinished"))
    monkeypatch.setattr(unfinished, "TRAINED", str(folder / "trained"))
    return folder


@pytest.fixture
def ctrl_c():
    """SIGINT interrupts, here and in what the test starts: a job in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def claims():
    """{stem: Claim}."""
    return {claim.stem: claim for claim in find_claims()}


@pytest.fixture(scope="session")
def reference_of():
    """A function from a claim to the Result that the project ships."""
    return lambda claim: records.read_result(records.path_of(claim, REFERENCE), claim.name)[1]


@pytest.fixture(scope="session")
def histories_of(claims, reference_of):
    """A function from a claim's stem to its histories, trained or read when first asked for."""
    known = {}

    def histories(stem):
        claim = claims[stem]
        if stem not in known:
            known[stem] = (reference_of(claim).histories if claim.reads_data
                           else claim.run(SEED, claim.epochs))
        return known[stem]

    return histories


@pytest.fixture(scope="session")
def full_mnist():
    """The Digits of the full set, where it can be had."""
    digits = mnist.load()
    if digits.stand_in:
        pytest.skip("needs the full MNIST: no MNIST_NPZ, none in Keras' cache, no network")
    return digits


@pytest.fixture(scope="session")
def outcomes_of(claims, histories_of):
    """A function from a claim's stem to its outcomes: {name: Outcome}."""
    known = {}

    def outcomes(stem):
        if stem not in known:
            known[stem] = claims[stem].judge(histories_of(stem), claims[stem].epochs)
        return known[stem]

    return outcomes
