"""Each claim is trained once a session, with the seed that its record has.

Those on MNIST are not: they take minutes, and data that may not be there. They are judged by the
record that the project ships; the tests marked slow hold it against trainings.

``make test TRAINED=runs`` trains none of them. It takes what ``make reproduce`` has just trained.
"""
import glob
import os
import pickle
import signal
import sys
import threading

import pytest

from lib import PROJECT, command
from lib.compat import environment, forget_models
from lib.datasets import mnist
from lib.files import written_whole
from lib.suite import pipeline, records, releases, unfinished
from lib.suite.catalogue import find_claims
from lib.suite.pipeline import REFERENCE, SEED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Where processes share the work, one has all tests of a claim, so that none waits for another.

    (The marks that pytest-xdist 3.8 has for this do nothing under pytest 9.2.)
    """
    from xdist.scheduler import LoadScopeScheduling
    stems = [claim.stem for claim in find_claims()]

    class OneTrainsAClaim(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            named = [stem for stem in stems if stem in nodeid]
            return "trained " + named[0] if named else nodeid.split("::")[0]

    return OneTrainsAClaim(config, log)


OVER, HUNG = pytest.StashKey(), pytest.StashKey()   # Events: a test and its teardown


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_timeout_set_timer(item, settings):
    """Kill what a test that hangs has started, shortly before pytest-timeout ends its process.

    Left alive it would hold the pipe in which the caller of make waits for the end. And end the
    process in the teardown of a test that failed, too, for which pytest-timeout sets no bound.
    """
    over, hung = item.stash[OVER], item.stash[HUNG] = threading.Event(), threading.Event()

    def watch():
        if not over.wait(0.95 * settings.timeout):
            import psutil
            hung.set()
            for child in psutil.Process().children(recursive=True):
                child.kill()
            if not over.wait(0.1 * settings.timeout):
                os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    try:
        return (yield)
    finally:
        if OVER in item.stash:
            item.stash[OVER].set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Whatever a test makes of children that were killed, it has not passed."""
    report = yield
    if HUNG in item.stash and item.stash[HUNG].is_set() and report.passed:
        report.outcome, report.longrepr = "failed", "it hung, and what it had started was killed"
    return report


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
def trained_before(claims):
    """A function from a claim's stem to its histories in the folder TRAINED; None without one.

    They have to be those of today's code on this machine: nothing else stands in for a training.
    """
    folder = os.environ.get("TRAINED")

    def histories(stem):
        if not folder:
            return None
        path = records.path_of(claims[stem], os.path.join(PROJECT, folder))
        record, result = records.read_result(path, claims[stem].name)
        code = glob.glob(os.path.join(PROJECT, "lib", "**", "*.py"), recursive=True) + glob.glob(
            os.path.join(PROJECT, "reproductions", "**", "*.py"), recursive=True)
        assert os.path.getmtime(path) > max(map(os.path.getmtime, code)), f"{path}: of older code"
        assert (record.commit, record.environment, result.settings) == (
            records.commit(), environment(), pipeline.settings_of(claims[stem])), path
        return result.histories

    return histories


@pytest.fixture(scope="session")
def histories_of(claims, reference_of, trained_before, tmp_path_factory):
    """A function from a claim's stem to its histories, trained or read when first asked for."""
    known, folder = {}, tmp_path_factory.getbasetemp()
    together = "PYTEST_XDIST_WORKER" in os.environ

    def trained(claim):
        return trained_before(claim.stem) or claim.run(SEED, claim.epochs)

    def trained_by_one_of_us(claim):
        """Trained by the first process that needs it; the others wait, and read what it left."""
        from filelock import FileLock
        path = str(folder.parent / claim.stem)
        with FileLock(path + ".lock"):      # which the system frees if that process dies
            if not os.path.exists(path):
                with written_whole(path) as temporary, open(temporary, "wb") as file:
                    pickle.dump(trained(claim), file)
            with open(path, "rb") as file:
                return pickle.load(file)

    def histories(stem):
        claim = claims[stem]
        if stem not in known:
            known[stem] = (reference_of(claim).histories if claim.reads_data
                           else trained_by_one_of_us(claim) if together else trained(claim))
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
